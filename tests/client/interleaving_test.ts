import type { DecodedRequest } from "../../lib/cafe/mod.ts";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ok } from "../../lib/model/mod.ts";
import { Client, ConnectionError } from "../../lib/client/mod.ts";
import { HERMETIC, Peer, type PeerConnection, text, VirtualDelay } from "./peer.ts";

/** What happens next, to calls and answers that the numbers pick. */
const STEP = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("call" as const), pick: fc.nat() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("answer" as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("abort" as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("quiet" as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const), pick: fc.nat() }) },
);

const ABORTED = "aborted";

/** A run of steps with one client; the peer answers each GET with its key. */
class Run {
  readonly #peer = new Peer();
  readonly #client: Client;
  #connection: PeerConnection;
  readonly #open: DecodedRequest[] = [];
  readonly #calls: {
    abort: AbortController;
    result: Promise<unknown>;
    aborted: boolean;
    losses: number;
  }[] = [];

  private constructor(peer: Peer, client: Client, connection: PeerConnection) {
    this.#peer = peer;
    this.#client = client;
    this.#connection = connection;
  }

  static async start(ids: boolean): Promise<Run> {
    const peer = new Peer();
    const { delay } = new VirtualDelay();
    const reconnect = { attempts: 1_000 };
    const client = await Client.connect(peer.transport, { delay, ids, reconnect });
    return new Run(peer, client, await peer.accept());
  }

  async step(action: "call" | "answer" | "abort" | "quiet" | "lose", pick: number, ids: boolean) {
    if (action === "call") this.#call();
    else if (action === "quiet" && ids) await this.#client.set("quiet", "", { quiet: true });
    else if (action === "abort") this.#abort(pick);
    else if (action === "answer") await this.#answer(ids ? pick : 0);
    else if (action === "lose") await this.#lose();
  }

  /** Answers all that is left, and checks that every call got its own answer. */
  async finish(): Promise<void> {
    const results = Promise.all(this.#calls.map(({ result }) => result));
    let done = false;
    void results.then(() => done = true);
    for (;;) {
      await this.#ticks();
      if (done) break;
      await this.#answer(0);
    }
    for (const [i, result] of (await results).entries()) {
      const { losses } = this.#calls[i]!;
      if (losses >= 3 && result instanceof ConnectionError) continue; // It was sent three times.
      const expected = this.#calls[i]!.aborted && result === ABORTED ? ABORTED : `key ${i}`;
      assertEquals(result, expected);
    }
    await this.#client.close();
  }

  #call(): void {
    const abort = new AbortController();
    const key = `key ${this.#calls.length}`;
    const result = this.#client.get(key, { signal: abort.signal }).then(text, (reason) => reason);
    this.#calls.push({ abort, result, aborted: false, losses: 0 });
  }

  #abort(pick: number): void {
    const call = this.#calls[pick % this.#calls.length];
    if (call === undefined) return;
    call.aborted = true;
    call.abort.abort(ABORTED);
  }

  async #answer(pick: number): Promise<void> {
    await this.#ticks();
    const [request] = this.#open.splice(pick % this.#open.length, 1);
    if (request?.op === "GET") this.#connection.answer(request, ok(request.key));
  }

  /** The client connects again when it needs to: for a call that makes sure of that. */
  async #lose(): Promise<void> {
    this.#open.length = 0;
    for (const call of this.#calls) call.losses++;
    this.#connection.fail(new Error("lost"));
    this.#call();
    this.#connection = await this.#peer.accept();
  }

  /** Lets what is queued be written, and takes the requests that came. */
  async #ticks(): Promise<void> {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    while (this.#connection.waiting > 0) {
      const request = await this.#connection.take();
      if (!request.quiet) this.#open.push(request);
    }
  }
}

for (const ids of [true, false]) {
  const name = ids ? "with ids in any order" : "without ids in order";
  Deno.test(`no call gets the answer of another, ${name}`, HERMETIC, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 60 }), async (steps) => {
        const run = await Run.start(ids);
        for (const { do: action, pick } of steps) await run.step(action, pick, ids);
        await run.finish();
      }),
      { seed: 7, numRuns: 300 },
    );
  });
}
