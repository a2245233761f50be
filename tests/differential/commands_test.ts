/** What COMMAND tells of each command, against redis-server. */

import { assertEquals } from "@std/assert";
import { encodeAll } from "../../lib/codec/mod.ts";
import {
  type Command,
  COMMANDS,
  describeForPrograms,
  RespValueEncoder,
  type RespVersion,
} from "../../lib/resp/mod.ts";
import { shown } from "../resp/helpers.ts";
import { itemsOf, type RespConnection } from "./connection.ts";
import { connectTo, isInstalled, startRedis } from "./sides.ts";

const installed = await isInstalled();

/** The items of an entry of COMMAND INFO; the last, the subcommands, is compared by their names. */
const ITEMS = ["name", "arity", "flags", "first", "last", "step", "categories", "tips", "keys"];

/** What is told otherwise than by Redis 7.0, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "client|no-touch": "Redis has it from 7.2 on",
  "client|setinfo": "Redis has it from 7.2 on",
  "waitaof": "Redis has it from 7.2 on",
};

/** Subcommands that Redis 7.0 has and this server does not: changes of users, tracking, blocking, pauses... */
const ABSENT: readonly string[] = [
  "acl|deluser",
  "acl|dryrun",
  "acl|genpass",
  "acl|load",
  "acl|log",
  "acl|save",
  "acl|setuser",
  "client|caching",
  "client|getredir",
  "client|pause",
  "client|tracking",
  "client|trackinginfo",
  "client|unblock",
  "client|unpause",
  "function|delete",
  "function|dump",
  "function|kill",
  "function|load",
  "function|restore",
  "function|stats",
  "pubsub|shardchannels",
  "pubsub|shardnumsub",
];

const ALL: readonly Command[] = COMMANDS.flatMap((one) => [one, ...(one.subcommands ?? [])]);

/** What this project tells of a command. */
function ours(command: Command, version: RespVersion): string[] {
  return itemsOf(shown(encodeAll(new RespValueEncoder(version), [describeForPrograms(command)])));
}

/** A map of Redis without its notes, which are sentences. */
function withoutNotes(reply: string): string {
  const notes = /([%*])([48])\r\n\$5\r\nnotes\r\n\$\d+\r\n[^\r]*\r\n/g;
  return reply.replaceAll(notes, (_, type, size) => `${type}${size * 3 / 4}\r\n`);
}

/** What Redis tells of commands; a reply without items where it has no such command. */
async function theirs(redis: RespConnection, words: readonly string[]): Promise<string[][]> {
  await redis.send([["COMMAND", "INFO", ...words]]);
  return itemsOf(withoutNotes(await redis.read())).map((entry) =>
    entry.startsWith("*10") ? itemsOf(entry) : []
  );
}

/** Where two entries differ. */
function differences(name: string, mine: readonly string[], other: readonly string[]): string[] {
  if (other.length === 0) return [`${name}: Redis has no such command`];
  const line = (reply: string | undefined) => reply?.replaceAll("\r\n", " ");
  return ITEMS.flatMap((item, at) =>
    mine[at] === other[at]
      ? []
      : [`${name}: ${item}: ${line(other[at])}is told as ${line(mine[at])}`]
  );
}

function test(name: string, fn: (redis: RespConnection) => Promise<void>): void {
  Deno.test({
    name: `COMMAND ${name}${installed ? "" : " (ignored: redis-server is not installed)"}`,
    ignore: !installed,
    async fn() {
      await using side = await startRedis();
      using redis = await connectTo(side);
      await fn(redis);
    },
  });
}

for (const version of [2, 3] as const) {
  test(`INFO tells of every command what Redis tells, in RESP${version}`, async (redis) => {
    if (version === 3) {
      await redis.send([["HELLO", "3"]]);
      await redis.read();
    }
    const names = ALL.map(({ name }) => name);
    const entries = await theirs(redis, names);
    const found = ALL.flatMap((command, at) =>
      command.name in DIFFERENT
        ? []
        : differences(command.name, ours(command, version), entries[at]!)
    );
    assertEquals(found, []);
    const known = Object.keys(DIFFERENT).filter((name) => {
      const at = names.indexOf(name);
      return at < 0 || differences(name, ours(ALL[at]!, version), entries[at]!).length === 0;
    });
    assertEquals(known, [], "These do not differ");
  });
}

test("LIST of Redis has no other subcommands than those listed here", async (redis) => {
  await redis.send([["COMMAND", "LIST"]]);
  const names = ALL.map(({ name }) => name);
  const containers = COMMANDS.filter(({ subcommands }) => subcommands !== undefined);
  const listed = itemsOf(await redis.read()).map((reply) => reply.split("\r\n")[1]!);
  const absent = listed.filter((name) =>
    containers.some((one) => name.startsWith(`${one.name}|`)) && !names.includes(name)
  );
  assertEquals(absent.toSorted(), ABSENT);
});
