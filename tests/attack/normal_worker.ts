/**
 * The normal client, in a thread of its own so that it does not wait for attackers: for as long as it is
 * asked to, it gets and sets over a few connections, a request on each when the one before is answered.
 *
 * @module
 */

import { connectMany } from "../../bench/load.ts";
import { Talker } from "../../bench/mixed_load.ts";
import { requestOf } from "../../bench/resp_requests.ts";

/** To whom it connects, or for how many milliseconds it is to talk. */
export type Order =
  | { readonly port: number; readonly password: string | undefined }
  | { readonly time: number };

declare const self: {
  onmessage: (event: MessageEvent<Order>) => void;
  postMessage(times: Float64Array): void;
};

const CONNECTIONS = 2;
const KEYS = 10_000;

let talkers: readonly Talker[] = [];

self.onmessage = async ({ data }) => {
  const times = "port" in data ? await open(data.port, data.password) : await talk(data.time);
  self.postMessage(Float64Array.from(times));
};

async function open(port: number, password: string | undefined): Promise<number[]> {
  const connections = await connectMany(port, CONNECTIONS);
  talkers = connections.map((connection) => new Talker(connection, KEYS));
  if (password === undefined) return [];
  const start = performance.now();
  await Promise.all(talkers.map((talker) => talker.ask(requestOf("AUTH", password))));
  return [performance.now() - start];
}

/** Talks for a while; returns how long each answer took, in milliseconds. */
async function talk(time: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + time;
  await Promise.all(talkers.map(async (talker) => {
    for (let start = performance.now(), now = start; start < end; start = now) {
      await talker.askAny();
      now = performance.now();
      times.push(now - start);
    }
  }));
  return times;
}
