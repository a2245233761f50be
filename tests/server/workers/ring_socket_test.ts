import { DOWN } from "../../../lib/server/workers/messages.ts";
import { DIALECTS, permitFor } from "../../../lib/server/plain/permit.ts";
import { wantOf } from "../../../lib/server/workers/want.ts";
import { RingSocket } from "../../../lib/server/workers/ring_socket.ts";
import { SendWindow } from "../../../lib/server/workers/send_window.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";

const ADDRESS: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 7 };

/** A socket whose worker is the test. */
class Ends {
  readonly sent: string[] = [];
  readonly written: number[] = [];
  isFull = false;
  #room = Promise.withResolvers<void>();
  readonly window = new SendWindow();
  readonly socket = new RingSocket(5, { remote: ADDRESS, local: ADDRESS }, this, this.window);

  send(kind: number, id: number, value: number): void {
    const name = Object.entries(DOWN).find(([, number]) => number === kind)![0];
    this.sent.push(`${name} ${id} ${value}`);
  }

  write(_: number, bytes: Uint8Array, size: number): boolean {
    assert(size > 0 && size <= bytes.length);
    if (!this.isFull) this.written.push(size);
    return !this.isFull;
  }

  room(): Promise<void> {
    return this.#room.promise;
  }

  makeRoom(): void {
    this.isFull = false;
    this.#room.resolve();
  }

  forget(id: number): void {
    this.sent.push(`forgot ${id}`);
  }

  /** What the worker has read. */
  come(...bytes: number[]): boolean {
    return this.socket.receive({
      size: bytes.length,
      copyTo: (room) => room.set(bytes),
    });
  }
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `a socket of a worker ${name}`, permissions: "none", fn });
}

test("asks for what it reads, and gives bytes to the reads in their order", async () => {
  const ends = new Ends();
  const [first, second] = [new Uint8Array(8), new Uint8Array(100_000)];
  const reads = [ends.socket.read(first), ends.socket.read(second)];
  assertEquals(ends.sent, ["READ 5 8", "READ 5 65536"]);
  assert(ends.come(1, 2) && ends.come(3));
  assertEquals(await Promise.all(reads), [2, 1]);
  assertEquals([first[0], first[1], second[0]], [1, 2, 3]);
});

test("refuses bytes that nobody has asked for, and more than were", async () => {
  const ends = new Ends();
  assert(!ends.come(1));
  const read = ends.socket.read(new Uint8Array(1));
  assert(!ends.come(1, 2));
  ends.socket.close();
  void read.catch(() => {});
  await assertRejects(() => ends.socket.read(new Uint8Array(1)), Deno.errors.BadResource);
});

test("reads the end again and again", async () => {
  const ends = new Ends();
  const read = ends.socket.read(new Uint8Array(8));
  ends.socket.end();
  assertEquals([await read, await ends.socket.read(new Uint8Array(8))], [null, null]);
});

test("writes no more than its window holds before some of it was sent", async () => {
  const ends = new Ends();
  const bytes = new Uint8Array(200_000);
  assertEquals(await ends.socket.write(bytes), 65_536);
  assertEquals(await ends.socket.write(bytes), 65_536);
  assertEquals(ends.socket.unsent, 131_072);
  const third = ends.socket.write(bytes);
  assertEquals(ends.sent, ["ASK 5 0"]);
  ends.socket.acknowledge(16_384);
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(ends.written.length, 2, "a quarter of the window is too little to go on");
  ends.socket.acknowledge(65_536);
  assertEquals(await third, 65_536);
});

test("has a smaller window beside many others, and the least beside thousands", async () => {
  const ends = new Ends();
  for (let i = 0; i < 1_024; i++) ends.window.count(1);
  assertEquals(await ends.socket.write(new Uint8Array(100_000)), 65_536);
  for (let i = 0; i < 100_000; i++) ends.window.count(1);
  assertEquals(ends.window.size, 4_096);
  for (let i = 0; i < 101_024; i++) ends.window.count(-1);
  assertEquals(ends.window.size, 131_072);
});

test("waits for room when there is none", async () => {
  const ends = new Ends();
  ends.isFull = true;
  const write = ends.socket.write(Uint8Array.of(1, 2, 3));
  ends.makeRoom();
  assertEquals(await write, 3);
});

test("ends its side behind what was written", async () => {
  const ends = new Ends();
  await ends.socket.write(new Uint8Array(10));
  const ended = ends.socket.closeWrite();
  assertEquals(ends.sent, ["ASK 5 0"]);
  ends.socket.acknowledge(10);
  await ended;
  assertEquals(ends.sent, ["ASK 5 0", "END 5 0"]);
});

test("that is lost or closed rejects what is pending, and all that comes after", async () => {
  for (const how of ["lose", "close"] as const) {
    const ends = new Ends();
    const bytes = new Uint8Array(65_536);
    await ends.socket.write(bytes);
    await ends.socket.write(bytes);
    const pending = [
      ends.socket.read(bytes),
      ends.socket.write(bytes),
      ends.socket.whenSent(),
      ends.socket.closeWrite(),
    ];
    if (how === "lose") ends.socket.lose("its worker has failed");
    else ends.socket.close();
    const kind = how === "lose" ? Deno.errors.ConnectionReset : Deno.errors.BadResource;
    for (const promise of pending) await assertRejects(() => promise as Promise<unknown>, kind);
    await assertRejects(() => ends.socket.write(bytes), kind);
    await assertRejects(() => ends.socket.closeWrite(), kind);
    assertEquals(ends.socket.unsent, 0);
  }
});

test("tells its worker with a read what it may answer itself", () => {
  const ends = new Ends();
  const permit = permitFor(DIALECTS.RESP3, 5);
  void ends.socket.read(new Uint8Array(512), permit);
  assertEquals(ends.sent, [`READ 5 ${wantOf(512, permit)}`]);
  return Promise.resolve();
});

test("knows when its worker has answered, and whether that was the last request", async () => {
  const ends = new Ends();
  assertEquals([ends.socket.answeredAt, ends.socket.answeredLast], [0, false]);
  ends.socket.noteAnswered();
  assert(ends.socket.answeredAt > 0 && ends.socket.answeredLast);
  const read = ends.socket.read(new Uint8Array(8));
  ends.socket.receive({ size: 1, copyTo: (room) => room.fill(7, 0, 1) });
  assertEquals(await read, 1);
  assert(ends.socket.answeredAt > 0 && !ends.socket.answeredLast);
});
