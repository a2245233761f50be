import { list, ok, type Response, text } from "../../lib/model/mod.ts";
import { Bench } from "./helpers.ts";
import { assert, assertEquals } from "@std/assert";

const UTF8 = new TextEncoder();

function get(bench: Bench, ...patterns: readonly string[]): Response {
  return bench.run({ op: "CONFIG_GET", patterns: patterns.map((text) => UTF8.encode(text)) });
}

/** Names and values by turns. */
function shown(bench: Bench, ...patterns: readonly string[]): string[] {
  const response = get(bench, ...patterns);
  assert(response.type === "LIST");
  return response.items.map((item) => item.type === "TEXT" ? item.text : item.type);
}

function set(bench: Bench, ...pairs: readonly (readonly [string, string])[]): Response {
  return bench.run({ op: "CONFIG_SET", pairs });
}

/** The error of CONFIG SET. */
function refused(bench: Bench, ...pairs: readonly (readonly [string, string])[]): string {
  const response = set(bench, ...pairs);
  assert(response.type === "ERR");
  return response.message;
}

function failed(name: string, reason: string): string {
  return `CONFIG SET failed (possibly related to argument '${name}') - ${reason}`;
}

Deno.test({
  name: "CONFIG GET gives each setting once whose name matches, in any case",
  permissions: "none",
  fn() {
    const bench = new Bench();
    assertEquals(get(bench, "TIMEOUT", "timeou?"), list([text("timeout"), text("0")]));
    assertEquals(get(bench, "nothing"), list([]));
    const names = shown(bench, "*of").filter((_, at) => at % 2 === 0);
    assertEquals(names, ["replicaof", "slaveof"]);
  },
});

Deno.test({
  name: "a hidden setting is shown to who knows its name",
  permissions: "none",
  fn() {
    const bench = new Bench();
    assertEquals(shown(bench, "*").includes("key-load-delay"), false);
    assertEquals(shown(bench, "key-load-delay"), ["key-load-delay", "0"]);
  },
});

Deno.test({
  name: "what CONFIG GET shows, CONFIG SET takes, and it is shown again",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const before = shown(bench, "*");
    assert(before.length > 100);
    for (let at = 0; at < before.length; at += 2) {
      const response = set(bench, [before[at]!, before[at + 1]!]);
      const isImmutable = response.type === "ERR" && response.message.endsWith("immutable config");
      assert(response.type === "OK" || isImmutable, before[at]);
    }
    assertEquals(shown(bench, "*"), before);
    assertEquals(bench.asked, []);
  },
});

Deno.test({
  name: "CONFIG SET changes what the server goes by",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const { services } = bench;
    const response = set(
      bench,
      ["maxmemory", "10mb"],
      ["maxmemory-policy", "ALLKEYS-LRU"],
      ["maxclients", "7"],
      ["timeout", "3"],
      ["proto-max-bulk-len", "2mb"],
      ["client-output-buffer-limit", "pubsub 1mb 1kb 60"],
      ["slowlog-log-slower-than", "-1"],
      ["slowlog-max-len", "5"],
      ["latency-monitor-threshold", "100"],
      ["requirepass", "secret"],
      ["notify-keyspace-events", "gKE"],
      ["min-slaves-to-write", "2"],
    );
    assertEquals(response, ok());
    const { settings, limits, events } = services;
    assertEquals(settings.maxMemory, 10 * 1_024 ** 2);
    assertEquals(settings.maxMemoryPolicy, "allkeys-lru");
    assertEquals([limits.maxConnections, limits.idleTimeout], [7, 3_000]);
    assertEquals([limits.maxBulkSize, limits.maxOutputSize], [2 * 1_024 ** 2, 1_024 ** 2]);
    assertEquals([limits.softOutputSize, limits.softOutputTime], [1_024, 60_000]);
    assertEquals([settings.slowerThan, settings.slowLogLength], [-1, 5]);
    assertEquals([settings.latencyThreshold, settings.password], [100, "secret"]);
    assertEquals(settings.minReplicas, 2);
    assert(events.flags !== 0);
    assertEquals(shown(bench, "notify-keyspace-events", "min-replicas-to-write"), [
      ...["notify-keyspace-events", "gKE"],
      ...["min-replicas-to-write", "2"],
    ]);
  },
});

Deno.test({
  name: "CONFIG SET says what is wrong with a name or a value",
  permissions: "none",
  fn() {
    const bench = new Bench();
    assertEquals(
      refused(bench, ["nope", "1"]),
      "Unknown option or number of arguments for CONFIG SET - 'nope'",
    );
    const cases: readonly (readonly [string, string, string])[] = [
      ["maxmemory", "bla", "argument must be a memory value"],
      ["maxmemory", "1%", "argument must be a memory value"],
      ["maxmemory-clients", "101%", "percentage argument must be less or equal to 100"],
      ["maxclients", "0", "argument must be between 1 and 4294967295 inclusive"],
      ["maxclients", "bla", "argument couldn't be parsed into an integer"],
      [
        "proto-max-bulk-len",
        "1",
        "argument must be between 1048576 and 9223372036854775807 inclusive",
      ],
      ["databases", "3", "can't set immutable config"],
      ["enable-debug-command", "yes", "can't set immutable config"],
      ["appendonly", "maybe", "argument must be 'yes' or 'no'"],
      ["save", "foo", "Invalid save parameters"],
      ["bind", "1.2.3.4", "Failed to bind to specified addresses."],
      [
        "notify-keyspace-events",
        "Q",
        "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.",
      ],
      [
        "client-output-buffer-limit",
        "foo",
        "Wrong number of arguments in buffer limit configuration.",
      ],
      [
        "latency-tracking-info-percentiles",
        "101",
        "Invalid latency-tracking-info-percentiles parameters",
      ],
    ];
    for (const [name, value, reason] of cases) {
      assertEquals(refused(bench, [name, value]), failed(name, reason));
    }
    assertEquals(
      refused(bench, ["maxmemory-policy", "foo"]),
      failed(
        "maxmemory-policy",
        "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, " +
          "volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction",
      ),
    );
  },
});

Deno.test({
  name: "CONFIG SET changes all settings or none",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const before = shown(bench, "*");
    assertEquals(
      refused(bench, ["maxmemory", "1000"], ["timeout", "1"], ["maxmemory-clients", "200%"]),
      failed("maxmemory-clients", "percentage argument must be less or equal to 100"),
    );
    assertEquals(
      refused(bench, ["maxmemory", "1000"], ["MAXMEMORY", "2000"]),
      failed("maxmemory", "duplicate parameter"),
    );
    assertEquals(shown(bench, "*"), before);
  },
});

Deno.test({
  name: "CONFIG SET port listens there, or changes nothing",
  permissions: "none",
  fn() {
    const bench = new Bench();
    assertEquals(set(bench, ["port", "6380"]), ok());
    assertEquals(
      refused(bench, ["maxmemory", "1000"], ["port", "7"]),
      failed("port", "Unable to listen on this port. Check server logs."),
    );
    assertEquals(bench.asked, [
      ...["listen 6380", "listen 7"],
      "log cannot listen on port 7: it is taken",
    ]);
    assertEquals(bench.services.settings.maxMemory, 0);
  },
});

Deno.test({
  name:
    "a password that is not UTF-8 is refused, for nobody could give it; nothing else changes then",
  permissions: "none",
  fn() {
    const bench = new Bench();
    const reason = "the password must be UTF-8 text without U+FFFD";
    const lossy = new TextDecoder().decode(Uint8Array.of(0x70, 0xff));
    assertEquals(
      refused(bench, ["timeout", "7"], ["requirepass", lossy]),
      failed("requirepass", reason),
    );
    assertEquals(shown(bench, "requirepass", "timeout"), ["timeout", "0", "requirepass", ""]);
    assertEquals(set(bench, ["requirepass", "p\u00e2ss"]), ok());
    assertEquals(bench.services.settings.password, "p\u00e2ss");
  },
});

Deno.test({
  name: "CONFIG SET changes no setting when what it would leave lets in everybody from elsewhere",
  permissions: "none",
  fn() {
    const bench = new Bench();
    Object.assign(bench.system, { isExposed: true });
    const open = (name: string) =>
      failed(
        name,
        "other machines can reach this server, and without a password they may do everything; " +
          "set requirepass, or set protected-mode to no",
      );
    // As a server that was started without protected mode.
    bench.services.settings.protectedMode = false;
    const port = ["port", "8"] as const;
    assertEquals(
      refused(bench, ["timeout", "7"], port, ["protected-mode", "yes"]),
      open("protected-mode"),
    );
    assertEquals(shown(bench, "timeout", "protected-mode"), [
      ...["timeout", "0"],
      ...["protected-mode", "no"],
    ]);
    assertEquals(bench.asked, []); // It did not listen on another port meanwhile.
    assertEquals(set(bench, ["protected-mode", "yes"], ["requirepass", "secret"]), ok());
    assertEquals(refused(bench, ["requirepass", ""]), open("requirepass"));
    assertEquals(shown(bench, "requirepass"), ["requirepass", "secret"]);
    assertEquals(set(bench, ["requirepass", ""], ["protected-mode", "no"]), ok());
  },
});
