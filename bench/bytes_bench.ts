/**
 * What buffers cost: views, copies, and one more write call against copying so much.
 *
 *     deno bench --allow-net=127.0.0.1 --allow-read=bench/servers/sink.ts bench/bytes_bench.ts
 *
 * The writes are the reason of `CHAIN_THRESHOLD`: a chained payload takes a write of its own, and often
 * one more for the headers before it, where a copied one shares the write of its batch.
 *
 * @module
 */

import { Slab, WriteBuffer } from "../lib/bytes/mod.ts";
import { valueOf } from "./messages.ts";

const KIB = 1_024;

// Views

const block = valueOf(64 * KIB, 1);

/** Results go here, so that they cannot be optimised away. */
const kept = { view: block };

function benchView(name: string, view: () => Uint8Array) {
  Deno.bench({
    name,
    group: "64 bytes out of a block",
    baseline: name === "new Uint8Array",
    permissions: "none",
    fn() {
      kept.view = view();
    },
  });
}

benchView("new Uint8Array", () => new Uint8Array(block.buffer, 640, 64));
benchView("subarray", () => block.subarray(640, 704));
benchView("slice", () => block.slice(640, 704));
benchView("new and set", () => {
  const copy = new Uint8Array(64);
  copy.set(new Uint8Array(block.buffer, 640, 64));
  return copy;
});

// Memory for reads

for (const size of [64, 4 * KIB]) {
  const slab = new Slab({ minBlock: size });
  Deno.bench({
    name: `carve ${size} bytes`,
    group: "slab",
    permissions: "none",
    fn() {
      slab.free();
      kept.view = slab.carve(size);
    },
  });
}

// Copies

for (const size of [16, 64, KIB, 16 * KIB]) {
  const out = new WriteBuffer();
  const payload = valueOf(size, 2);
  Deno.bench({
    name: `WriteBuffer.bytes of ${size} bytes`,
    group: "copies",
    permissions: "none",
    fn() {
      out.bytes(payload);
      out.clear();
    },
  });
}

// Writes

/** A batch is as many payloads as one write holds, one at the least. */
const FLUSH_AT = 64 * KIB;
const HEADER = 12;

async function connectToSink(): Promise<Deno.TcpConn> {
  const worker = new Worker(new URL("./servers/sink.ts", import.meta.url), { type: "module" });
  const port = await new Promise<number>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
  });
  return Deno.connect({ hostname: "127.0.0.1", port });
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function benchWrite(connection: Deno.TcpConn, size: number) {
  const payload = valueOf(size, 3);
  const frame = HEADER + size;
  const count = Math.max(1, Math.floor(FLUSH_AT / frame));
  const batch = new Uint8Array(count * frame);
  const header = new Uint8Array(HEADER);
  const group = `write ${count} x ${size / KIB} KiB`;
  Deno.bench(`${group}, copied`, { group, baseline: true }, async () => {
    for (let at = 0; at < batch.length; at += frame) {
      batch.set(header, at);
      batch.set(payload, at + HEADER);
    }
    await writeAll(connection, batch);
  });
  Deno.bench(`${group}, chained`, { group }, async () => {
    for (let i = 0; i < count; i++) {
      await writeAll(connection, header);
      await writeAll(connection, payload);
    }
  });
}

const connection = await connectToSink();
connection.setNoDelay(true);
for (const size of [1, 4, 16, 32, 64, 128, 256]) benchWrite(connection, size * KIB);
