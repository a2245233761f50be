/**
 * Bytes to typed requests.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import type { Decoder } from "../codec/mod.ts";
import { CommandError, type InvalidRequest } from "../model/mod.ts";
import { textOf } from "./commands/arguments.ts";
import { type Command, isArity, type ParsedRequest } from "./commands/command.ts";
import { findCommand, findContainer } from "./commands/table.ts";
import { type RespCommand, RespRequestDecoder, type RespRequestLimits } from "./request_decoder.ts";

/** A request of a Redis client: what it says, and what that means. */
export interface RespCall {
  /** The arguments, the command's name first; views that stay unchanged. */
  readonly args: RespCommand;
  /** The command that they name; none when there is no such command. */
  readonly command: Command | undefined;
  /** What is to be done: `INVALID` when that cannot be told. */
  readonly request: ParsedRequest;
  /** Whether the command does not exist or has a wrong number of arguments: it is refused before all else. */
  readonly rejected: boolean;
}

/** Limits that a {@linkcode RespCallDecoder} checks. */
export interface RespCallLimits extends RespRequestLimits {
  /** The longest key, in bytes. Default 65,535. */
  readonly maxKeySize?: number;
}

/** The longest key where no limit is given: the longest that CAFE can say, since both share the keys. */
export const DEFAULT_MAX_KEY_SIZE = 65_535;

/**
 * Takes the requests of a Redis client off a stream, and parses each by the table of commands.
 *
 * A request that cannot be carried out becomes `INVALID` with the error text of Redis, in its place among
 * the others.
 *
 * @example
 * ```ts
 * import { BatchDecoder } from "@cortado/cortado/codec";
 * import { type RespCall, RespCallDecoder } from "@cortado/cortado/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const calls: RespCall[] = [];
 * new BatchDecoder(new RespCallDecoder()).push(new TextEncoder().encode("GET k\r\n"), calls);
 * assertEquals(calls[0]!.request, { op: "GET", key: Uint8Array.of(0x6b), wantVersion: false });
 * ```
 */
export class RespCallDecoder implements Decoder<RespCall> {
  readonly #requests: RespRequestDecoder;
  readonly #maxKeySize: number;

  /**
   * Makes a decoder for one stream.
   *
   * @throws {RangeError} When a limit is not a whole number from 0.
   */
  constructor(limits: RespCallLimits = {}) {
    this.#requests = new RespRequestDecoder(limits);
    this.#maxKeySize = limits.maxKeySize ?? DEFAULT_MAX_KEY_SIZE;
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

  #parse(args: RespCommand): RespCall {
    const command = findCommand(args);
    if (command === undefined) return rejected(args, undefined, unknown(args));
    if (!isArity(command.arity, args.length)) {
      const message = `wrong number of arguments for '${command.name}' command`;
      return rejected(args, command, message);
    }
    try {
      this.#checkKeys(command, args);
      return { args, command, request: command.parse(args), rejected: false };
    } catch (cause) {
      if (!(cause instanceof CommandError)) throw cause;
      return { args, command, request: invalid(cause.message), rejected: false };
    }
  }

  #checkKeys({ keys }: Command, args: RespCommand): void {
    if (keys === undefined) return;
    const last = keys.last < 0 ? args.length + keys.last : keys.last;
    for (let at = keys.first; at <= last; at += keys.step) {
      const { length } = args[at]!;
      if (length <= this.#maxKeySize) continue;
      throw new CommandError(
        "TOO_LARGE",
        `key of ${length} bytes exceeds the limit ${this.#maxKeySize} (option maxKeySize)`,
      );
    }
  }
}

function rejected(args: RespCommand, command: Command | undefined, message: string): RespCall {
  return { args, command, request: invalid(message), rejected: true };
}

function invalid(message: string): InvalidRequest {
  return { op: "INVALID", code: "BAD_REQUEST", message };
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
