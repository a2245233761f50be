/**
 * Plays a recording to a server.
 *
 * @module
 */

import { Answers, type RecordedConversation } from "../inspect/mod.ts";
import { connectWithin } from "../server/connect_within.ts";
import { describe } from "./error.ts";
import { tellTime } from "./quantities.ts";

/** How a recording is played. */
export interface PlayOptions {
  /** The server. */
  readonly to: { readonly hostname: string; readonly port: number };
  /** How many times as fast as it was recorded; 0: without pauses. */
  readonly speed: number;
  /** How long the next byte is waited for, beyond the longest wait of the recording, in milliseconds. */
  readonly timeout: number;
  /** Whether the recording lacks its end, so that the last answers may not be in it. */
  readonly isCut?: boolean;
  /** How many connections are open at once. Default 1,024. */
  readonly maxOpen?: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** How long connecting may take, in milliseconds. */
const CONNECT_TIME = 10_000;
const CHUNK = 65_536;

/** Plays each connection at its time. Without pauses one waits for those that had ended before it began. */
export async function play(
  conversations: readonly RecordedConversation[],
  options: PlayOptions,
): Promise<Player[]> {
  const { speed, maxOpen = 1_024, signal } = options;
  const inOrder = conversations.toSorted((one, other) => one.began - other.began);
  const clock = new Clock(inOrder[0]?.began ?? 0, speed);
  const players = inOrder.map((conversation) => new Player(conversation, clock, options));
  const open = new Map<Player, Promise<void>>();
  for (const player of players) {
    await clock.until(player.began, signal);
    if (speed === 0) {
      for (const [{ ended }, done] of open) if (ended <= player.began) await done;
    }
    if (open.size >= maxOpen) {
      player.failure = new Error(`Cannot connect: ${maxOpen} connections are open, the limit`);
    } else if (!signal.aborted) {
      open.set(player, player.play().finally(() => open.delete(player)));
    }
  }
  await Promise.all(open.values());
  return players;
}

/** When something of the recording is due. */
class Clock {
  readonly #began: number;
  readonly #speed: number;
  readonly #start = performance.now();

  constructor(began: number, speed: number) {
    this.#began = began;
    this.#speed = speed;
  }

  /** Waits for a time of the recording, or the signal. */
  async until(time: number, signal: AbortSignal): Promise<void> {
    if (this.#speed === 0 || time === Infinity || signal.aborted) return;
    const left = this.#start + (time - this.#began) / this.#speed - performance.now();
    if (left <= 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, left);
    const end = () => resolve();
    signal.addEventListener("abort", end);
    await promise;
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

/** Plays one connection. */
export class Player {
  /** The client and the server, for people. */
  readonly name: string;
  /** When it began in the recording. */
  readonly began: number;
  /** When the client ended it in the recording. */
  readonly ended: number;
  /** The answers of the recording. */
  readonly before = new Answers();
  /** The answers now. */
  readonly after = new Answers();
  /** Why it was not played. */
  failure: unknown = undefined;
  /** Why no more answers came, in words; `undefined` when all have come. */
  ending: string | undefined = undefined;
  readonly #said: RecordedConversation["said"];
  readonly #clock: Clock;
  readonly #options: PlayOptions;
  /** How long the next byte is waited for. */
  readonly #patience: number;
  /** Aborts when it is over. */
  readonly #over = new AbortController();
  #socket: Deno.TcpConn | undefined = undefined;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** Whether it pauses, so that nothing is waited for. */
  #isPausing = true;
  #hasSaid = false;

  /** Reads the answers of the recording. */
  constructor(conversation: RecordedConversation, clock: Clock, options: PlayOptions) {
    const { name, began, ended, said } = conversation;
    this.name = name;
    this.began = began;
    this.ended = ended;
    this.#said = said;
    this.#clock = clock;
    this.#options = options;
    for (const { by, bytes, time } of said) this.before.said(by, bytes, time);
    if (!options.isCut) this.before.end();
    const { speed, timeout } = options;
    this.#patience = timeout + longestWait(said) / Math.min(1, speed || 1);
  }

  /** Connects, says what the client said, and waits for as many answers. */
  async play(): Promise<void> {
    const { signal } = this.#options;
    const stop = () => this.#end("it was stopped");
    signal.addEventListener("abort", stop);
    try {
      this.#socket = await connectWithin(this.#options.to, CONNECT_TIME, signal);
      const reading = this.#read(this.#socket);
      await this.#say(this.#socket);
      await reading;
    } catch (error) {
      if (!signal.aborted) this.failure = error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
    if (this.ending !== undefined) this.after.end();
  }

  async #say(socket: Deno.TcpConn): Promise<void> {
    try {
      for (const { by, bytes, time } of this.#said) {
        if (by === "server") continue;
        await this.#pause(time);
        if (this.#over.signal.aborted) return;
        this.after.said("client", bytes, performance.now());
        for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await socket.write(rest));
      }
    } catch (error) {
      return this.#end(`the connection was lost: ${describe(error)}`);
    }
    await this.#pause(this.ended);
    this.#hasSaid = true;
    this.#look();
  }

  async #pause(time: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#isPausing = true;
    await this.#clock.until(time, this.#over.signal);
    this.#isPausing = false;
    this.#look();
  }

  async #read(socket: Deno.TcpConn): Promise<void> {
    try {
      const room = new Uint8Array(CHUNK);
      for (let size = await socket.read(room); size !== null; size = await socket.read(room)) {
        this.after.said("server", room.slice(0, size), performance.now());
        this.#look();
      }
      this.#end("the server closed the connection");
    } catch (error) {
      this.#end(`the connection was lost: ${describe(error)}`);
    }
  }

  /** Ends when all answers have come; otherwise waits for the next byte, but not for ever. */
  #look(): void {
    clearTimeout(this.#timer);
    if (this.#isPausing || this.#over.signal.aborted) return;
    if (this.#hasSaid && this.after.responses >= this.before.responses) return this.#end();
    const why = `gave up after ${tellTime(Math.ceil(this.#patience))} without a byte`;
    this.#timer = setTimeout(() => this.#end(why), this.#patience);
  }

  #end(why?: string): void {
    if (this.#over.signal.aborted) return;
    this.ending = why;
    clearTimeout(this.#timer);
    this.#over.abort();
    this.#socket?.close();
  }
}

/** The longest time that a side waited for the server, in milliseconds. */
function longestWait(said: RecordedConversation["said"]): number {
  let longest = 0;
  for (const [at, { by, time }] of said.entries()) {
    if (by === "server" && at > 0) longest = Math.max(longest, time - said[at - 1]!.time);
  }
  return longest;
}
