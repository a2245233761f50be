/** Streams of RESP to try a session with: requests of the table of commands with arguments at random. */

import { type Command, COMMANDS } from "../../lib/resp/mod.ts";
import { concat } from "@std/bytes";
import { utf8 } from "../codec/helpers.ts";
import type { Random } from "../random.ts";
import { mutated } from "./cafe.ts";
import { type AnyStream, makeLength, makeSizes } from "./talk.ts";

/** One input: the bytes, and where they are cut. */
export interface RespStream extends AnyStream {
  /** The requests that it is made of, when nothing in it is wrong. */
  readonly requests: readonly RespRequest[] | undefined;
  /** Whether its replies are the same each time. */
  readonly isSteady: boolean;
}

/** A request, and the name of its command; that of a subcommand is `client|id`. */
export interface RespRequest {
  readonly name: string;
  readonly args: readonly Uint8Array[];
}

/** Commands that a fuzzer cannot try. */
const LEFT_OUT: readonly string[] = [
  "shutdown", // It ends the process.
  "debug", // It sleeps, and changes how the process works.
  "debug|sleep", // It sleeps.
];

/** After these the number of replies is not that of requests: they are sent less often than others. */
export const MODES: readonly string[] = [
  "subscribe", // One confirmation for each channel, and then messages.
  "unsubscribe",
  "psubscribe",
  "punsubscribe",
  "monitor", // Each request is told as well.
  "client|reply", // Replies are left out.
  "client|kill", // It may end this session.
  "quit",
];

/** Their replies have hundreds of kilobytes: they are sent less often than others. */
const LONG: readonly string[] = ["command", "command|docs", "command|info"];

/** Their replies are not the same each time: chance, the time that something took, memory, chunks. */
const UNSTEADY =
  /^(randomkey|slowlog|memory|latency|lolwut|info|client)$|^(slowlog|memory|latency)\||\b(client\|list|client\|info)/;

/** Commands and subcommands that arguments are made for. */
const TRIED: readonly Command[] = COMMANDS
  .flatMap((command) => [command, ...command.subcommands ?? []])
  .filter(({ name }) => !LEFT_OUT.some((left) => name === left || name.startsWith(`${left}|`)));

/** Keys and channels: few, so that requests meet. */
const NAMES = ["", "a", "b", "ab", "n", "\0", "__keyspace@0__:a"].map(utf8);

const TOO_LONG = utf8("x".repeat(65));

/** Numbers, and what looks like one. */
const NUMBERS =
  "0 1 -1 2 5 16 100 4095 4096 4097 32767 4294967295 9007199254740993 1e3 3.5 -0 inf nan " +
  "9223372036854775807 -9223372036854775808 9223372036854775808";

/** Options; CONFIG's parameters are harmless ones: with a password the session would not answer. */
const WORDS =
  "EX PX EXAT PXAT KEEPTTL PERSIST NX XX GT LT GET SET INCRBY OVERFLOW WRAP SAT FAIL u8 i16 u63 " +
  "i64 #1 AND OR XOR NOT BYTE BIT LEN IDX MINMATCHLEN WITHMATCHLEN MATCH COUNT TYPE string list DB " +
  "REPLACE ASYNC SYNC SAMPLES AUTH SETNAME default on off skip yes no id addr lib-name 2 3 * a* [^a] " +
  "KEA notify-keyspace-events slowlog-log-slower-than keyspace server all everything reset get set";

const ARGUMENTS = [...NUMBERS.split(" "), ...WORDS.split(" ")].map(utf8);

/** A stream: of random bytes, of requests, or of requests with something changed. */
export function makeRespStream(random: Random): RespStream {
  const isSteady = !random.once(4);
  const [bytes, requests] = makeBytes(random, isSteady);
  return { bytes, requests, isSteady, sizes: makeSizes(random, bytes.length) };
}

function makeBytes(
  random: Random,
  isSteady: boolean,
): [bytes: Uint8Array, requests: RespRequest[] | undefined] {
  if (random.once(16)) {
    return [
      concat([Uint8Array.of(random.below(0xca)), random.bytes(random.below(200))]),
      undefined,
    ];
  }
  const isCalm = !random.once(4);
  const requests = Array.from(
    { length: makeLength(random) },
    () => makeRequest(random, isSteady, isCalm),
  );
  if (random.once(3)) requests.unshift({ name: "hello", args: [utf8("HELLO"), utf8("3")] });
  const bytes = concat(requests.map(({ args }) => random.once(4) ? inline(args) : array(args)));
  if (random.once(2)) return [bytes, requests];
  // Not the first byte: another one might make it CAFE, which cafe.ts tries.
  return [concat([bytes.subarray(0, 1), mutated(random, bytes.subarray(1))]), undefined];
}

/** A request as an array of bulk strings. */
export function array(args: readonly Uint8Array[]): Uint8Array {
  const bulks = args.flatMap((arg) => [utf8(`$${arg.length}\r\n`), arg, utf8("\r\n")]);
  return concat([utf8(`*${args.length}\r\n`), ...bulks]);
}

/** A request as a line, its arguments in quotes where need be. */
function inline(args: readonly Uint8Array[]): Uint8Array {
  const words = args.map((arg) => {
    const text = String.fromCharCode(...arg);
    if (/^[\w*.:-]+$/.test(text)) return text;
    return `"${Array.from(arg, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`;
  });
  return utf8(`${words.join(" ")}\r\n`);
}

function makeRequest(random: Random, isSteady: boolean, isCalm: boolean): RespRequest {
  // In the course of a long stream it would come to rest in one of the modes.
  if (!isCalm && random.once(24)) return { name: "reset", args: [utf8("RESET")] };
  const command = random.of(TRIED);
  const { name } = command;
  const isWanted = !(isCalm && MODES.includes(name)) && !(isSteady && UNSTEADY.test(name)) &&
    !(LONG.includes(name) && !random.once(16));
  if (!isWanted) return makeRequest(random, isSteady, isCalm);
  const names = name.split("|").map((name) => utf8(random.once(2) ? name : name.toUpperCase()));
  const least = Math.abs(command.arity) + (random.once(20) ? random.below(3) - 1 : 0);
  const count = least + (command.arity < 0 ? random.below(5) : 0);
  const args: Uint8Array[] = [...names];
  while (args.length < count) args.push(makeArgument(random, command, args.length));
  return { name, args };
}

function makeArgument(random: Random, { keys, group }: Command, at: number): Uint8Array {
  const isKey = keys !== undefined && at >= keys.first &&
    (keys.last < 0 || at <= keys.last) && (at - keys.first) % keys.step === 0;
  if (isKey && random.once(40)) return TOO_LONG;
  if (isKey || random.once(group === "pubsub" ? 2 : 8)) return random.of(NAMES);
  if (random.once(6)) return random.bytes(random.below(random.once(8) ? 4_096 : 64));
  return random.of(ARGUMENTS);
}
