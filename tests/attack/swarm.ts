/**
 * Many attackers at once.
 *
 * @module
 */

import { parseReplies, wordOf } from "../server/frames.ts";
import { RawClient } from "../server/raw_client.ts";
import { textOf } from "../codec/helpers.ts";
import type { Field } from "./attack.ts";

/** What an attacker does on one connection; tells how it ended. */
export type Attempt = (client: RawClient, attacker: number) => Promise<string>;

/** So many connect at once: fewer than a listener's queue holds. */
const WAVE = 100;

/** How many characters of an error are told. */
const TOLD = 70;

const CAFE = 0xca;

/**
 * Lets `count` attackers make their attempts, each on a new connection again and again, with a pause of
 * `pause` milliseconds after each, until the attack is over.
 */
export async function swarm(
  field: Field,
  count: number,
  attempt: Attempt,
  pause = 0,
): Promise<void> {
  const { signal } = field;
  const open = new Set<RawClient>();
  let connected = 0;
  const attack = async (attacker: number): Promise<void> => {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      using client = await connect(field);
      open.add(client);
      if (isFirst && ++connected === count) field.ready();
      const start = performance.now();
      const ending = await attempt(client, attacker).catch((cause) => `failed: ${cause}`);
      const time = performance.now() - start;
      open.delete(client);
      if (signal.aborted) return;
      field.tally.note(ending, time, client.sent);
      await rest(pause, signal);
    }
  };
  signal.addEventListener("abort", () => open.forEach((client) => client.close()));
  const attacks: Promise<void>[] = [];
  for (let attacker = 0; attacker < count && !signal.aborted; attacker++) {
    attacks.push(attack(attacker));
    while (!signal.aborted && connected <= attacker - WAVE) await rest(1, signal);
  }
  await Promise.all(attacks);
}

/** Connects to the server that is attacked. */
export function connect({ port }: { readonly port: number }): Promise<RawClient> {
  return RawClient.connect({ transport: "tcp", hostname: "127.0.0.1", port });
}

/** Waits, no longer than until the signal is aborted. */
export function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}

/** Reads until the server ends the connection; tells what it said last. */
export async function ending(client: RawClient): Promise<string> {
  try {
    return lastWords(await client.readAll());
  } catch {
    return "reset";
  }
}

/** The last reply among bytes, in short. */
export function lastWords(bytes: Uint8Array): string {
  if (bytes.length === 0) return "closed without a word";
  if (bytes[0] === CAFE) return wordOf(parseReplies(bytes).at(-1)!);
  const line = textOf(bytes).trimEnd().split("\r\n").at(-1)!;
  return line.replaceAll(/\d+/g, "N").slice(0, TOLD); // Numbers would be others each time.
}
