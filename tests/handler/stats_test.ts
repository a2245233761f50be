import { VERSION } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";
import { Bench, COUNTED } from "./helpers.ts";

const NONE = new Uint8Array(0);

/** The sections of STATS that are told together. */
const SHORT = ["server", "connections", "requests", "store", "channels", "journal"];
const ALL = [...SHORT, "commands", "errors", "runtime", "slowlog", "hotkeys"];

function test(name: string, fn: (bench: Bench) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(new Bench()) });
}

/** The text that a STATS is answered with. */
function stats(bench: Bench, section: string): string {
  const response = bench.run({ op: "STATS", section: utf8(section) });
  return response.type === "TEXT" ? response.text : response.type;
}

function fail(): never {
  throw new Error("STATS must not ask each connection for all its figures");
}

test("STATS answers with lines of one section", (bench) => {
  const { services } = bench;
  Object.assign(services.counters, {
    requests: 7,
    errors: 2,
    accepted: 5,
    refused: 1,
    connections: 3,
    bytesIn: 11,
    bytesOut: 12,
  });
  for (const [id, protocol] of [[1, "cafe"], [2, "resp"], [3, undefined]] as const) {
    services.clients.add({ id, protocol, blocked: false, figures: fail, kill() {} });
  }
  services.databases.at(0).set(utf8("ab"), utf8("cde"), bench.now + 5);
  services.databases.at(0).set(utf8("f"), NONE);
  bench.run({ op: "SUBSCRIBE", channel: utf8("news"), checksum: false });
  bench.now += 250;
  services.databases.at(0).get(utf8("ab"));
  assertEquals(stats(bench, "server"), `server: cortado ${VERSION}\nuptime_ms: 250\n`);
  assertEquals(
    stats(bench, "connections"),
    "connections: 3\nconnections_cafe: 1\nconnections_resp: 1\n" +
      "connections_accepted: 5\nconnections_refused: 1\n" +
      "bytes_received: 11\nbytes_sent: 12\nbuffer_bytes: 77\n",
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

test("STATS without a section answers with those that are short", (bench) => {
  assertEquals(stats(bench, ""), SHORT.map((section) => stats(bench, section)).join(""));
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

test("STATS commands tells the calls of both protocols, and how long they took", (bench) => {
  const { resp, cafe } = bench.services.statistics;
  resp.of(COUNTED.configGet).rejected = 2;
  const get = cafe.of(COUNTED.get);
  Object.assign(get, { calls: 10_000, failed: 1 });
  get.times.add(2, 9_998);
  get.times.add(64, 2);
  assertEquals(
    stats(bench, "commands"),
    "config|get: calls=0 rejected=2 failed=0\n" +
      "cafe|get: calls=10000 rejected=0 failed=1 p50_us=2 p90_us=2 p99_us=2 p99.9_us=2 p99.99_us=64\n",
  );
});

test("STATS errors tells the errors of each protocol by their codes", (bench) => {
  const { resp, cafe } = bench.services.statistics;
  resp.countError("WRONGPASS");
  cafe.countError("BAD_REQUEST");
  cafe.countError("BAD_REQUEST");
  assertEquals(stats(bench, "errors"), "cafe_BAD_REQUEST: 2\nresp_WRONGPASS: 1\n");
});

test("STATS slowlog tells the slow requests in a line each, the last one first", (bench) => {
  const { slowLog } = bench.services.statistics;
  const from = { time: 1_000, address: "127.0.0.1:5", clientName: "" };
  slowLog.add({ ...from, micros: 12.7, args: [utf8("GET"), utf8("a\nb")] }, 10);
  slowLog.add({ ...from, micros: 5, args: [utf8("PING")] }, 10);
  assertEquals(
    stats(bench, "slowlog"),
    'slow_1: 1970-01-01T00:00:01.000Z 5us 127.0.0.1:5 "PING"\n' +
      'slow_0: 1970-01-01T00:00:01.000Z 12us 127.0.0.1:5 "GET" "a\\nb"\n',
  );
});

test("STATS hotkeys tells the key that the first request was about", (bench) => {
  bench.services.statistics.hotKeys.look({ key: utf8("a\n") }, 0);
  assertEquals(stats(bench, "hotkeys"), 'hotkey_1: 100.00% db0 "a\\n"\n');
});
