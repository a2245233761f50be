/** Plays a sequence to two servers, and finds the first difference. */

import { itemsOf, type RespConnection, type Words } from "./connection.ts";
import { isPlain, Player, type Step } from "./player.ts";
import { ALLOWED, areAlike, comparable } from "./rules.ts";
import { connectTo, type Side } from "./sides.ts";

/** Steps that begin with an empty keyspace. */
export interface Sequence {
  readonly steps: readonly Step[];
  readonly connections: number;
  readonly version: 2 | 3;
  /** Whether changes of keys are published. */
  readonly notify?: boolean;
}

/** The first difference of two servers. */
export interface Difference {
  /** The place of the step in the sequence; behind its end for what was left at the end. */
  readonly at: number;
  /** What was compared. */
  readonly of: string;
  /** What of each server's reply is compared. */
  readonly replies: readonly [string, string];
}

const DATABASES = 16;

/** Plays a sequence to both; the difference, if there is one. */
export async function differenceOf(
  sides: readonly [Side, Side],
  sequence: Sequence,
): Promise<Difference | undefined> {
  using one = await Match.begin(sides[0], sequence);
  using other = await Match.begin(sides[1], sequence);
  let at = 0;
  for (const batch of batchesOf(sequence.steps)) {
    const [left, right] = await Promise.all([one.play(batch), other.play(batch)]);
    for (const [i, { words }] of batch.entries()) {
      const replies = [left[i]!, right[i]!] as const;
      if (!areAlike(...replies) && !isAllowed(words, replies)) {
        return { at: at + i, of: shownWords(words), replies };
      }
    }
    at += batch.length;
  }
  const [left, right] = await Promise.all([one.finish(), other.finish()]);
  for (const [i, { of, text }] of left.entries()) {
    const end = right[i] ?? { of: "(nothing)", text: "" };
    const replies = [`${of}: ${text}`, `${end.of}: ${end.text}`] as const;
    if (!areAlike(...replies)) return { at, of, replies };
  }
  return undefined;
}

function isAllowed(words: Words, [theirs, ours]: readonly [string, string]): boolean {
  return ALLOWED.some(({ applies }) => applies(words, theirs, ours));
}

/** Neighbours that one connection sends in one write. */
function batchesOf(steps: readonly Step[]): Step[][] {
  const batches: Step[][] = [];
  for (const step of steps) {
    const last = batches.at(-1);
    const fits = last?.[0]?.on === step.on && isPlain(last[0]) && isPlain(step);
    if (fits) last!.push(step);
    else batches.push([step]);
  }
  return batches;
}

/** What is left at the end of a sequence. */
interface Rest {
  readonly of: string;
  readonly text: string;
}

/** A sequence on one server. */
class Match implements Disposable {
  readonly #side: Side;
  readonly #players: Player[];

  private constructor(side: Side, players: Player[]) {
    this.#side = side;
    this.#players = players;
  }

  static async begin(side: Side, { connections, version, notify }: Sequence): Promise<Match> {
    const players: Player[] = [];
    for (let i = 0; i < connections; i++) players.push(new Player(await connectTo(side)));
    const events = ["CONFIG", "SET", "notify-keyspace-events", notify ? "KEA" : ""];
    await players[0]!.play([["FLUSHALL"], events].map((words) => ({ on: 0, words })));
    const hello = { on: 0, words: ["HELLO", String(version)] };
    if (version === 3) { for (const player of players) await player.play([hello]); }
    return new Match(side, players);
  }

  play(batch: readonly Step[]): Promise<string[]> {
    return this.#players[batch[0]!.on]!.play(batch);
  }

  /** What each connection has still received, and what each database holds. */
  async finish(): Promise<Rest[]> {
    const rest: Rest[] = [];
    for (const [i, player] of this.#players.entries()) {
      rest.push({ of: `connection ${i} at the end`, text: await player.finish() });
    }
    using connection = await connectTo(this.#side);
    for (let database = 0; database < DATABASES; database++) {
      rest.push(...await keysOf(connection, database));
    }
    return rest;
  }

  [Symbol.dispose](): void {
    for (const player of this.#players) player[Symbol.dispose]();
  }
}

/** The keys of a database, each with its value and its time to end. */
async function keysOf(connection: RespConnection, database: number): Promise<Rest[]> {
  const [, all] = await ask(connection, [["SELECT", String(database)], ["KEYS", "*"]]);
  if (!all!.startsWith("*")) return [{ of: `the keys of database ${database}`, text: all! }];
  const keys = itemsOf(all!).sort().map((bulk) => bulk.slice(bulk.indexOf("\r\n") + 2, -2));
  const replies = await ask(
    connection,
    keys.flatMap((key) => [["GET", key], ["PEXPIRETIME", key]]),
  );
  return keys.map((key, i) => ({
    of: `key ${JSON.stringify(key)} of database ${database}`,
    text: replies[2 * i]! + comparable(replies[2 * i + 1]!, "milliseconds"),
  }));
}

async function ask(connection: RespConnection, requests: readonly Words[]): Promise<string[]> {
  if (requests.length === 0) return [];
  await connection.send(requests);
  const replies: string[] = [];
  for (const _ of requests) replies.push(await connection.read());
  return replies;
}

/** A request as a line: text of which each character is a byte, quoted as in JSON. */
export function shownWords(words: Words): string {
  return words.map((word) => /^[\w.:*-]+$/.test(word) ? word : JSON.stringify(word)).join(" ");
}
