/** How replies are compared: byte for byte, but for the commands named here. */

import { itemsOf, type Words } from "./connection.ts";

/**
 * - exact: byte for byte.
 * - unordered: the same lines, in any order.
 * - seconds, milliseconds: integers that are near each other; those below 0 exact.
 * - kind: the same type, null or not.
 * - table: for each command, its name, arity, flags in any order, and the places of its keys.
 */
export type Rule = "exact" | "unordered" | "seconds" | "milliseconds" | "kind" | "table";

/** A command that is not compared byte for byte, and why. Its errors are. */
interface Exception {
  readonly rule: Rule;
  readonly reason: string;
}

const HASHED: Exception = { rule: "unordered", reason: "the order is that of a hash table" };
const HELP: Exception = { rule: "kind", reason: "the text is the server's own" };
const SECONDS: Exception = { rule: "seconds", reason: "it depends on when the request arrived" };
const MILLISECONDS: Exception = { ...SECONDS, rule: "milliseconds" };
const CLOCK: Exception = { rule: "kind", reason: "it tells what time it is" };
const COMMANDS: Exception = { rule: "kind", reason: "redis-server has more commands" };
const MEMORY: Exception = { rule: "kind", reason: "it tells how the server keeps values" };

/** By command, or command and subcommand. */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  "CLIENT HELP": HELP,
  "CLIENT ID": { rule: "kind", reason: "connections are numbered over the server's life" },
  "CLIENT INFO": { rule: "kind", reason: "it has ports, ages and sizes of buffers" },
  "CLIENT LIST": { rule: "kind", reason: "it has ports, ages and sizes of buffers" },
  "COMMAND": COMMANDS,
  "COMMAND COUNT": COMMANDS,
  "COMMAND DOCS": COMMANDS,
  "COMMAND HELP": HELP,
  "COMMAND INFO": { rule: "table", reason: "categories, tips and key specifications are left out" },
  "COMMAND LIST": COMMANDS,
  "EXPIRETIME": SECONDS,
  "HELLO": { rule: "kind", reason: "it has the server's name, version and connection number" },
  "KEYS": HASHED,
  "OBJECT FREQ": MEMORY,
  "OBJECT HELP": HELP,
  "OBJECT IDLETIME": CLOCK,
  "OBJECT REFCOUNT": MEMORY,
  "PEXPIRETIME": MILLISECONDS,
  "PTTL": MILLISECONDS,
  "PUBSUB CHANNELS": HASHED,
  "PUBSUB HELP": HELP,
  "PUNSUBSCRIBE": HASHED,
  "RANDOMKEY": { rule: "kind", reason: "it is random" },
  "SCAN": { rule: "kind", reason: "cursors are the server's own; whole iterations are compared" },
  "TIME": CLOCK,
  "TTL": SECONDS,
  "UNSUBSCRIBE": HASHED,
};

/** A difference that is intended. */
interface Allowed {
  readonly reason: string;
  /** Whether it is this one, by the request and the two replies: redis-server's, and Cortado's. */
  readonly applies: (words: Words, theirs: string, ours: string) => boolean;
}

/** The differences that are intended. */
export const ALLOWED: readonly Allowed[] = [
  {
    reason:
      "arguments are looked at before the key; redis-server 7.0 does not mind them without one",
    applies: ([name = ""], theirs, ours) =>
      /^(BITCOUNT|BITPOS|GETEX|EXEC)$/i.test(name) && isEarlier(theirs, ours),
  },
  {
    reason:
      "an error that repeats arguments shows bytes that are no UTF-8 as U+FFFD, and NUL as it is",
    applies: (words, theirs, ours) =>
      words.some((word) => /[^\x20-\x7e]/.test(word)) &&
      [theirs, ours].every((reply) =>
        /^-ERR (unknown (sub)?command|Unsupported option) /.test(reply)
      ),
  },
  {
    reason: "CLIENT NO-TOUCH and SETINFO are of redis-server 7.2",
    applies: ([name = "", subcommand = ""], theirs) =>
      /^CLIENT$/i.test(name) && /^(NO-TOUCH|SETINFO)$/i.test(subcommand) &&
      theirs.startsWith("-ERR unknown subcommand"),
  },
];

/** What Cortado says of arguments where redis-server finds no key. */
const EARLIER =
  /-ERR (?:value is not an integer or out of range|syntax error|invalid expire time in 'getex' command)/;

/** Whether replies differ only in places where redis-server finds nothing and Cortado an error. */
function isEarlier(theirs: string, ours: string): boolean {
  const [found, said] = [theirs, ours].map((reply) => reply.replace(/\u2248\d+\u2248/g, ABOUT));
  const around = said!.split(EARLIER).map((text) => text.replace(/[^\w\s]/g, "\\$&"));
  const between = `(:0|:-1|\\$-1|_|${EARLIER.source})`;
  return new RegExp(`^${around.join(between)}$`).test(found!);
}

/** The rule for the reply to a request. */
export function ruleOf(words: Words): Rule {
  const [name = "", subcommand = ""] = words.map((word) => word.toUpperCase());
  if (words.length === 2 && name === "COMMAND" && subcommand === "INFO") return "kind"; // Of all.
  const exception = EXCEPTIONS[`${name} ${subcommand}`] ?? EXCEPTIONS[name];
  const named = words.length > 1 && /^P?UNSUBSCRIBE$/.test(name); // In the order of the request.
  return named ? "exact" : exception?.rule ?? "exact";
}

/** Stands around a number of milliseconds that need not be exact; no byte is shown like this. */
const ABOUT = "\u2248";

/** How far such numbers may be apart: the time that a busy machine takes for a sequence. */
const TOLERANCE = 20_000;

/** What of a reply is compared. */
export function comparable(reply: string, rule: Rule): string {
  if (/^[-!(]/.test(reply)) return reply;
  switch (rule) {
    case "exact":
      return reply;
    case "unordered":
      return reply.split("\r\n").sort().join("\r\n");
    case "seconds":
      return reply.replace(/^:(\d+)/, (_, digits) => ABOUT + Number(digits) * 1_000 + ABOUT);
    case "milliseconds":
      return reply.replace(/^:(\d+)/, (_, digits) => ABOUT + digits + ABOUT);
    case "kind":
      return /^[*$]-1|./.exec(reply)![0];
    case "table":
      return reply.startsWith("*") ? itemsOf(reply).map(commandOf).join("") : reply;
  }
}

function commandOf(entry: string): string {
  if (/^(\$-1|_)/.test(entry)) return entry;
  const [name, arity, flags, ...places] = itemsOf(entry).slice(0, 6);
  return [name, arity, comparable(flags!, "unordered"), ...places].join("");
}

/** Whether two replies, as they are compared, are alike. */
export function areAlike(one: string, other: string): boolean {
  if (one === other) return true;
  const [parts, others] = [one.split(ABOUT), other.split(ABOUT)];
  return parts.length === others.length &&
    parts.every((part, i) =>
      i % 2 === 0 ? part === others[i] : Math.abs(Number(part) - Number(others[i])) <= TOLERANCE
    );
}
