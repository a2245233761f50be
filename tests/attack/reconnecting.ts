/**
 * Subscribers whose connections are killed, and who come back.
 *
 * @module
 */

import { Client, type Subscription } from "../../lib/client/mod.ts";
import { Admin } from "./admin.ts";
import { atLeast, type Attack, type Field, GARBAGE } from "./attack.ts";
import { rest } from "./swarm.ts";

const SUBSCRIBERS = 100;
/** How often all connections of subscribers are killed, and a message is published, in milliseconds. */
const KILL_EVERY = 500;
const PUBLISH_EVERY = 5;
const CHANNEL = "news";
const LAST = "the last message";
/** All must be there again after so many milliseconds. */
const RETURN_TIME = 5_000;

/** Takes messages until the last one. */
async function takeAll(subscription: Subscription, field: Field): Promise<void> {
  let count = 0;
  for await (const message of subscription) {
    count++;
    if (new TextDecoder().decode(message) === LAST) break;
  }
  field.tally.note(count > 1 ? "a subscriber got messages, and the last one" : "nothing");
}

async function every(ms: number, signal: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await act();
    await rest(ms, signal);
  }
}

/** Waits until the server has all subscribers again. */
async function untilBack(field: Field, admin: Admin): Promise<void> {
  const start = performance.now();
  while (await admin.ask("PUBSUB", "NUMSUB", CHANNEL) !== `${CHANNEL} ${SUBSCRIBERS}`) {
    if (performance.now() - start > RETURN_TIME) return field.tally.note("NOT ALL CAME BACK");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  field.tally.note("all came back", performance.now() - start);
}

async function run(field: Field): Promise<void> {
  const { port, signal, tally } = field;
  using admin = await Admin.connect(port, undefined);
  await using stack = new AsyncDisposableStack();
  const connect = async () => stack.use(await Client.connect({ hostname: "127.0.0.1", port }));
  const publisher = await connect();
  const takers: Promise<void>[] = [];
  for (let subscriber = 0; subscriber < SUBSCRIBERS; subscriber++) {
    const client = await connect();
    takers.push(takeAll(await client.subscribe(CHANNEL), field));
  }
  field.ready();
  await Promise.all([
    every(PUBLISH_EVERY, signal, () => publisher.publish(CHANNEL, "a message")),
    every(KILL_EVERY, signal, async () => {
      const killed = Number(await admin.ask("CLIENT", "KILL", "TYPE", "pubsub"));
      for (let each = 0; each < killed; each++) tally.note("a connection was killed");
    }),
  ]);
  await untilBack(field, admin);
  await publisher.publish(CHANNEL, LAST);
  await Promise.race([Promise.all(takers), new Promise((end) => setTimeout(end, RETURN_TIME))]);
}

export const reconnecting: Attack = {
  name: "reconnecting",
  what:
    `${SUBSCRIBERS} subscribers that are all killed every ${KILL_EVERY} ms and come back, while ` +
    `${1_000 / PUBLISH_EVERY} messages a second are published`,
  options: [],
  time: 5_000,
  maxGrowth: GARBAGE + SUBSCRIBERS * 65_536,
  run,
  judge: ({ tally }) => [
    tally.isOnly(
      "all come back, and get what is published then",
      "all came back",
      "a subscriber got messages, and the last one",
      "a connection was killed",
    ),
    atLeast(
      "no subscriber is missing at the end of a round",
      tally.count("a subscriber"),
      SUBSCRIBERS * tally.count("all came back"),
    ),
  ],
};
