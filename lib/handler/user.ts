/**
 * Who may do what.
 *
 * @module
 */

import { DEFAULT_USER } from "../model/mod.ts";

/** What rules name: a command, with the categories that it is in. */
export interface RuledCommand {
  /** The name in small letters; that of a subcommand has its container before it: `client|id`. */
  readonly name: string;
  /** The categories, without `@`. */
  readonly categories: readonly string[];
}

/** A password as it is kept: a hash that takes long to work out, with what it was made from. */
export interface PasswordHash {
  /** How much work and memory it takes: a power of two. */
  readonly cost: number;
  /** The size of the blocks that are mixed, in 128 bytes. */
  readonly blockSize: number;
  /** How many times all of it is done. */
  readonly parallelization: number;
  /** Random bytes that make the hashes of equal passwords differ. */
  readonly salt: Uint8Array;
  /** The hash. */
  readonly hash: Uint8Array;
}

/** What a user is made of. */
export interface UserParts {
  /** The name. */
  readonly name: string;
  /** The password; `undefined`: none is asked for. */
  readonly password: PasswordHash | undefined;
  /** Rules about commands, the last one that fits counts: `@read`, `-@dangerous`, `get`, `-config|set`. */
  readonly commands: readonly string[];
  /** What the keys begin with that may be used; empty bytes: all keys. */
  readonly keys: readonly Uint8Array[];
  /** What the channels begin with that may be used; empty bytes: all channels. */
  readonly channels: readonly Uint8Array[];
}

/**
 * A user: what commands, keys and channels are allowed.
 *
 * @example
 * ```ts
 * import { User } from "@cortado/cortado/handler";
 * import { assertEquals } from "@std/assert";
 *
 * const table = [{ name: "get", categories: ["read"] }, { name: "set", categories: ["write"] }];
 * const keys = [new TextEncoder().encode("app:")];
 * const parts = { name: "ann", password: undefined, commands: ["@read"], keys, channels: [] };
 * const ann = new User(parts, table);
 * assertEquals([ann.mayRun(0), ann.mayRun(1)], [true, false]);
 * assertEquals(ann.mayUseKey(new TextEncoder().encode("app:1")), true);
 * assertEquals(ann.mayUseKey(new TextEncoder().encode("other")), false);
 * ```
 */
export class User implements UserParts {
  readonly name: string;
  readonly password: PasswordHash | undefined;
  readonly commands: readonly string[];
  readonly keys: readonly Uint8Array[];
  readonly channels: readonly Uint8Array[];
  readonly #allowed: readonly boolean[];

  /**
   * Works out what is allowed.
   *
   * @param table All commands; {@linkcode User.mayRun} takes a place in it.
   * @throws {RangeError} When a rule names no command or category of the table.
   */
  constructor(parts: UserParts, table: readonly RuledCommand[]) {
    ({
      name: this.name,
      password: this.password,
      commands: this.commands,
      keys: this.keys,
      channels: this.channels,
    } = parts);
    this.#allowed = allowedBy(parts.commands, table);
  }

  /** Whether the command at a place of the table is allowed. */
  mayRun(index: number): boolean {
    return this.#allowed[index] === true;
  }

  /** Whether a key may be used; or all keys that begin with these bytes. */
  mayUseKey(key: Uint8Array): boolean {
    return beginsWithAny(key, this.keys);
  }

  /** Whether every key may be used. */
  get mayUseAllKeys(): boolean {
    return this.mayUseKey(NOTHING);
  }

  /** Whether a channel may be used; or all channels that begin with these bytes. */
  mayUseChannel(channel: Uint8Array): boolean {
    return beginsWithAny(channel, this.channels);
  }
}

const NOTHING = new Uint8Array(0);

/** The users of a server. */
export class Users {
  readonly #byName: ReadonlyMap<string, User>;

  /** Takes users, whose names differ. */
  constructor(users: Iterable<User>) {
    this.#byName = new Map([...users].map((user) => [user.name, user]));
  }

  /** All of them, in the order in which they were given. */
  get all(): readonly User[] {
    return [...this.#byName.values()];
  }

  /** Who is not logged in; `undefined` when everybody has to log in. */
  get everybody(): User | undefined {
    const user = this.#byName.get(DEFAULT_USER);
    return user?.password === undefined ? user : undefined;
  }

  /** The user of a name. */
  find(name: string): User | undefined {
    return this.#byName.get(name);
  }

  /** A password to compare with where there is no such user, so that this takes as long. */
  get decoy(): PasswordHash | undefined {
    return this.all.find(({ password }) => password !== undefined)?.password;
  }
}

/**
 * Which commands rules allow, by their places in the table.
 *
 * @throws {RangeError} When a rule names no command or category.
 */
function allowedBy(rules: readonly string[], table: readonly RuledCommand[]): boolean[] {
  const allowed = table.map(() => false);
  for (const rule of rules) {
    const takesAway = rule.startsWith("-");
    const name = takesAway ? rule.slice(1) : rule;
    const fits = matcherOf(name);
    let found = false;
    for (const [at, command] of table.entries()) {
      if (!fits(command)) continue;
      found = true;
      allowed[at] = !takesAway;
    }
    if (!found) {
      const kind = name.startsWith("@") ? "category" : "command";
      throw new RangeError(`there is no ${kind} ${JSON.stringify(name)}`);
    }
  }
  return allowed;
}

/** What a rule is about: all, a category, or a command with its subcommands. */
function matcherOf(name: string): (command: RuledCommand) => boolean {
  if (name === "@all") return () => true;
  if (name.startsWith("@")) return ({ categories }) => categories.includes(name.slice(1));
  return (command) => command.name === name || command.name.startsWith(`${name}|`);
}

function beginsWithAny(bytes: Uint8Array, prefixes: readonly Uint8Array[]): boolean {
  for (const prefix of prefixes) if (beginsWith(bytes, prefix)) return true;
  return false;
}

function beginsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let at = 0; at < prefix.length; at++) if (bytes[at] !== prefix[at]) return false;
  return true;
}
