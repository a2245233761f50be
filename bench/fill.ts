/**
 * Filling a server with millions of keys.
 *
 * @module
 */

import { connectMany, converse } from "./load.ts";
import { KEY_SIZE, scattered, writeDigits } from "./numbered_keys.ts";
import { ask, randomText, requestOf } from "./resp_requests.ts";

/** How many bytes each value has. */
export const VALUE_SIZE = 64;

const CONNECTIONS = 4;
/** So many requests are sent before their replies are read. */
const BATCH = 500;
const REPLY_SIZE = "+OK\r\n".length;

/**
 * Sets the keys with the numbers below `keys`, in an order far from that of their numbers.
 *
 * @throws {Error} When the server does not have so many keys then.
 */
export async function fill(port: number, keys: number): Promise<void> {
  const connections = await connectMany(port, CONNECTIONS);
  try {
    await Promise.all(connections.map((connection, index) => fillPart(connection, index, keys)));
  } finally {
    connections.forEach((connection) => connection.close());
  }
  await checkSize(port, keys);
}

/** Throws an error when a server has not so many keys. */
export async function checkSize(port: number, keys: number): Promise<void> {
  const size = await ask(port, "DBSIZE");
  if (size !== String(keys)) {
    throw new Error(`Cannot go on: ${keys} keys were set, DBSIZE is ${size}`);
  }
}

/** Sets what falls to one connection: every so many-th key. */
async function fillPart(connection: Deno.Conn, first: number, keys: number): Promise<void> {
  const { bytes, size, keyAt } = batchOfSets();
  let filled = 0;
  for (let place = first; place < keys; place += CONNECTIONS) {
    writeDigits(bytes, filled * size + keyAt, scattered(place, keys));
    if (++filled < BATCH && place + CONNECTIONS < keys) continue;
    await converse(connection, bytes.subarray(0, filled * size), filled * REPLY_SIZE);
    filled = 0;
  }
}

/** Requests of one size with values of their own, in which only the digits of the keys are missing. */
function batchOfSets() {
  const key = "key:".padEnd(KEY_SIZE, "0");
  const requests = Array.from(
    { length: BATCH },
    () => requestOf("SET", key, randomText(VALUE_SIZE)),
  );
  const size = requests[0]!.length;
  const bytes = new Uint8Array(BATCH * size);
  requests.forEach((request, place) => bytes.set(request, place * size));
  return { bytes, size, keyAt: new TextDecoder().decode(requests[0]).indexOf(key) };
}
