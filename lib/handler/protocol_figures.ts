/**
 * What is counted of the requests of one protocol.
 *
 * @module
 */

import { Histogram } from "./histogram.ts";

/** A command as far as counting goes. */
export interface CountedCommand {
  /** Its name. */
  readonly name: string;
  /** Its number among all commands of its protocol. */
  readonly index: number;
  /** Its flags. */
  readonly flags: readonly string[];
}

/** What is counted of one command. */
export class CommandFigures {
  /** The name of the command. */
  readonly name: string;
  /** How often it was carried out. */
  calls = 0;
  /** How often it was refused before it was carried out. */
  rejected = 0;
  /** How often it was carried out and answered with an error. */
  failed = 0;
  /** Its calls of this batch that get a share of the batch's time. */
  pending = 0;
  /** Whether a call takes so little time that it is not worth a look at the clock. */
  readonly quick: boolean;
  #times: Histogram | undefined = undefined;

  /** Makes figures at 0. */
  constructor(name: string, quick: boolean) {
    this.name = name;
    this.quick = quick;
  }

  /** How long its calls took; made when the first one is added. */
  get times(): Histogram {
    return this.#times ??= new Histogram();
  }

  /** How long its calls took together, in microseconds. */
  get micros(): number {
    return this.#times?.sum ?? 0;
  }

  /** Whether it was sent since the last reset. */
  get sent(): boolean {
    return this.calls > 0 || this.rejected > 0 || this.failed > 0;
  }

  /** Sets all to 0, but what waits for its share of a batch. */
  reset(): void {
    this.calls = this.rejected = this.failed = 0;
    this.#times = undefined;
  }
}

/** An error that clients make up must not fill the memory: so many kinds are told apart. */
const MAX_ERRORS = 128;
/** What further kinds are counted as. */
export const OTHER = "OTHER";

/** Commands without the flag `fast` that take as little time. */
const QUICK: readonly string[] = ["set", "del", "setex", "psetex", "getset", "mset", "publish"];

/** The figures of the commands and errors of one protocol. */
export class ProtocolFigures {
  /** How many requests there were, also of commands that are not known. */
  requests = 0;
  /** The figures of commands, by their index; none of what was not sent yet. */
  readonly #commands: (CommandFigures | undefined)[] = [];
  readonly #errors = new Map<string, number>();

  /** What is counted of each command that was sent. */
  get commands(): readonly CommandFigures[] {
    return this.#commands.filter((figures) => figures !== undefined);
  }

  /** How often each kind of error was replied: its code, or the word in capitals that it begins with. */
  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }

  /** The figures of a command; a quick one has the flag `fast`, or is one of a few others. */
  of({ index, name, flags }: CountedCommand): CommandFigures {
    return this.#commands[index] ??= new CommandFigures(
      name,
      flags.includes("fast") || QUICK.includes(name),
    );
  }

  /** Counts an error reply. */
  countError(kind: string): void {
    const isNew = !this.#errors.has(kind);
    const name = isNew && this.#errors.size >= MAX_ERRORS ? OTHER : kind;
    this.#errors.set(name, (this.#errors.get(name) ?? 0) + 1);
  }

  /** Forgets all. */
  reset(): void {
    this.requests = 0;
    for (const figures of this.#commands) figures?.reset();
    this.#errors.clear();
  }
}
