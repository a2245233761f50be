import { REDIS_VERSION, VERSION } from "../../lib/handler/mod.ts";
import { humanBytes } from "../../lib/handler/info_memory.ts";
import { ok } from "../../lib/model/mod.ts";
import { Bench, COUNTED } from "./helpers.ts";
import { assert, assertEquals } from "@std/assert";

const KEY = Uint8Array.of(1);

function info(bench: Bench, ...sections: readonly string[]): string {
  const response = bench.run({ op: "INFO", sections });
  assert(response.type === "TEXT");
  return response.text;
}

function titles(text: string): string[] {
  return [...text.matchAll(/^# (\w+)\r$/gm)].map(([, title]) => title!);
}

/** The value of a field. */
function field(text: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*)\r$`, "m").exec(text)?.[1];
}

const DEFAULT = [
  ...["Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules"],
  ...["Errorstats", "Cluster", "Keyspace"],
];

Deno.test({
  name: "INFO gives the sections of Redis in their order, whatever the order they are asked in",
  permissions: "none",
  fn() {
    const bench = new Bench();
    assertEquals(titles(info(bench)), DEFAULT);
    assertEquals(titles(info(bench, "default")), DEFAULT);
    assertEquals(titles(info(bench, "keyspace", "nothing", "cpu")), ["CPU", "Keyspace"]);
    assertEquals(titles(info(bench, "default", "commandstats")).length, DEFAULT.length + 1);
    assertEquals(titles(info(bench, "everything")).length, 14);
    assertEquals(info(bench, "all"), info(bench, "everything"));
    assertEquals(info(bench, "nothing"), "");
  },
});

Deno.test({
  name: "INFO's lines end as those of Redis, with an empty line between sections",
  permissions: "none",
  fn() {
    const text = info(new Bench(), "cluster", "modules");
    assertEquals(text, "# Modules\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n");
  },
});

Deno.test({
  name: "INFO tells what the server is",
  permissions: "none",
  fn() {
    const bench = new Bench();
    bench.now += 90_061_000;
    const text = info(bench);
    assertEquals(field(text, "redis_version"), REDIS_VERSION);
    assertEquals(field(text, "cortado_version"), VERSION);
    assertEquals(field(text, "redis_mode"), "standalone");
    assertEquals(field(text, "uptime_in_seconds"), "90061");
    assertEquals(field(text, "uptime_in_days"), "1");
    assertEquals(field(text, "tcp_port"), "6379");
    assertEquals(field(text, "role"), "master");
    assertEquals(field(text, "used_cpu_user"), "1.500000");
    assertEquals(field(text, "used_memory_rss_human"), "3.91K");
    assertEquals(field(text, "maxclients"), "50");
  },
});

Deno.test({
  name: "INFO counts keys in databases, and what was found or missed",
  permissions: "none",
  fn() {
    const bench = new Bench();
    bench.services.databases.at(3).set(KEY, KEY, bench.now + 5);
    bench.peer.store.set(KEY, KEY);
    bench.run({ op: "GET", key: KEY, wantVersion: false });
    bench.run({ op: "GET", key: Uint8Array.of(2), wantVersion: false });
    const text = info(bench);
    assertEquals(field(text, "db0"), "keys=1,expires=0,avg_ttl=0");
    assertEquals(field(text, "db3"), "keys=1,expires=1,avg_ttl=0");
    assertEquals(field(text, "db1"), undefined);
    assertEquals(field(text, "mem_clients_normal"), "77");
    assertEquals([field(text, "keyspace_hits"), field(text, "keyspace_misses")], ["1", "1"]);
  },
});

Deno.test({
  name: "INFO tells of commands and errors what was counted",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const { statistics } = bench.services;
    const get = statistics.resp.of(COUNTED.get);
    statistics.beginBatch();
    statistics.count(get);
    statistics.count(get);
    bench.elapsed += 0.01;
    statistics.endBatch();
    get.failed = 1;
    statistics.resp.of(COUNTED.set);
    statistics.resp.countError("WRONGPASS");
    const text = info(bench, "all");
    assertEquals(
      field(text, "cmdstat_get"),
      "calls=2,usec=10,usec_per_call=5.00,rejected_calls=0,failed_calls=1",
    );
    assertEquals(field(text, "cmdstat_set"), undefined);
    assertEquals(field(text, "errorstat_WRONGPASS"), "count=1");
    assertEquals(
      field(text, "latency_percentiles_usec_get"),
      "p50=5.000,p99=5.000,p99.9=5.000",
    );
  },
});

Deno.test({
  name: "CONFIG RESETSTAT begins to count anew, and leaves what is open",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const { counters, statistics } = bench.services;
    Object.assign(counters, { requests: 5, hits: 3, evicted: 2, refused: 1, connections: 4 });
    statistics.resp.of(COUNTED.get).calls = 1;
    bench.peer.store.set(KEY, KEY, bench.now + 1);
    bench.now += 5;
    bench.services.databases.sweep(10);
    assertEquals(field(info(bench), "expired_keys"), "1");
    assertEquals(bench.run({ op: "RESET_STATS" }), ok());
    const text = info(bench, "all");
    for (const name of ["expired_keys", "keyspace_hits", "evicted_keys", "rejected_connections"]) {
      assertEquals(field(text, name), "0", name);
    }
    assertEquals(field(text, "cmdstat_get"), undefined);
    assertEquals(counters.connections, 4);
  },
});

Deno.test({
  name: "bytes are shown with the unit that makes them short",
  permissions: "none",
  fn() {
    assertEquals([0, 1_023, 1_024, 1.5 * 1_024 ** 2, 3 * 1_024 ** 3].map(humanBytes), [
      ...["0B", "1023B", "1.00K", "1.50M", "3.00G"],
    ]);
  },
});
