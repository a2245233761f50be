import { explainBroken, Trace, type TraceOptions } from "../../lib/cli/trace.ts";
import type { ByteListener } from "../../lib/server/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { utf8 } from "./helpers.ts";

const PURE = { permissions: "none" } as const;

/** A trace whose clock stands still unless a test moves it, and a log that takes all unless it is full. */
class Desk {
  readonly texts: string[] = [];
  isFull = false;
  time = 1_000;
  /** How long each look at the clock takes. */
  step = 0;
  readonly trace: Trace;
  #ids = 0;

  constructor(options: Partial<TraceOptions> = {}) {
    this.trace = new Trace({
      log: {
        offer: (text) => {
          if (!this.isFull) this.texts.push(text);
          return !this.isFull;
        },
      },
      now: () => this.time += this.step,
      ...options,
    });
  }

  connect(address = "192.0.2.1:7"): ByteListener | undefined {
    const id = ++this.#ids;
    return this.trace.connected({ id, address, localAddress: "127.0.0.1:1" });
  }

  /** The second line of each frame, with what it is about. */
  get titles(): string[] {
    return this.texts.map((text) => text.split("\n")[text.startsWith("1970") ? 1 : 0]!);
  }
}

Deno.test("a trace tells requests and responses of both protocols", PURE, () => {
  const desk = new Desk();
  const [one, other] = [desk.connect()!, desk.connect("[::1]:9")!];
  one.received(utf8("GET k\r\n"), true);
  one.sent(utf8("$1\r\nv\r\n"));
  other.received(Uint8Array.fromHex("cafe01040000000000000000"), true);
  other.sent(Uint8Array.fromHex("cafe01800000000000000000"));
  assertEquals(desk.titles, [
    "#1 request GET k  (RESP, offset 0, 7 bytes)",
    "#2 response v to #1 GET k after 0.000 ms  (RESP, offset 0, 7 bytes)",
    "#3 request PING  (CAFE, offset 0, 12 bytes)",
    "#4 response OK to #3 PING after 0.000 ms  (CAFE, offset 0, 12 bytes)",
  ]);
  assertEquals(
    desk.texts[0]!.split("\n")[0],
    "1970-01-01T00:00:01.000Z +0.000000 s  client 1  192.0.2.1:7 > 127.0.0.1:1",
  );
});

Deno.test("a trace tells the frames that have all words of a filter", PURE, () => {
  const desk = new Desk({ filter: "get USER:" });
  const client = desk.connect()!;
  client.received(utf8("GET user:1\r\nSET user:1 v\r\nGET other\r\nget user:2\r\n"), true);
  client.sent(utf8("+1\r\n+2\r\n"));
  assertEquals(desk.titles.map((title) => title.split(" ").slice(0, 4).join(" ")), [
    "#1 request GET user:1",
    "#4 request get user:2",
    "#5 response 1 to",
  ]);
  assertEquals(
    new Desk({ filter: "198.51.100.7" }).connect()?.received(utf8("PING\r\n"), true),
    undefined,
  );
});

Deno.test("a filter finds no secrets", PURE, () => {
  const desk = new Desk({ filter: "hunter2" });
  desk.connect()!.received(utf8("AUTH hunter2\r\nCONFIG SET requirepass hunter2\r\n"), true);
  assertEquals(desk.texts, []);
});

Deno.test("a sample is one connection of so many", PURE, () => {
  const desk = new Desk({ sample: 3 });
  const traced = Array.from({ length: 7 }, () => desk.connect() !== undefined);
  assertEquals(traced, [true, false, false, true, false, false, true]);
});

Deno.test("not more than 1,024 connections are traced at once", PURE, () => {
  const desk = new Desk();
  const all = Array.from({ length: 1_024 }, () => desk.connect()!);
  assertEquals(desk.connect(), undefined);
  all[0]!.ended();
  assert(desk.connect() !== undefined);
});

Deno.test(
  "a trace that takes too much time pauses, and goes on where a request begins",
  PURE,
  () => {
    const desk = new Desk();
    desk.step = 100; // Each look at the clock takes 100 ms.
    const client = desk.connect()!;
    client.received(utf8("PING\r\n".repeat(5_000)), true);
    client.sent(utf8("+PONG\r\n".repeat(5_000)));
    const told = desk.texts.length;
    assert(told < 1_500, String(told));
    desk.step = 0;
    desk.time += 1_000_000;
    client.received(utf8("NG\r\n"), false);
    assertEquals(desk.texts.length, told);
    client.received(utf8("GET k\r\n"), true);
    client.sent(utf8("+v\r\n"));
    const [left, request, response] = desk.texts.slice(told);
    assertStringIncludes(left!, "trace: client 1 192.0.2.1:7: ");
    assertStringIncludes(left!, "bytes left out: it would take too much time");
    assertStringIncludes(request!, "request GET k  (RESP, offset 30004, 7 bytes)");
    assertStringIncludes(response!, " GET k after 0.000 ms  (RESP, offset 35000, 4 bytes)");
    client.ended();
  },
);

Deno.test("a trace says how many frames a slow reader of the log did not get", PURE, () => {
  const desk = new Desk();
  const client = desk.connect()!;
  desk.isFull = true;
  client.received(utf8("PING\r\nPING\r\n"), true);
  desk.isFull = false;
  client.received(utf8("PING\r\n"), true);
  assertEquals(desk.texts.length, 1);
  assertStringIncludes(
    desk.texts[0]!,
    "trace: 2 frames left out: the log is read too slowly\n1970-01-01T00:00:01.000Z",
  );
});

Deno.test("a trace shows the beginning of a long frame, and knows where it ends", PURE, () => {
  const desk = new Desk();
  const resp = desk.connect()!;
  const value = `${"*1\r\n$4\r\nPING\r\n".repeat(1_000)}`;
  const set = utf8(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${value.length}\r\n${value}\r\nPING\r\n`);
  for (let at = 0; at < set.length; at += 1_000) {
    resp.received(set.subarray(at, at + 1_000), at === 0);
  }
  const cafe = desk.connect()!;
  const head = Uint8Array.fromHex("cafe01020000000100002000" + "6b");
  cafe.received(head, true);
  for (let i = 0; i < 8; i++) cafe.received(new Uint8Array(1_024).fill(0xca), false);
  cafe.received(Uint8Array.fromHex("cafe01040000000000000000"), true);
  assertEquals(desk.titles.map((title) => title.split("  (")[0]!.replace(/"\*.*/, "...")), [
    "#1 request SET k ...",
    "#2 request PING",
    "#3 request SET k",
    "#4 request PING",
  ]);
});

Deno.test("a trace lets no bytes command a terminal, and never throws", PURE, () => {
  const desk = new Desk();
  desk.connect()!.received(utf8("SET \x1b[31m\u202e\u0085 \x9b\r\nECHO \x07\r\n"), true);
  for (let round = 0; round < 200; round++) {
    const client = desk.connect()!;
    for (let i = 0; i < 5; i++) {
      const bytes = crypto.getRandomValues(new Uint8Array(round));
      if (round % 2 === 0) bytes.set([0xca, 0xfe, 0x01].slice(0, round));
      client.received(bytes, false);
      client.sent(crypto.getRandomValues(new Uint8Array(round)));
    }
    client.ended();
  }
  assertEquals(desk.texts.filter((text) => /[^\P{C}\n]/u.test(text)), []);
});

Deno.test("an explanation has the last frames, each with a few lines", PURE, () => {
  const before = utf8(`PING\r\n*101\r\n$3\r\nDEL\r\n${"$1\r\nk\r\n".repeat(100)}`);
  const bytes = new Uint8Array([...before, ...utf8("*1\r\n+oops\r\n")]);
  const brokenAt = before.length;
  const lines = explainBroken({ protocol: "resp", bytes, offset: 0, brokenAt });
  assertEquals(lines[0], "  #1 request PING  (RESP, offset 0, 6 bytes)");
  assert(lines.includes("            and 180 lines more"), lines.join("\n"));
  assertEquals(lines.at(-1)!.trim(), `^ found "+": an argument begins with $`);
  assert(lines.length < 35);
});
