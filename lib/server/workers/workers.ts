/**
 * Threads that own the sockets.
 *
 * @module
 */

import type { Databases } from "../../store/mod.ts";
import { Bell, BELL_BYTES } from "./bell.ts";
import { checkWorkers } from "./error.ts";
import type { LaneSink } from "./lane.ts";
import { MAX_WORKERS } from "./most.ts";
import { Poller } from "./poller.ts";
import { SendWindow } from "./send_window.ts";
import { Thread } from "./thread.ts";

/** Where workers listen, and how many there are. */
export interface WorkersOptions {
  /** How many. */
  readonly count: number;
  /** The address to listen on. */
  readonly hostname: string;
  /** The port; 0 picks a free one. */
  readonly port: number;
  /** Told what an operator should know, a line each. */
  readonly log: (line: string) => void;
  /** What they answer from, if it is shared. */
  readonly databases?: Databases;
  /** The longest key that is not refused. */
  readonly maxKeySize?: number;
  /** The module of a worker. Default: that of this folder. */
  readonly module?: URL;
}

/**
 * Workers that listen on one address together. The kernel gives each connection to one of them, which reads
 * and writes for the thread that has the store: that one gets a {@linkcode RingSocket}.
 */
export class Workers {
  /** Where they listen, with the real port. */
  readonly addr: Deno.NetAddr;
  readonly #log: (line: string) => void;
  readonly #threads: readonly Thread[];
  readonly #poller: Poller;
  /** Who takes over connections, and is told of answers: nobody before `serve`. */
  readonly #sink: LaneSink = { ...NOBODY };

  private constructor(options: WorkersOptions, addr: Deno.NetAddr) {
    const { count, hostname, log, databases, maxKeySize = 0, module = MODULE } = options;
    this.addr = addr;
    this.#log = log;
    const bell = new SharedArrayBuffer(BELL_BYTES);
    const window = new SendWindow();
    const sink = this.#sink;
    const store = () => {
      const shared = databases?.shared;
      return shared && { shared, maxKeySize };
    };
    this.#threads = Array.from({ length: count }, (_, at) =>
      new Thread({
        ...{ number: at + 1, bell, hostname, port: addr.port, store, module, window, sink, log },
      }));
    const sections = databases?.sections;
    if (sections !== undefined) {
      sections.onShared = (news) => this.#threads.forEach((thread) => thread.tell(news));
    }
    this.#poller = new Poller(new Bell(bell, 0), {
      step: () => this.#step(),
      expects: () => true,
      wantsRoom: () => this.#threads.some(({ lane }) => lane?.wantsRoom),
    });
  }

  /**
   * Starts workers; resolves when all of them listen.
   *
   * @throws {WorkersError} When there can be none here.
   * @throws {RangeError} When there are too many.
   * @throws {Deno.errors.AddrInUse} When somebody listens there already.
   */
  static async start(options: WorkersOptions): Promise<Workers> {
    const { count, hostname, port } = options;
    if (!Number.isSafeInteger(count) || count < 1 || count > MAX_WORKERS) {
      throw new RangeError(
        `Cannot use workers ${count}: it must be a whole number from 0 to ${MAX_WORKERS}`,
      );
    }
    checkWorkers();
    // Those that share a port would share it with the workers of another server as well. This one does not
    // share: it fails when there is anybody, and picks the port.
    const probe = Deno.listen({ hostname, port });
    probe.close();
    const workers = new Workers(options, probe.addr);
    try {
      await Promise.all(workers.#threads.map(({ listening }) => listening));
      return workers;
    } catch (cause) {
      await workers.close();
      throw cause;
    }
  }

  /** Gives connections out from now on, and tells of what is answered; those that have come already wait. */
  serve(sink: Partial<LaneSink> & Pick<LaneSink, "onSocket">): void {
    Object.assign(this.#sink, sink);
    this.#poller.wake();
  }

  /** Tells of all that was answered by now. Otherwise it is told of when there is something else to do. */
  gather(): void {
    this.#step();
    for (const { lane } of this.#threads) lane?.tellTimes();
  }

  /** Accepts no more. Resolves when each connection that was accepted is given out. */
  async stopAccepting(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stopAccepting()));
    this.#step();
  }

  /** Ends all workers; connections that are open still are lost. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
    await this.#poller.stop();
  }

  #step(): boolean {
    let moved = false;
    for (const thread of this.#threads) {
      try {
        if (thread.lane?.step()) moved = true;
      } catch (cause) {
        this.#log(`defect: ${cause instanceof Error ? cause.stack : cause}`);
        thread.fail(cause instanceof Error ? cause.message : String(cause));
      }
    }
    return moved;
  }
}

/** Before somebody serves, no connection is taken from a ring, and nothing is answered. */
const NOBODY: LaneSink = {
  onSocket: (socket) => socket.close(),
  onAnswers() {},
  onAnsweredBytes() {},
  onAnswerTimes() {},
  onKey() {},
};

const MODULE = new URL("./io_worker.ts", import.meta.url);
