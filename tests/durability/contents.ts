/** What a server has, read through its protocols. */

import type { Client } from "../../lib/client/mod.ts";
import { itemsOf, type RespConnection, type Words } from "../differential/connection.ts";
import { raw } from "../resp/helpers.ts";
import { LOG_KEY } from "./changes.ts";
import { placeOf, type Span, type State } from "./model.ts";

/** All that a server has. */
export interface Contents {
  /** All entries but the log. */
  readonly state: State;
  /** The tags in the log, in order. */
  readonly tags: readonly string[];
  /** The largest version of an entry of the first database. */
  readonly version: number;
  /** When it was read. */
  readonly asked: Span;
}

/** Reads some databases; the entries of the first one with their versions, which only CAFE tells. */
export async function readContents(
  client: Client,
  connection: RespConnection,
  databases: readonly number[],
): Promise<Contents> {
  const begun = Date.now();
  const state: State = new Map();
  for (const database of databases) await readDatabase(connection, database, state);
  const version = await readVersions(client, state);
  const log = placeOf(0, LOG_KEY);
  const tags = (state.get(log)?.value ?? "").split(";").slice(0, -1).map((tag) => `${tag};`);
  state.delete(log);
  return { state, tags, version, asked: [begun, Date.now()] };
}

async function readDatabase(
  connection: RespConnection,
  database: number,
  state: State,
): Promise<void> {
  await ask(connection, [["SELECT", String(database)]]);
  const [keys = ""] = await ask(connection, [["KEYS", "*"]]);
  const names = itemsOf(keys).map(textOf);
  const replies = await ask(
    connection,
    names.flatMap((name) => [["GET", name], ["PEXPIRETIME", name]]),
  );
  for (const [at, name] of names.entries()) {
    const [value = "", expires = ""] = replies.slice(2 * at);
    const end = Number(expires.slice(1));
    if (value === "$-1\r\n" || end === -2) continue; // It has expired meanwhile.
    const time = end === -1 ? Infinity : end;
    state.set(placeOf(database, name), {
      value: textOf(value),
      end: [time, time],
      version: undefined,
    });
  }
}

async function readVersions(client: Client, state: State): Promise<number> {
  let largest = 0;
  const mine = [...state].filter(([place]) => place.startsWith("0 "));
  await Promise.all(mine.map(async ([place, kept]) => {
    const entry = await client.getEntry(raw(place.slice(2)));
    if (entry === undefined) return;
    largest = Math.max(largest, entry.version);
    state.set(place, { ...kept, version: entry.version });
  }));
  return largest;
}

async function ask(connection: RespConnection, requests: readonly Words[]): Promise<string[]> {
  await connection.send(requests);
  const replies: string[] = [];
  for (const request of requests) {
    const reply = await connection.read();
    if (reply.startsWith("-") || connection.ended !== "") throw new Error(`${request}: ${reply}`);
    replies.push(reply);
  }
  return replies;
}

/** The bytes of a bulk string. */
function textOf(reply: string): string {
  return reply.slice(reply.indexOf("\r\n") + 2, -2);
}
