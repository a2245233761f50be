/**
 * Somebody between a client and its server who changes what is signed.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { Head, HEADER_SIZE } from "../../lib/cafe/mod.ts";
import { Client } from "../../lib/client/mod.ts";
import { atLeast, type Attack, type Field, GARBAGE } from "./attack.ts";
import { Admin } from "./admin.ts";
import { rest } from "./swarm.ts";

const SECRET = "a secret of the attack test";
const CLIENTS = 10;
/** The request that the attacker changes; the HELLO is the one before the first. */
const CHANGED = 5;
const REQUESTS = 12;

/** What the attacker makes of a frame, and of the next one. */
type Change = (frame: Uint8Array, next: Uint8Array) => readonly Uint8Array[];

const CHANGES: Readonly<Record<string, Change>> = {
  nothing: (frame, next) => [frame, next],
  replayed: (frame, next) => [frame, frame, next],
  dropped: (_, next) => [next],
  swapped: (frame, next) => [next, frame],
  "flipped in its opcode": flipped(3),
  "flipped in its flags": flipped(4),
  "flipped in its key": flipped(HEADER_SIZE + 4),
  "flipped in its signature": flipped(-1),
};

/** How many requests are carried out: the frame itself before its repetition. */
const CARRIED_OUT: Readonly<Record<string, number>> = { nothing: REQUESTS, replayed: CHANGED + 1 };

function flipped(at: number): Change {
  return (frame, next) => {
    const changed = frame.slice();
    const index = at < 0 ? changed.length + at : at;
    changed[index] = changed[index]! ^ 1;
    return [changed, next];
  };
}

/** Passes on what a client sends, frame by frame, and changes one. */
class FrameChanger {
  readonly #change: Change;
  readonly #head = new Head();
  #waiting: Uint8Array = new Uint8Array(0);
  #held: Uint8Array | undefined = undefined;
  #count = -1;

  constructor(change: Change) {
    this.#change = change;
  }

  /** What is to be sent when these bytes have come. */
  push(bytes: Uint8Array): Uint8Array {
    this.#waiting = concat([this.#waiting, bytes]);
    const out: Uint8Array[] = [];
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) {
      out.push(...this.#changed(frame));
    }
    return concat(out);
  }

  #changed(frame: Uint8Array): readonly Uint8Array[] {
    const number = this.#count++;
    if (number === CHANGED) this.#held = frame;
    if (number === CHANGED) return [];
    return number === CHANGED + 1 ? this.#change(this.#held!, frame) : [frame];
  }

  #take(): Uint8Array | undefined {
    if (this.#waiting.length < HEADER_SIZE) return undefined;
    this.#head.readHeader(this.#waiting, 0);
    const size = this.#head.frameSize;
    if (this.#waiting.length < size) return undefined;
    const frame = this.#waiting.subarray(0, size);
    this.#waiting = this.#waiting.subarray(size);
    return frame;
  }
}

/** A listener through which one client reaches the server. */
class Middleman implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #done: Promise<void>;

  constructor(port: number, change: Change) {
    this.#done = this.#pass(port, new FrameChanger(change));
  }

  get address(): Deno.NetAddr {
    return this.#listener.addr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#done;
  }

  async #pass(port: number, changer: FrameChanger): Promise<void> {
    using client = await this.#listener.accept();
    using server = await Deno.connect({ hostname: "127.0.0.1", port });
    await Promise.all([
      pump(client, server, (bytes) => changer.push(bytes)),
      pump(server, client, (bytes) => bytes),
    ]);
  }
}

/** Passes bytes on until one side ends. */
async function pump(
  from: Deno.TcpConn,
  to: Deno.TcpConn,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const room = new Uint8Array(65_536);
  try {
    for (let count = await from.read(room); count !== null; count = await from.read(room)) {
      const bytes = change(room.slice(0, count));
      for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
    }
    await to.closeWrite();
  } catch {
    // One of the two has reset the connection.
  }
}

/** Sends signed requests through the attacker; tells what the client got, and what was carried out. */
async function tamper(field: Field, admin: Admin, change: string, key: string): Promise<string> {
  await using middleman = new Middleman(field.port, CHANGES[change]!);
  const options = { secret: SECRET, sign: true, encrypt: false, reconnect: false } as const;
  await using client = await Client.connect(middleman.address, options);
  const calls = Array.from({ length: REQUESTS }, () => client.incr(key));
  const settled = await Promise.allSettled(calls);
  const failed = settled.find((call) => call.status === "rejected");
  const carriedOut = Number(await admin.ask("GET", key));
  await admin.ask("DEL", key);
  const expected = CARRIED_OUT[change] ?? CHANGED;
  const extent = carriedOut === expected ? "nothing carried out behind it" : "MORE CARRIED OUT";
  const error = failed?.reason instanceof Error ? failed.reason.message : "no error";
  return `${change}: ${extent}; ${/SIGNATURE|signature/.test(error) ? "SIGNATURE" : error}`;
}

async function run(field: Field): Promise<void> {
  field.ready();
  await Promise.all(Array.from({ length: CLIENTS }, async (_, attacker) => {
    using admin = await Admin.connect(field.port, undefined);
    const changes = Object.keys(CHANGES);
    for (let turn = attacker; !field.signal.aborted; turn++) {
      const start = performance.now();
      const ending = await tamper(field, admin, changes[turn % changes.length]!, `n${attacker}`);
      field.tally.note(ending, performance.now() - start);
      await rest(100, field.signal);
    }
  }));
}

export const signedStream: Attack = {
  name: "signed-stream",
  what: `${CLIENTS} clients that sign, through somebody who replays, drops, swaps or flips a frame`,
  options: ["--secret", SECRET],
  time: 3_000,
  maxGrowth: GARBAGE,
  run,
  judge: ({ tally, log }) => [
    tally.isOnly(
      "each connection ended where the frame was, and nothing behind it was carried out",
      ...Object.keys(CHANGES).map((change) =>
        `${change}: nothing carried out behind it; ${
          change === "nothing" ? "no error" : "SIGNATURE"
        }`
      ),
    ),
    atLeast(
      "the log tells of them",
      log.filter((line) => line.includes("signature")).length,
      1,
      " lines",
    ),
  ],
};
