/**
 * The commands that talk to a server, from the command line and at the prompt.
 *
 * @module
 */

import { type Command, command } from "./command.ts";
import type { CommandClient } from "./connection.ts";
import { switchOption, valueOption } from "./options.ts";
import { UsageError } from "./error.ts";
import type { Printer } from "./printer.ts";
import { parseInteger, parseTtl } from "./quantities.ts";
import { bytesOf } from "./words.ts";

/** What a command that talks to a server has at hand. */
export interface ClientContext {
  /** The client of the server. */
  readonly client: CommandClient;
  /** Where the answer goes. */
  readonly printer: Printer;
  /** All of standard input; undefined at the prompt, which reads the commands from there. */
  readonly readInput: (() => Promise<Uint8Array>) | undefined;
  /** Aborted when the command is to end early. */
  readonly signal: AbortSignal;
}

/** A command that talks to a server. */
export type ClientCommand = Command<ClientContext>;

/** The exit code of a command that did not find what it was asked for. */
const NOT_FOUND = 1;

/** The options of commands that answer with a list. */
const LIST_OPTIONS = {
  null: switchOption("end each with a zero byte instead of a newline"),
};

/** The options of commands that write. */
const WRITE_OPTIONS = {
  durable: switchOption("wait until the change is on the server's disk"),
};

const INPUT_NOTE = "A value of - is read from standard input, byte for byte.";

const ping: ClientCommand = command({
  name: "ping",
  operands: "[TEXT]",
  summary: "ask the server for an answer: PONG, or the text",
  prepare: ([text = ""]) => async ({ client, printer, signal }) => {
    await printer.item(await client.ping(bytesOf(text), { signal }));
  },
});

const get: ClientCommand = command({
  name: "get",
  operands: "KEY",
  summary: "print the value of a key",
  notes: [
    "The value is printed byte for byte; on a terminal a newline follows.",
    "If there is no such key, nothing is printed and the exit code is 1.",
  ],
  prepare: ([key = ""]) => async ({ client, printer, signal }) => {
    const value = await client.get(bytesOf(key), { signal });
    if (value !== undefined) return printer.value(value);
    printer.miss();
    return NOT_FOUND;
  },
});

const set: ClientCommand = command({
  name: "set",
  operands: "KEY VALUE",
  summary: "store a value under a key",
  notes: [INPUT_NOTE],
  options: {
    ttl: valueOption("TIME", "remove the key after this time (default: never)", parseTtl),
    ...WRITE_OPTIONS,
  },
  prepare: ([key = "", value = ""], options) => async (context) => {
    const { client, signal } = context;
    await client.set(bytesOf(key), await payload(value, context), { ...options, signal });
    context.printer.line("OK");
  },
});

const del: ClientCommand = command({
  name: "del",
  operands: "KEY...",
  summary: "remove keys and print how many there were",
  options: WRITE_OPTIONS,
  prepare: (keys, options) => async ({ client, printer, signal }) => {
    const remove = (key: string) => client.delete(bytesOf(key), { ...options, signal });
    const removed = await Promise.all(keys.map(remove));
    printer.line(`${removed.filter(Boolean).length}`);
  },
});

const incr: ClientCommand = command({
  name: "incr",
  operands: "KEY [N]",
  summary: "add N (default 1) to the integer under a key and print the sum",
  options: WRITE_OPTIONS,
  prepare([key = "", n = "1"], options) {
    const delta = integerOperand(n);
    return async ({ client, printer, signal }) => {
      printer.line(`${await client.incr(bytesOf(key), delta, { ...options, signal })}`);
    };
  },
});

const scan: ClientCommand = command({
  name: "scan",
  operands: "[PREFIX]",
  summary: "list the keys that begin with a prefix, or all",
  notes: ["Keys are printed byte for byte; on a terminal what does not print is escaped."],
  options: LIST_OPTIONS,
  prepare: ([prefix = ""], options) => async ({ client, printer, signal }) => {
    for await (const key of client.scan(bytesOf(prefix), { signal })) {
      if (signal.aborted) break;
      await printer.item(key, endOf(options));
    }
  },
});

const stats: ClientCommand = command({
  name: "stats",
  operands: "[SECTION]",
  summary: "print the figures of the server, or of one section",
  prepare: ([section]) => async ({ client, printer, signal }) => {
    const figures = await client.stats(section, { signal });
    for (const [name, value] of figures) printer.line(`${name}: ${value}`);
  },
});

const subscribe: ClientCommand = command({
  name: "subscribe",
  operands: "CHANNEL",
  summary: "print the messages of a channel until Ctrl-C",
  notes: ["Messages are printed byte for byte; on a terminal what does not print is escaped."],
  options: LIST_OPTIONS,
  prepare: ([channel = ""], options) => async ({ client, printer, signal }) => {
    await using messages = await client.subscribe(bytesOf(channel), { signal });
    const end = () => void messages[Symbol.asyncDispose]();
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    for await (const message of messages) {
      await printer.item(message, endOf(options));
      await printer.flush();
    }
    signal.removeEventListener("abort", end);
  },
});

const publish: ClientCommand = command({
  name: "publish",
  operands: "CHANNEL MESSAGE",
  summary: "send a message to a channel and print how many receive it",
  notes: [INPUT_NOTE.replace("value", "message")],
  prepare: ([channel = "", message = ""]) => async (context) => {
    const { client, printer, signal } = context;
    const bytes = await payload(message, context);
    printer.line(`${await client.publish(bytesOf(channel), bytes, { signal })}`);
  },
});

const compact: ClientCommand = command({
  name: "compact",
  summary: "write a snapshot of all entries and drop the old journal",
  notes: ["Prints started, or running when it is under way already; the server goes on meanwhile."],
  prepare: () => async ({ client, printer, signal }) => {
    printer.line(await client.compact({ signal }));
  },
});

/** The commands, in the order of the help. */
export const CLIENT_COMMANDS: readonly ClientCommand[] = [
  ping,
  get,
  set,
  del,
  incr,
  scan,
  stats,
  subscribe,
  publish,
  compact,
];

async function payload(word: string, { readInput }: ClientContext): Promise<Uint8Array> {
  return word === "-" && readInput !== undefined ? await readInput() : bytesOf(word);
}

function endOf(options: { readonly null?: boolean }): string {
  return options.null ? "\0" : "\n";
}

function integerOperand(text: string): bigint {
  try {
    return parseInteger(text);
  } catch (error) {
    throw new UsageError(`Cannot run incr: ${error instanceof Error ? error.message : error}`);
  }
}
