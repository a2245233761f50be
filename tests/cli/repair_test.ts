import { DataDirectory } from "../../lib/server/data_directory.ts";
import { Databases, openJournal } from "../../lib/store/mod.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run, utf8 } from "./helpers.ts";

const JOURNAL = "journal-00000001.cafe";

/** A test with a directory of its own, in which a server has kept some entries. */
function test(name: string, fn: (directory: string) => Promise<void>): void {
  Deno.test({
    name,
    permissions: { read: true, write: true },
    async fn() {
      const directory = await Deno.makeTempDir();
      try {
        await fill(directory);
        await fn(directory);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

async function fill(directory: string): Promise<void> {
  const databases = new Databases();
  const journal = await openJournal(await DataDirectory.open(directory), databases);
  for (const key of ["a", "b", "c"]) {
    databases.at(0).set(utf8(key), utf8(`value of ${key}`));
    journal.endGroup();
    await journal.settle(true);
  }
  await journal.close();
}

/** The keys that a server has which opens the directory. */
async function keysOf(directory: string): Promise<string[]> {
  const databases = new Databases();
  const journal = await openJournal(await DataDirectory.open(directory), databases);
  await journal.close();
  return ["a", "b", "c"].filter((key) => databases.at(0).peek(utf8(key)) !== undefined);
}

/** Turns a bit of the value of `b`. */
async function damage(directory: string): Promise<Uint8Array> {
  const bytes = await Deno.readFile(`${directory}/${JOURNAL}`);
  const value = utf8("value of b");
  const at = bytes.findIndex((_, at) => value.every((byte, index) => bytes[at + index] === byte));
  bytes[at]! ^= 1;
  await Deno.writeFile(`${directory}/${JOURNAL}`, bytes);
  return bytes;
}

/** The names of the files of a directory. */
async function namesOf(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
}

test("repair says that nothing is damaged, and changes nothing even with --apply", async (directory) => {
  const before = await Deno.readFile(`${directory}/${JOURNAL}`);
  const { code, stdout } = await run(["repair", directory, "--apply"]);
  assertEquals([code, await namesOf(directory)], [0, [JOURNAL, "lock"]]);
  assertMatch(
    stdout,
    /^journal-00000001\.cafe: \d+ bytes, \d+ whole records\nNothing is damaged\./,
  );
  assertEquals(await Deno.readFile(`${directory}/${JOURNAL}`), before);
});

test("repair shows damage, changes nothing without --apply, and exits with 1", async (directory) => {
  const before = await damage(directory);
  const { code, stdout } = await run(["repair", directory]);
  assertEquals([code, await namesOf(directory)], [1, [JOURNAL, "lock"]]);
  assertMatch(stdout, /\n {2}bytes \d+ to \d+, 35 bytes: damaged: a record whose checksum /);
  assertMatch(stdout, /\n +\d+ {2}02 +opcode 2, SET\n/);
  assertMatch(stdout, /\n {2}byte \d+: records go on with SYNCED\n/);
  assertStringIncludes(stdout, "\n2 entries are whole.\nLost: ");
  assertStringIncludes(stdout, "\nNothing was changed: --apply keeps what is whole.\n");
  assertEquals(await Deno.readFile(`${directory}/${JOURNAL}`), before);
});

test("repair with --apply keeps what is whole, and a copy of what there was", async (directory) => {
  const before = await damage(directory);
  const { code, stdout } = await run(["repair", directory, "--apply"]);
  assertEquals(code, 0);
  const [, copy = ""] = /in (\S+\/damaged-\d{8}-\d{6})\n$/.exec(stdout) ?? [];
  assertEquals(await Deno.readFile(`${copy}/${JOURNAL}`), before);
  assertEquals(await keysOf(directory), ["a", "c"]);
  assertEquals((await run(["repair", directory])).code, 0);
});

test("repair calls a torn tail what it is, and exits with 0", async (directory) => {
  await Deno.writeFile(`${directory}/${JOURNAL}`, utf8("torn"), { append: true });
  const { code, stdout } = await run(["repair", directory]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "4 bytes: a torn tail, which a server cuts by itself");
});

test("repair is kept out by a server that uses the directory", async (directory) => {
  const disk = await DataDirectory.open(directory);
  const { code, stderr } = await run(["repair", directory, "--apply"]);
  disk.close();
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `cortado: Cannot open ${directory}: another server uses it; stop it first\n`,
  );
});

test("repair makes no directory where there is none", async (directory) => {
  const { code, stderr } = await run(["repair", `${directory}/none`]);
  assertEquals([code, await namesOf(directory)], [1, [JOURNAL, "lock"]]);
  assertStringIncludes(stderr, "there is no such directory");
});

Deno.test({
  name: "repair without a directory is a wrong call",
  permissions: "none",
  async fn() {
    const { code, stderr } = await run(["repair"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "DIR is missing; usage: repair DIR");
  },
});

Deno.test({
  name: "repair says which flags it needs when Deno does not permit to read",
  permissions: "none",
  async fn() {
    const { code, stderr } = await run(["repair", "data"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "run again with --allow-read=data --allow-write=data");
  },
});
