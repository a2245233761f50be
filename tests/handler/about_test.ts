import { VERSION } from "../../lib/handler/mod.ts";
import { ok } from "../../lib/model/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";
import { Bench } from "./helpers.ts";

const NONE = new Uint8Array(0);

/** All sections of STATS. */
const ALL = ["server", "connections", "requests", "store", "channels", "journal"];

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

/** The text that a STATS is answered with. */
function stats(bench: Bench, section: string): string {
  const response = bench.run({ op: "STATS", section: utf8(section) });
  return response.type === "TEXT" ? response.text : response.type;
}

test("PING answers with what was sent, and with PONG to nothing", (bench) => {
  assertEquals(bench.run({ op: "PING", value: NONE }), ok(utf8("PONG")));
  assertEquals(bench.run({ op: "PING", value: utf8("\0x") }), ok(utf8("\0x")));
});

test("HELLO describes the server in JSON, whoever asks", (bench) => {
  const response = bench.run({ op: "HELLO", user: utf8("ann"), password: utf8("secret") });
  assertEquals(response.type === "TEXT" && JSON.parse(response.text), {
    server: "cortado",
    version: VERSION,
    protocol: 1,
    limits: { maxKeySize: 100, maxValueSize: 40 },
    window: { requests: 0, bytes: 0 },
  });
});

test("STATS answers with lines of one section", (bench) => {
  const { services } = bench;
  Object.assign(services.counters, {
    requests: 7,
    errors: 2,
    accepted: 5,
    refused: 1,
    connections: 3,
  });
  services.databases.at(0).set(utf8("ab"), utf8("cde"), bench.now + 5);
  services.databases.at(0).set(utf8("f"), NONE);
  bench.run({ op: "SUBSCRIBE", channel: utf8("news"), checksum: false });
  bench.now += 250;
  services.databases.at(0).get(utf8("ab"));
  assertEquals(stats(bench, "server"), `server: cortado ${VERSION}\nuptime_ms: 250\n`);
  assertEquals(
    stats(bench, "connections"),
    "connections: 3\nconnections_accepted: 5\nconnections_refused: 1\n",
  );
  assertEquals(stats(bench, "requests"), "requests: 7\nerrors: 2\n");
  assertEquals(
    stats(bench, "store"),
    "keys: 1\nkeys_with_expiry: 0\nkeys_expired: 1\nbytes: 1\n" +
      `memory_used: 40\nmemory_held: ${services.databases.at(0).memory}\n`,
  );
  assertEquals(stats(bench, "channels"), "channels: 1\n");
  assertEquals(stats(bench, "journal"), "journal_fsync: none\n");
});

test("STATS without a section answers with all of them", (bench) => {
  assertEquals(stats(bench, ""), ALL.map((section) => stats(bench, section)).join(""));
});

test("STATS of a clock that went back says an uptime of 0", (bench) => {
  bench.now -= 5_000;
  assertEquals(stats(bench, "server"), `server: cortado ${VERSION}\nuptime_ms: 0\n`);
});

test("STATS refuses a section that there is not, and names those that there are", (bench) => {
  for (const section of ["Server", "toString", "__proto__", "constructor"]) {
    bench.assertError(
      { op: "STATS", section: utf8(section) },
      "BAD_REQUEST",
      `Cannot show section "${section}": there are ${ALL.join(", ")}`,
    );
  }
});

test("STATS shows no more than 64 characters of a section's name", (bench) => {
  bench.assertError(
    { op: "STATS", section: utf8("x".repeat(100)) },
    "BAD_REQUEST",
    `Cannot show section "${"x".repeat(64)}": there are ${ALL.join(", ")}`,
  );
});
