/** What redis-cli is told of what a server keeps on disk. */

import { assertEquals, assertMatch } from "@std/assert";
import { type RedisCli, redisCli } from "./programs.ts";

/** The field of INFO persistence. */
async function field(cli: RedisCli, name: string): Promise<string | undefined> {
  const info = await cli.stdout(["INFO", "persistence"]);
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}

async function until(cli: RedisCli, name: string, value: string): Promise<void> {
  while (await field(cli, name) !== value);
}

redisCli("BGREWRITEAOF puts a snapshot in place of the journal", async (cli) => {
  await until(cli, "aof_rewrite_in_progress", "0"); // redis-server begins with one.
  await cli.stdout(["SET", "key", "x".repeat(10_000)]);
  assertEquals(
    await cli.stdout(["BGREWRITEAOF"]),
    "Background append only file rewriting started\n",
  );
  await until(cli, "aof_rewrite_in_progress", "0");
  assertEquals(await field(cli, "aof_last_bgrewrite_status"), "ok");
  assertEquals(await field(cli, "aof_enabled"), "1");
  assertEquals(await field(cli, "aof_current_size") !== undefined, true);
}, { keeps: true });

redisCli("BGSAVE and SAVE tell when they were done", async (cli) => {
  await until(cli, "aof_rewrite_in_progress", "0");
  assertMatch(await cli.stdout(["BGSAVE"]), /^Background saving started\n$/);
  await until(cli, "rdb_bgsave_in_progress", "0");
  assertEquals(await cli.stdout(["SAVE"]), "OK\n");
  const saved = Number(await cli.stdout(["LASTSAVE"]));
  assertEquals(Math.abs(saved - Date.now() / 1_000) < 60, true);
  assertEquals(String(saved), await field(cli, "rdb_last_save_time"));
}, { keeps: true });

redisCli("the journal is set with the names of Redis", async (cli) => {
  const config = async (...args: string[]) =>
    (await cli.stdout(["CONFIG", ...args])).trim().split(/\s+/);
  for (const mode of ["always", "no", "everysec"]) {
    assertEquals(await config("SET", "appendfsync", mode), ["OK"]);
    assertEquals(await config("GET", "appendfsync"), ["appendfsync", mode]);
    assertEquals(await cli.stdout(["SET", "key", mode]), "OK\n");
  }
  assertEquals(await config("GET", "appendonly"), ["appendonly", "yes"]);
  assertEquals(await config("SET", "auto-aof-rewrite-min-size", "1mb"), ["OK"]);
  assertMatch((await config("GET", "dir"))[1]!, /^\/./);
}, { keeps: true });

redisCli("WAITAOF tells that writes are on the disk", async (cli) => {
  const said = await cli.stdout([], "SET key value\nWAITAOF 1 0 0\nWAITAOF 0 1 10\n");
  if (cli.server.kind === "Cortado") assertEquals(said, "OK\n1\n0\n1\n0\n");
  else assertMatch(said, /^OK\nERR unknown command 'WAITAOF'/); // It is of Redis 7.2.
}, { keeps: true });

redisCli("WAITAOF is refused by a server that keeps nothing", async (cli) => {
  const said = await cli.stdout([], "WAITAOF 1 0 0\n");
  const refused = "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";
  if (cli.server.kind === "Cortado") assertEquals(said, `${refused}\n\n`);
});
