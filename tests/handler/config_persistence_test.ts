import { assertEquals } from "@std/assert";
import { PERSISTENCE_SETTINGS } from "../../lib/handler/config_persistence.ts";
import { handle, type Services, Settings } from "../../lib/handler/mod.ts";
import type { Response } from "../../lib/model/mod.ts";
import { utf8 } from "../codec/helpers.ts";
import { openFrail } from "../store/journal/frail_disk.ts";
import { Bench } from "./helpers.ts";

interface Config {
  readonly services: Services;
  get(name: string): string;
  /** The error of CONFIG SET, behind the name of the setting; empty when there is none. */
  set(name: string, value: string): string;
}

function configOf(bench: Bench, services: Services): Config {
  const peer = { ...bench.peer, services };
  return {
    services,
    get(name) {
      const response = handle({ op: "CONFIG_GET", patterns: [utf8(name)] }, peer);
      return response.type === "LIST" ? textOf(response.items[1]!) : response.type;
    },
    set(name, value) {
      const response = handle({ op: "CONFIG_SET", pairs: [[name, value]] }, peer);
      return response.type === "ERR" ? response.message.split(`'${name}') - `)[1]! : "";
    },
  };
}

function textOf(response: Response): string {
  return response.type === "TEXT" ? response.text : response.type;
}

function test(name: string, fn: (config: Config) => void): void {
  Deno.test({
    name,
    permissions: "none",
    async fn() {
      const bench = new Bench();
      const frail = await openFrail(() => bench.now, { compactMinSize: 5 });
      const settings = new Settings(frail.journal.settings);
      fn(configOf(bench, { ...bench.services, ...frail, settings }));
    },
  });
}

test("appendfsync sets when the journal is synced, in the words of Redis", (config) => {
  const { settings } = config.services.journal!;
  assertEquals(config.get("appendfsync"), "everysec");
  for (const [word, mode] of [["always", "always"], ["NO", "never"], ["everysec", "everysec"]]) {
    assertEquals(config.set("appendfsync", word!), "");
    assertEquals([settings.fsync, config.get("appendfsync")], [mode, word!.toLowerCase()]);
  }
  assertEquals(
    config.set("appendfsync", "never"),
    "argument(s) must be one of the following: everysec, always, no",
  );
});

test("auto-aof-rewrite sets when the journal is compacted", (config) => {
  const { settings } = config.services.journal!;
  assertEquals(config.get("auto-aof-rewrite-min-size"), "5");
  assertEquals(config.set("auto-aof-rewrite-min-size", "1kb"), "");
  assertEquals(config.set("auto-aof-rewrite-percentage", "0"), "");
  assertEquals([settings.compactMinSize, settings.compactPercentage], [1_024, 0]);
});

test("appendonly tells that there is a journal, and does not end it", (config) => {
  assertEquals([config.get("appendonly"), config.set("appendonly", "YES")], ["yes", ""]);
  assertEquals(
    config.set("appendonly", "no"),
    "the server keeps its entries on disk until it ends (option data)",
  );
  assertEquals(config.get("dir"), "memory");
});

Deno.test("without a journal there is none to begin", { permissions: "none" }, () => {
  const bench = new Bench();
  const config = configOf(bench, bench.services);
  assertEquals([config.get("appendonly"), config.set("appendonly", "No")], ["no", ""]);
  assertEquals(
    config.set("appendonly", "yes"),
    "the server keeps nothing on disk (option data)",
  );
  assertEquals([config.set("appendfsync", "no"), config.get("appendfsync")], ["", "no"]);
  assertEquals([config.get("dir"), config.set("dir", "/")], ["", "can't set immutable config"]);
});

Deno.test("the settings of the journal begin as those of Redis", { permissions: "none" }, () => {
  const { services } = new Bench();
  assertEquals(PERSISTENCE_SETTINGS.map(({ name, get }) => [name, get(services)]), [
    ["appendonly", "no"],
    ["appendfsync", "everysec"],
    ["auto-aof-rewrite-percentage", "100"],
    ["auto-aof-rewrite-min-size", "67108864"],
    ["dir", ""],
  ]);
});
