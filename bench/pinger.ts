/**
 * A client in a thread of its own that pings a server every millisecond until it is told to stop, and then
 * tells how long each answer took, in milliseconds.
 *
 * @module
 */

import { Client } from "../lib/client/mod.ts";

declare const self: {
  onmessage: (event: MessageEvent<number | "stop">) => void;
  postMessage(times: Float64Array): void;
};

let stopped = false;

self.onmessage = async ({ data }) => {
  if (data === "stop") stopped = true;
  else self.postMessage(Float64Array.from(await ping(data)));
};

async function ping(port: number): Promise<number[]> {
  await using client = await Client.connect({ hostname: "127.0.0.1", port });
  return await pingUntil(client, () => stopped);
}

/** Pings every millisecond until it is told to stop; returns how long each answer took. */
export async function pingUntil(client: Client, isStopped: () => boolean): Promise<number[]> {
  const times: number[] = [];
  do {
    const begin = performance.now();
    await client.ping();
    times.push(performance.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, 1));
  } while (!isStopped());
  return times;
}
