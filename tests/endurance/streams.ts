/** Clients of a soak that send and read long values, whole or not. */

import { Client, type ClientOptions } from "../../lib/client/mod.ts";
import { concat } from "@std/bytes";
import type { Random } from "../random.ts";
import { frame, GET, MORE, PART, PING, SET, u32, u64, WINDOW } from "../server/frames.ts";
import { RawClient } from "../server/raw_client.ts";
import type { Visit } from "./clients.ts";
import { SECRET, type SoakedServer } from "./server.ts";

/** All long values are as long, and there are so few that what they take is the same all the time. */
const KEYS = ["long a", "long b"];
const SIZE = 400_000;
const CHUNK = new Uint8Array(SIZE / 8).fill(7);

/** How long a client waits for an answer, in milliseconds. */
const PATIENCE = 60_000;

/** A stream of a long value; `onHalf` is called in the middle of it. */
function streamOf(onHalf: () => void = () => {}): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent === SIZE) return controller.close();
      controller.enqueue(CHUNK);
      sent += CHUNK.length;
      if (sent === SIZE / 2) onHalf();
    },
  }, { highWaterMark: 0 });
}

/** Sets a long value, and reads it. */
async function stream(client: Client, random: Random): Promise<void> {
  const key = random.of(KEYS);
  await client.setStream(key, streamOf(), SIZE);
  const entry = await client.getStream(key);
  let come = 0;
  for await (const bytes of entry!.value) come += bytes.length;
  if (come !== SIZE) throw new Error(`${come} of ${SIZE} bytes came`);
}

async function streaming(
  { address }: SoakedServer,
  random: Random,
  options: ClientOptions,
): Promise<void> {
  await using client = await Client.connect(address, { ...options, timeout: PATIENCE });
  await Promise.all([stream(client, random), stream(client, random), client.ping()]);
}

/** By name. */
export const STREAM_VISITS: Readonly<Record<string, Visit>> = {
  "streams": (server, random) => streaming(server, random, {}),
  "streams, signed and encrypted": (server, random) =>
    streaming(server, random, { sign: true, encrypt: true, secret: SECRET }),

  async "streams, in a window"(server, random) {
    await using client = await Client.connect(server.address, {
      flowControl: true,
      timeout: PATIENCE,
    });
    const pings = Array.from({ length: 10_000 }, () => client.ping());
    await Promise.all([stream(client, random), ...pings]);
  },

  async "stream that is not read to its end"({ address }, random) {
    await using client = await Client.connect(address, { timeout: PATIENCE });
    await client.setStream(KEYS[0]!, streamOf(), SIZE);
    const entry = await client.getStream(KEYS[0]!);
    const reader = entry!.value.getReader();
    if (random.once(2)) await reader.read();
    await reader.cancel();
    await client.ping();
  },

  async "upload that is aborted"({ address }, random) {
    await using client = await Client.connect(address, { timeout: PATIENCE });
    const abort = new AbortController();
    const { signal } = abort;
    const upload = client.setStream(random.of(KEYS), streamOf(() => abort.abort()), SIZE, {
      signal,
    });
    await upload.then(
      () => {
        throw new Error("an upload that was aborted is stored");
      },
      () => client.ping(),
    );
  },

  async "upload that is left"({ address }, random) {
    using client = await RawClient.connect({ transport: "tcp", ...address });
    const head = { flags: MORE, id: 1 };
    const set = frame({ ...head, opcode: SET, key: random.of(KEYS), value: u64(SIZE) });
    const parts = Array.from(
      { length: 1 + random.below(7) },
      () => frame({ ...head, opcode: PART, value: CHUNK }),
    );
    await client.send(concat([set, ...parts]));
    await client.call(frame({ opcode: PING }));
  },

  async "download that is left"({ address }, random) {
    using client = await RawClient.connect({ transport: "tcp", ...address });
    const get = frame({ opcode: GET, flags: MORE, id: 1, key: random.of(KEYS), value: u32(1_000) });
    await client.send(concat([get, frame({ opcode: WINDOW, id: 1, value: u32(9) })]));
    const head = await client.readFrame();
    if (head?.type === "OK") await client.readFrame();
  },
};
