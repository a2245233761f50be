/**
 * Bytes to typed requests.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import type { Decoder } from "../codec/mod.ts";
import { CommandError } from "../model/mod.ts";
import { badRequest, textOf } from "./commands/arguments.ts";
import { type Command, isArity, type ParsedRequest } from "./commands/command.ts";
import { findCommand, findContainer, type KnownCommand } from "./commands/table.ts";
import { limitsOf } from "./limits.ts";
import { type RespCommand, RespRequestDecoder, type RespRequestLimits } from "./request_decoder.ts";

/** A request that names a command, with a number of arguments that it takes. */
export interface RespParsedCall {
  /** The arguments, the command's name first; views that stay unchanged. */
  readonly args: RespCommand;
  /** The command that they name. */
  readonly command: KnownCommand;
  /** What is to be done: `INVALID` when the arguments do not tell. */
  readonly request: ParsedRequest;
  /** It is not refused for what it is. */
  readonly rejected: false;
}

/** A request that names no command, or has a wrong number of arguments: it is refused before all else. */
export interface RespRejectedCall {
  /** The arguments, the command's name first; views that stay unchanged. */
  readonly args: RespCommand;
  /** The command that they name; none when there is no such command. */
  readonly command: KnownCommand | undefined;
  /** Why it is refused; the reply has `ERR ` before it. */
  readonly message: string;
  /** It is refused. */
  readonly rejected: true;
}

/** A request of a Redis client: what it says, and what that means. */
export type RespCall = RespParsedCall | RespRejectedCall;

/** Limits that a {@linkcode RespCallDecoder} checks. */
export interface RespCallLimits extends RespRequestLimits {
  /** The longest key, in bytes. Default 65,535. */
  readonly maxKeySize?: number;
}

/** Where no limit is given: the longest key that CAFE can say, since both share the keys. */
const DEFAULT_LIMITS = { maxKeySize: 65_535 } as const;

/**
 * Takes the requests of a Redis client off a stream, and parses each by the table of commands.
 *
 * A request that cannot be carried out stands in its place among the others: rejected, or as `INVALID` when
 * its arguments mean nothing, with the error text of Redis.
 *
 * @example
 * ```ts
 * import { BatchDecoder } from "@cortado/cortado/codec";
 * import { type RespCall, RespCallDecoder } from "@cortado/cortado/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const calls: RespCall[] = [];
 * new BatchDecoder(new RespCallDecoder()).push(new TextEncoder().encode("GET k\r\n"), calls);
 * const [call] = calls;
 * const request = { op: "GET" as const, key: Uint8Array.of(0x6b), wantVersion: false };
 * assertEquals(call?.rejected === false && call.request, request);
 * ```
 */
export class RespCallDecoder implements Decoder<RespCall> {
  readonly #requests: RespRequestDecoder;
  readonly #maxKeySize: number;
  /** The last command that has no subcommands, and the name that it came with. */
  #name: Uint8Array | undefined = undefined;
  #command: KnownCommand | undefined = undefined;

  /**
   * Makes a decoder for one stream.
   *
   * @throws {RangeError} When a limit is not a whole number from 0.
   */
  constructor(limits: RespCallLimits = {}) {
    this.#requests = new RespRequestDecoder(limits);
    this.#maxKeySize = limitsOf(DEFAULT_LIMITS, limits).maxKeySize;
  }

  /** Whether large requests are taken; see {@linkcode RespRequestDecoder.authenticated}. */
  get authenticated(): boolean {
    return this.#requests.authenticated;
  }

  /** Says whether large requests are taken. */
  set authenticated(value: boolean) {
    this.#requests.authenticated = value;
  }

  /** What it waits for; see {@linkcode RespRequestDecoder.state}. */
  get state(): "Idle" | "Header" | "Body" {
    return this.#requests.state;
  }

  /** Whether a request waits for those before it; see {@linkcode RespRequestDecoder.held}. */
  get held(): boolean {
    return this.#requests.held;
  }

  /** Whether it keeps views of the stream; see {@linkcode RespRequestDecoder.keepsViews}. */
  get keepsViews(): boolean {
    return this.#requests.keepsViews;
  }

  /**
   * Takes the next request.
   *
   * @throws {ProtocolError} What {@linkcode RespRequestDecoder.decode} throws.
   */
  decode(input: Input): RespCall | undefined {
    const args = this.#requests.decode(input);
    return args === undefined ? undefined : this.#parse(args);
  }

  /**
   * Takes what the end of the stream completes.
   *
   * @throws {DecodeError} What {@linkcode RespRequestDecoder.end} throws.
   */
  end(input: Input): RespCall | undefined {
    const args = this.#requests.end(input);
    return args === undefined ? undefined : this.#parse(args);
  }

  /** The command of a name that is the last one's object is that as well, where the name says all of it. */
  #find(args: RespCommand): KnownCommand | undefined {
    if (args[0] === this.#name) return this.#command;
    const command = findCommand(args);
    if (command === undefined || command.subcommands !== undefined || command.name.includes("|")) {
      return command;
    }
    this.#name = args[0];
    return this.#command = command;
  }

  #parse(args: RespCommand): RespCall {
    const command = this.#find(args);
    if (command === undefined) {
      return { args, command, message: unknown(args), rejected: true };
    }
    if (!isArity(command.arity, args.length)) {
      const message = `wrong number of arguments for '${command.name}' command`;
      return { args, command, message, rejected: true };
    }
    try {
      this.#checkKeys(command, args);
      return { args, command, request: command.parse(args), rejected: false };
    } catch (cause) {
      if (!(cause instanceof CommandError)) throw cause;
      const request = { op: "INVALID", code: "BAD_REQUEST", message: cause.message } as const;
      return { args, command, request, rejected: false };
    }
  }

  #checkKeys({ keys }: Command, args: RespCommand): void {
    if (keys === undefined) return;
    const last = keys.last < 0 ? args.length + keys.last : keys.last;
    for (let at = keys.first; at <= last; at += keys.step) {
      const { length } = args[at]!;
      if (length <= this.#maxKeySize) continue;
      throw badRequest(
        `key of ${length} bytes exceeds the limit ${this.#maxKeySize} (option maxKeySize)`,
      );
    }
  }
}

/** So much of a name, and of all arguments together, is repeated in an error. */
const SHOWN = 128;

function unknown(args: RespCommand): string {
  const container = findContainer(args);
  if (container !== undefined) {
    const name = textOf(args[1]!.subarray(0, SHOWN));
    return `unknown subcommand '${name}'. Try ${container.name.toUpperCase()} HELP.`;
  }
  let shown = "";
  for (const argument of args.slice(1)) {
    if (shown.length >= SHOWN) break;
    shown += `'${textOf(argument.subarray(0, SHOWN - shown.length))}' `;
  }
  const name = textOf(args[0]!.subarray(0, SHOWN));
  return `unknown command '${name}', with args beginning with: ${shown}`;
}
