import { type Client, ServerError } from "../../lib/client/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PROCESS_PERMISSIONS } from "../cli/process.ts";
import type { RespConnection } from "../differential/connection.ts";
import { connect, open } from "./cast.ts";
import { startOn } from "./server.ts";
import { CAN_MOUNT, SmallDisk } from "./small_disk.ts";

const VALUE = new Uint8Array(10_000).fill(120);

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: `a full disk ${name}${CAN_MOUNT ? "" : " (ignored: only root on Linux can mount one)"}`,
    permissions: { ...PROCESS_PERMISSIONS as Deno.PermissionOptionsObject, write: true, sys: true },
    ignore: !CAN_MOUNT,
    fn,
  });
}

/** Writes an entry; the message of NOT_STORED when it was not stored. */
async function write(client: Client, key: string): Promise<string | undefined> {
  try {
    await client.set(key, VALUE);
    return undefined;
  } catch (error) {
    if (error instanceof ServerError && error.code === "NOT_STORED") return error.message;
    throw error;
  }
}

/** Writes entries until one is not stored; returns the keys of those that were, and the message. */
async function fill(client: Client, prefix: string): Promise<[string[], string]> {
  const keys: string[] = [];
  for (;;) {
    const key = `${prefix}${keys.length}`;
    const message = await write(client, key);
    if (message !== undefined) return [keys, message];
    keys.push(key);
  }
}

/** Asks again until writes are taken. */
async function writeAtLast(client: Client, key: string): Promise<void> {
  while (await write(client, key) !== undefined);
}

async function assertHas(client: Client, keys: readonly string[]): Promise<void> {
  for (const key of keys) assertEquals(await client.get(key), VALUE, key);
}

async function ask(connection: RespConnection, ...words: string[]): Promise<string> {
  await connection.send([words]);
  return await connection.read();
}

function filesOf(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

test("refuses writes and loses nothing; when there is room, writes are taken again", async () => {
  using disk = new SmallDisk("2m", 600_000);
  const kept: string[] = [];
  {
    await using server = await startOn(disk.data);
    await using client = await connect(server.address);
    using connection = await open(server.address);
    const [keys, message] = await fill(client, "a");
    assert(keys.length > 100, `${keys.length}`);
    assertMatch(message, /^Cannot store: the journal could not be written: No space left/);
    kept.push(...keys);
    const refused = await ask(connection, "SET", "other", "1");
    assertMatch(refused, /^-MISCONF Cannot write: the journal could not be written: No space left/);
    assertEquals(await ask(connection, "EXISTS", "other", "a0"), ":1\r\n");
    await assertHas(client, keys);
    server.process.kill("SIGKILL");
    const { stderr } = await server.process.end();
    assertStringIncludes(stderr.join("\n"), "cannot write the journal: No space left");
  }
  await using server = await startOn(disk.data);
  await using client = await connect(server.address);
  await assertHas(client, kept);
  const [more] = await fill(client, "b"); // There is the room of the write that was torn.
  assert(more.length < 3, `${more.length}`);
  disk.dropBallast();
  await writeAtLast(client, "c");
  await assertHas(client, [...kept, ...more, "c"]);
  server.process.kill("SIGTERM");
  const { code, stderr } = await server.process.end();
  assertEquals(code, 0);
  assertStringIncludes(stderr.join("\n"), "the journal is written again");
});

test("ends a compaction and leaves nothing of it; the journal goes on", async () => {
  using disk = new SmallDisk("2m", 600_000);
  const keys = Array.from({ length: 90 }, (_, at) => `k${at}`);
  {
    await using server = await startOn(disk.data);
    await using client = await connect(server.address);
    using connection = await open(server.address);
    for (const key of keys) await client.set(key, VALUE);
    assertMatch(await ask(connection, "SAVE"), /^-/);
    assertEquals(filesOf(disk.data).filter((name) => name.includes("snapshot")), []);
    await writeAtLast(client, "after");
    server.process.kill("SIGKILL");
    const { stderr } = await server.process.end();
    assertStringIncludes(stderr.join("\n"), "cannot make a snapshot: No space left");
  }
  await using server = await startOn(disk.data);
  await using client = await connect(server.address);
  using connection = await open(server.address);
  await assertHas(client, [...keys, "after"]);
  disk.dropBallast();
  assertEquals(await ask(connection, "SAVE"), "+OK\r\n");
  const names = filesOf(disk.data);
  assertEquals(names.filter((name) => name.startsWith("snapshot")).length, 1, names.join());
  assertEquals(names.filter((name) => name.startsWith("journal")).length, 1, names.join());
  await assertHas(client, [...keys, "after"]);
});
