/** The clients of the kill loop: what each writes, and which entries are its own. */

import { Client } from "../../lib/client/mod.ts";
import { RespConnection } from "../differential/connection.ts";
import type { Random } from "../random.ts";
import { type Change, ChangeMaker, type Operation } from "./changes.ts";
import { History } from "./history.ts";
import type { Address } from "./server.ts";
import { writeCafe, writeResp, writeVersions, type Writing } from "./writers.ts";

/** The databases that are written to. */
export const DATABASES: readonly number[] = [0, 1, 2, 15];

/** How many entries the snapshots have at least, and how long they are. */
const FILLING = 512;
const FILLING_SIZE = 4_096;

/** A client, and what it has written in all rounds. */
export interface Player {
  readonly history: History;
  /** Whether an entry at a place is its own. */
  readonly owns: (place: string) => boolean;
  /** What its tags in the log begin with. */
  readonly prefix: string;
  /** Writes until the connection ends. */
  readonly play: (address: Address, onAcknowledged: () => void) => Promise<void>;
}

/** All clients. */
export function newPlayers(random: Random): Player[] {
  return [
    cafePlayer("p:", random, 16, () => false),
    cafePlayer("d:", random, 4, () => random.once(2)),
    versionsPlayer("v:", random),
    pipelinesPlayer("r:", random),
    transactionsPlayer("t:", random),
    fillingPlayer(random),
  ];
}

/** The typed client, with some of its calls durable. */
function cafePlayer(
  prefix: string,
  random: Random,
  depth: number,
  durable: () => boolean,
): Player {
  const maker = new ChangeMaker(random, prefix);
  const next = () => one(random.once(4) ? maker.tag() : maker.simple());
  return player(prefix, (place) => place.startsWith(`0 ${prefix}`), async (address, writing) => {
    await using client = await connect(address);
    await writeCafe(client, { ...writing, next }, depth, durable);
  });
}

/** The typed client, with conditional writes. */
function versionsPlayer(prefix: string, random: Random): Player {
  let count = 0;
  const next = () =>
    one({ type: "set", key: `${prefix}${random.below(4)}`, value: String(++count) });
  return player(prefix, (place) => place.startsWith(`0 ${prefix}`), async (address, writing) => {
    await using client = await connect(address);
    await writeVersions(client, { ...writing, next });
  });
}

/** Pipelines of single requests. */
function pipelinesPlayer(prefix: string, random: Random): Player {
  const maker = new ChangeMaker(random, prefix);
  const next = () => one(random.once(8) ? maker.tag() : maker.rich());
  return player(prefix, (place) => place.startsWith(`0 ${prefix}`), async (address, writing) => {
    using connection = await open(address);
    await writeResp(connection, { ...writing, next }, () => 1 + random.below(32));
  });
}

/** Transactions over two databases, which are swapped and flushed now and then, and the log. */
function transactionsPlayer(prefix: string, random: Random): Player {
  const maker = new ChangeMaker(random, prefix);
  const next = (): Operation => {
    const changes = Array.from({ length: 1 + random.below(6) }, () => maker.rich());
    if (random.once(16)) changes.splice(random.below(changes.length), 0, { type: "flush" });
    if (random.once(8)) changes.push({ type: "swap", other: 2 });
    return { database: 1, changes: [...changes, maker.tag()] };
  };
  return player(prefix, (place) => /^[12] /.test(place), async (address, writing) => {
    using connection = await open(address, 1);
    await writeResp(connection, { ...writing, next }, () => 1 + random.below(8));
  });
}

/** Large entries, so that a snapshot takes a while. */
function fillingPlayer(random: Random): Player {
  let count = 0;
  const entry = () => {
    const value = `${++count} `.padEnd(FILLING_SIZE, "=");
    return [`f:${random.below(FILLING)}`, value] as const;
  };
  const next = (): Operation => ({
    database: 15,
    changes: [{ type: "setMany", entries: Array.from({ length: 16 }, entry) }],
  });
  return player("f:", (place) => place.startsWith("15 "), async (address, writing) => {
    using connection = await open(address, 15);
    await writeResp(connection, { ...writing, next }, () => 1);
  });
}

function player(
  prefix: string,
  owns: (place: string) => boolean,
  play: (address: Address, writing: Omit<Writing, "next">) => Promise<void>,
): Player {
  const history = new History(prefix);
  return {
    history,
    owns,
    prefix,
    play: (address, onAcknowledged) => play(address, { history, onAcknowledged }),
  };
}

function one(change: Change): Operation {
  return { database: 0, changes: [change] };
}

/** A typed client that ends when its connection does. */
export function connect(address: Address): Promise<Client> {
  return Client.connect(address, { reconnect: false });
}

/** A connection of RESP to a database. */
export async function open(address: Address, database = 0): Promise<RespConnection> {
  const connection = new RespConnection(await Deno.connect(address));
  await connection.send([["SELECT", String(database)]]);
  await connection.read();
  return connection;
}
