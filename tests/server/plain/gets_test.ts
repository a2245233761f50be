import { User } from "../../../lib/handler/mod.ts";
import { ALL_COMMANDS, categoriesOf } from "../../../lib/resp/mod.ts";
import { countGets, figuresOfGets, GET, mayReadAll } from "../../../lib/server/plain/gets.ts";
import { newServices } from "../../../lib/server/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { utf8 } from "../../codec/helpers.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `GETs without a conversation ${name}`, permissions: "none", fn });
}

test("are for those who may read all keys", () => {
  const table = ALL_COMMANDS.map((command) => ({
    name: command.name,
    categories: categoriesOf(command),
  }));
  const user = (commands: readonly string[], keys: readonly string[]) => {
    const parts = { name: "ann", password: undefined, commands, channels: [] };
    return new User({ ...parts, keys: keys.map(utf8) }, table);
  };
  assert(mayReadAll(undefined));
  assert(mayReadAll(user(["get"], [""])));
  assert(!mayReadAll(user(["get"], ["app:"])));
  assert(!mayReadAll(user(["@all", "-get"], [""])));
});

test("are counted by protocol, and their calls by who knows how long they took", () => {
  const services = newServices();
  countGets(services, "resp", 5, 2);
  countGets(services, "cafe", 1, 0);
  const { counters, statistics } = services;
  assertEquals([counters.requests, counters.hits, counters.misses], [8, 6, 2]);
  assertEquals([statistics.resp.requests, statistics.cafe.requests], [7, 1]);
  assert(figuresOfGets(services, "resp") === statistics.resp.of(GET));
  assertEquals([...statistics.commands].map(([, { calls }]) => calls), [0]);
  assertEquals(figuresOfGets(services, "cafe").name, "get");
});
