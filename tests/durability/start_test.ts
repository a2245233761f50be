import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { PROCESS_PERMISSIONS } from "../cli/process.ts";
import { connect } from "./cast.ts";
import { startOn } from "./server.ts";

const JOURNAL = "journal-00000001.cafe";
const SHUTTING_DOWN = "shutting down: a second signal ends the server at once";

function test(name: string, fn: (directory: string) => Promise<void>): void {
  Deno.test({
    name: `a server with a data directory ${name}`,
    permissions: { ...PROCESS_PERMISSIONS as Deno.PermissionOptionsObject, write: true },
    ignore: Deno.build.os === "windows",
    async fn() {
      const directory = await Deno.makeTempDir();
      try {
        await fn(directory);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

/** Runs a server, writes to it, and ends it; returns its log. */
async function write(
  directory: string,
  entries: Readonly<Record<string, string>>,
  signal: Deno.Signal = "SIGTERM",
): Promise<string[]> {
  await using server = await startOn(directory, "--fsync", "always");
  await using client = await connect(server.address);
  for (const [key, value] of Object.entries(entries)) await client.set(key, value);
  server.process.kill(signal);
  return (await server.process.end()).stderr;
}

async function read(directory: string, ...keys: string[]): Promise<(string | undefined)[]> {
  await using server = await startOn(directory);
  await using client = await connect(server.address);
  const values = await Promise.all(keys.map((key) => client.get(key)));
  return values.map((value) => value && new TextDecoder().decode(value));
}

async function edit(path: string, change: (bytes: Uint8Array) => Uint8Array): Promise<Uint8Array> {
  const bytes = change(await Deno.readFile(path));
  await Deno.writeFile(path, bytes);
  return bytes;
}

test("has all that was written, after SIGTERM and after SIGKILL", async (directory) => {
  assertEquals(await write(directory, { a: "1" }), [SHUTTING_DOWN]);
  assertEquals(await write(directory, { b: "2" }, "SIGKILL"), []);
  assertEquals(await write(directory, { c: "3" }), [SHUTTING_DOWN]);
  assertEquals(await read(directory, "a", "b", "c", "d"), ["1", "2", "3", undefined]);
});

test("lets no other one use it, which says so and ends with 1", async (directory) => {
  await using server = await startOn(directory);
  await assertRejects(
    () => startOn(directory),
    Error,
    `the server has ended with 1: cortado: Cannot open ${directory}: another server uses it; ` +
      "stop it, or give another --data",
  );
  await using client = await connect(server.address);
  await client.set("k", "v");
  assertEquals(new TextDecoder().decode(await client.get("k")), "v");
});

test("cuts a torn tail, and says so in the log", async (directory) => {
  await write(directory, { a: "1" }, "SIGKILL");
  await write(directory, { b: "2" });
  const path = `${directory}/${JOURNAL}`;
  // The last frame is a SYNCED: a record behind it is not said to be on stable storage.
  await edit(path, (bytes) => Uint8Array.of(...bytes, 0xca, 0xfe, 1, 2));
  const log = await write(directory, { c: "3" });
  assertMatch(log[0] ?? "", /^journal-00000001\.cafe ends with a torn write: 4 bytes from \d+ on/);
  assertEquals(await read(directory, "a", "b", "c"), ["1", "2", "3"]);
});

test("does not start on damaged files, says where, and changes nothing", async (directory) => {
  await write(directory, { a: "1", b: "2", c: "3" });
  const path = `${directory}/${JOURNAL}`;
  const damaged = await edit(path, (bytes) => {
    const at = bytes.indexOf("a".charCodeAt(0), 60); // The key of the first SET.
    return bytes.with(at, 120);
  });
  const error = await assertRejects(() => startOn(directory), Error, "has ended with 1: cortado: ");
  const [file, found] = [`${directory}: ${JOURNAL}`, "a record whose checksum is not that of its"];
  assertMatch(error.message, new RegExp(`Cannot load ${file} is damaged at byte \\d+: ${found}`));
  assertMatch(
    error.message,
    new RegExp(`nothing was changed\\. main\\.ts repair ${directory} shows what is whole$`),
  );
  assertEquals(await Deno.readFile(path), damaged);
});

test("does not start when a file is missing", async (directory) => {
  await write(directory, { a: "1" });
  await Deno.rename(`${directory}/${JOURNAL}`, `${directory}/journal-00000002.cafe`);
  await assertRejects(
    () => startOn(directory),
    Error,
    `${JOURNAL} is missing; nothing was changed`,
  );
});
