/** Clients that write until their connection ends, and note what they have sent and what was acknowledged. */

import { type Client, ServerError } from "../../lib/client/mod.ts";
import type { RespConnection, Words } from "../differential/connection.ts";
import { raw } from "../resp/helpers.ts";
import { type Change, type End, LOG_KEY, type Operation } from "./changes.ts";
import type { History, Sent } from "./history.ts";

/** What a writer is told. */
export interface Writing {
  readonly history: History;
  /** Makes the next operation. */
  readonly next: () => Operation;
  /** Told of each operation that was acknowledged. */
  readonly onAcknowledged: () => void;
}

/** Writes by the typed client, with so many calls in flight. */
export async function writeCafe(
  client: Client,
  { history, next, onAcknowledged }: Writing,
  depth: number,
  durable: () => boolean,
): Promise<void> {
  const lane = async () => {
    for (;;) {
      const sent = history.send(next());
      await call(client, sent.operation.changes[0]!, durable());
      history.acknowledge(sent);
      onAcknowledged();
    }
  };
  await untilLost(Array.from({ length: depth }, lane));
}

/** Writes entries by their versions: each write is of what was read before. */
export async function writeVersions(
  client: Client,
  { history, next, onAcknowledged }: Writing,
): Promise<void> {
  const lane = async () => {
    for (;;) {
      const operation = next();
      const [change] = operation.changes;
      if (change?.type !== "set") throw new TypeError("only SET takes a version");
      const version = (await client.getEntry(change.key))?.version ?? 0;
      const sent = history.send(operation);
      const written = await client.set(change.key, change.value, { version });
      if (written !== undefined) sent.version = written;
      history.acknowledge(sent);
      onAcknowledged();
    }
  };
  await untilLost([lane()]);
}

async function untilLost(lanes: readonly Promise<never>[]): Promise<void> {
  const ends = await Promise.allSettled(lanes);
  for (const end of ends) {
    if (end.status !== "rejected") continue;
    if (end.reason instanceof ServerError || !(end.reason instanceof Error)) throw end.reason;
    if (end.reason.name === "TypeError") throw end.reason;
  }
}

function call(client: Client, change: Change, durable: boolean): Promise<unknown> {
  const options = { durable };
  switch (change.type) {
    case "set":
      return client.set(raw(change.key), raw(change.value), { ...options, ...ttlOf(change.end) });
    case "append":
      return client.append(raw(change.key), raw(change.tail), options);
    case "incr":
      return client.incr(raw(change.key), change.by, options);
    case "delete":
      return client.delete(raw(change.key), options);
    case "expire":
      return client.touch(raw(change.key), { ...options, ...ttlOf(change.end) });
    case "tag":
      return client.append(LOG_KEY, raw(change.tag), options);
    default:
      throw new TypeError(`CAFE has no request for ${change.type}`);
  }
}

function ttlOf(end: End | undefined): { ttl?: number } {
  return end !== undefined && "after" in end ? { ttl: end.after } : {};
}

/** Writes pipelines of RESP of up to so many operations, two of them in flight. */
export async function writeResp(
  connection: RespConnection,
  { history, next, onAcknowledged }: Writing,
  length: () => number,
): Promise<void> {
  let waiting: Pipelined[] = [];
  while (connection.ended === "") {
    const sent = Array.from({ length: length() }, () => history.send(next()));
    const batch = sent.map((one) => ({ sent: one, words: wordsOf(one.operation) }));
    await connection.send(batch.flatMap(({ words }) => words));
    for (const one of waiting) {
      if (!await readReplies(connection, one)) return;
      history.acknowledge(one.sent);
      onAcknowledged();
    }
    waiting = batch;
  }
}

interface Pipelined {
  readonly sent: Sent;
  readonly words: readonly Words[];
}

/** Whether all replies to an operation have come. */
async function readReplies(
  connection: RespConnection,
  { words }: Pipelined,
): Promise<boolean> {
  for (const request of words) {
    const reply = await connection.read();
    if (connection.ended !== "" && reply === connection.ended) return false;
    if (/^-(?!ERR no such key)|\r\n-(?!ERR no such key)/.test(reply)) {
      throw new Error(`${request.slice(0, 2)} got ${reply}`);
    }
  }
  return true;
}

/** The requests of an operation: one, or a transaction. */
function wordsOf({ database, changes }: Operation): Words[] {
  const words = changes.flatMap((change) => requestsOf(database, change));
  return words.length === 1 ? words : [["MULTI"], ...words, ["EXEC"]];
}

function requestsOf(database: number, change: Change): Words[] {
  switch (change.type) {
    case "set":
      return [["SET", change.key, change.value, ...optionOf(change.end)]];
    case "setMany":
      return [["MSET", ...change.entries.flat()]];
    case "append":
      return [["APPEND", change.key, change.tail]];
    case "incr":
      return [["INCRBY", change.key, String(change.by)]];
    case "delete":
      return [["DEL", change.key]];
    case "expire":
      return [expireOf(change.key, change.end)];
    case "overwrite":
      return [["SETRANGE", change.key, String(change.at), change.text]];
    case "rename":
      return [["RENAME", change.from, change.to]];
    case "flush":
      return [["FLUSHDB"]];
    case "swap":
      return [["SWAPDB", String(database), String(change.other)]];
    case "tag": {
      const append = ["APPEND", LOG_KEY, change.tag];
      return database === 0 ? [append] : [["SELECT", "0"], append, ["SELECT", String(database)]];
    }
  }
}

function optionOf(end: End | undefined): Words {
  if (end === undefined) return [];
  return "at" in end ? ["PXAT", String(end.at)] : ["PX", String(end.after)];
}

function expireOf(key: string, end: End | undefined): Words {
  if (end === undefined) return ["PERSIST", key];
  return "at" in end ? ["PEXPIREAT", key, String(end.at)] : ["PEXPIRE", key, String(end.after)];
}
