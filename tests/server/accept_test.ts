import { acceptAll } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";

/** A listener that does what it is told, one step an accept, and then waits until it is stopped. */
function listenerOf(steps: readonly (number | Error)[], stop: AbortController) {
  const left = [...steps];
  return {
    accept(): Promise<number> {
      const step = left.shift();
      if (step === undefined) {
        stop.abort();
        return Promise.reject(new Error("closed"));
      }
      return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
    },
  };
}

const FULL = new Error("too many open files");

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `acceptAll ${name}`, permissions: "none", fn });
}

/** Runs a loop over these steps without waiting; returns what it took, and after which delays. */
async function run(steps: readonly (number | Error)[]): Promise<[number[], number[]]> {
  const stop = new AbortController();
  const taken: number[] = [];
  const told: number[] = [];
  const delays: number[] = [];
  await acceptAll(listenerOf(steps, stop), {
    signal: stop.signal,
    onConnection: (socket) => void taken.push(socket),
    onError: (_, delay) => void told.push(delay),
    delay: (ms) => {
      delays.push(ms);
      return Promise.resolve();
    },
  });
  assertEquals(told, delays);
  return [taken, delays];
}

test("hands over each connection, and ends when its signal is aborted", async () => {
  assertEquals(await run([1, 2, 3]), [[1, 2, 3], []]);
});

test("waits twice as long after each failure, up to a second", async () => {
  const failures = Array.from({ length: 11 }, () => FULL);
  const [taken, delays] = await run([...failures, 7]);
  assertEquals(taken, [7]);
  assertEquals(delays, [5, 10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000]);
});

test("waits the least again after an accept that worked", async () => {
  const [taken, delays] = await run([FULL, FULL, 1, FULL, 2]);
  assertEquals([taken, delays], [[1, 2], [5, 10, 5]]);
});

test("tells each failure", async () => {
  const stop = new AbortController();
  const causes: unknown[] = [];
  await acceptAll(listenerOf([FULL], stop), {
    signal: stop.signal,
    onConnection: () => {},
    onError: (cause) => void causes.push(cause),
    delay: () => Promise.resolve(),
  });
  assertEquals(causes, [FULL]);
});

test("ends at once when it is aborted while it waits, and leaves no timer", async () => {
  const stop = new AbortController();
  const failing = { accept: () => Promise.reject(FULL) };
  let failures = 0;
  await acceptAll(failing, {
    signal: stop.signal,
    onConnection: () => {},
    onError: () => {
      // It is aborted as the third wait begins.
      if (++failures === 3) queueMicrotask(() => stop.abort());
    },
  });
  assertEquals(failures, 3);
});

test("accepts nothing when its signal was aborted before", async () => {
  const accept = () => Promise.reject(new Error("accept was called"));
  const options = { onConnection: () => {}, onError: () => {}, signal: AbortSignal.abort() };
  await acceptAll({ accept }, options);
});
