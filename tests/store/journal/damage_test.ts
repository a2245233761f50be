/** Files that were cut or changed: what is loaded is what was written up to some request, or nothing. */

import { JournalError } from "../../../lib/store/mod.ts";
import { RecordWriter } from "../../../lib/store/journal/record_writer.ts";
import { utf8 } from "../../codec/helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";
import { dump, openOn, START } from "./helpers.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes";

type Files = Record<string, Uint8Array<ArrayBuffer>>;

/** A small directory, and what the databases were after each request. */
interface Written {
  readonly files: Files;
  readonly states: ReadonlySet<string>;
  readonly last: string;
}

const KEYS = [utf8("a"), utf8("b"), utf8("c")] as const;

/** Writes every kind of record, a request at a time, over a snapshot and two journals. */
async function writeFiles(durable: boolean): Promise<Written> {
  const disk = new MemoryDisk();
  const { databases, journal } = await openOn(disk);
  const states = [dump(databases)];
  const [a, b, c] = KEYS;
  const request = async (...changes: (() => unknown)[]) => {
    for (const change of changes) change();
    journal.endGroup();
    states.push(dump(databases));
    assertEquals(await journal.settle(durable), undefined);
  };
  const store = databases.at(0);
  await request(() => store.set(a, utf8("1")));
  await request(() => store.set(b, utf8("2"), START + 5_000), () => store.set(c, utf8("3")));
  journal.compact();
  await journal.compacted;
  await request(() => store.append(a, utf8("more")));
  await request(() => store.expire(c, START + 9_000));
  await request(() => databases.at(1).set(b, utf8("other")), () => store.delete(b));
  await request(() => databases.swap(0, 2));
  await request(() => databases.at(2).clear(), () => databases.at(0).set(c, forged()));
  await request(() => databases.at(0).set(a, utf8("last")));
  return { files: disk.killed().files(), states: new Set(states), last: states.at(-1)! };
}

/** A value like a piece of a journal: a whole record, and a SYNCED with a nonce that is made up. */
function forged(): Uint8Array {
  const records = new RecordWriter();
  records.set(0, utf8("forged"), utf8("entry"), Infinity, 99);
  records.endGroup();
  records.synced(0xffff_ffff, new Uint8Array(8));
  return concat(records.views());
}

const journalOf = (files: Files) => Object.keys(files).findLast((name) => name.startsWith("j"))!;

/** What is loaded of files; the error when they are refused. */
async function loadedFrom(files: Files): Promise<string | JournalError> {
  try {
    const { databases, journal } = await openOn(MemoryDisk.of(files));
    const state = dump(databases);
    await journal.close();
    return state;
  } catch (cause) {
    if (cause instanceof JournalError) return cause;
    throw cause;
  }
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `a journal ${name}`, permissions: "none", fn });
}

test("that is cut at any byte gives what was written up to some request, later cuts no less", async () => {
  const { files, states, last } = await writeFiles(false);
  const name = journalOf(files);
  const seen: string[] = [];
  for (let size = 0; size <= files[name]!.length; size++) {
    const state = await loadedFrom({ ...files, [name]: files[name]!.slice(0, size) });
    assert(typeof state === "string" && states.has(state), `cut at ${size}: ${state}`);
    if (state !== seen.at(-1)) seen.push(state);
  }
  const order = [...states];
  assertEquals(seen, order.slice(order.indexOf(seen[0]!)));
  assertEquals([seen.at(-1), seen.length > 5], [last, true]);
});

test("whose snapshot is cut at any byte is refused", async () => {
  const { files } = await writeFiles(false);
  const name = Object.keys(files).find((name) => name.startsWith("snapshot"))!;
  for (let size = 0; size < files[name]!.length; size++) {
    const error = await loadedFrom({ ...files, [name]: files[name]!.slice(0, size) });
    assert(error instanceof JournalError && error.file === name, `cut at ${size}: ${error}`);
  }
});

for (const durable of [false, true]) {
  test(`in which any bit of any file is flipped never gives what was not, ${durable ? "synced" : "not synced"}`, async () => {
    const { files, states } = await writeFiles(durable);
    const found = { refused: 0, cut: 0 };
    for (const [name, bytes] of Object.entries(files)) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = bytes.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const state = await loadedFrom({ ...files, [name]: flipped });
        const isFine = state instanceof JournalError || states.has(state);
        assert(isFine, `bit ${bit} of ${name}: ${state}`);
        found[state instanceof JournalError ? "refused" : "cut"]++;
      }
    }
    assert(found.refused > 500 && found.cut > 100, JSON.stringify(found));
  });
}

test("that is damaged before a SYNCED is refused, and the error says where", async () => {
  const { files } = await writeFiles(true);
  const name = journalOf(files);
  const bytes = files[name]!.slice();
  bytes[70]! ^= 1;
  const error = await loadedFrom({ ...files, [name]: bytes });
  assert(error instanceof JournalError);
  assertEquals(error.file, name);
  assert(error.place > 0 && error.place <= 70, error.message);
  assertStringIncludes(
    error.message,
    `Cannot load memory: ${name} is damaged at byte ${error.place}`,
  );
});

test("that is damaged inside a value like a journal is cut before it, and the value is no journal", async () => {
  const { files, states } = await writeFiles(false);
  const name = journalOf(files);
  const bytes = files[name]!.slice();
  const at = indexOf(bytes, utf8("forged"));
  const head = bytes.lastIndexOf(0xca, at - 20); // The record that holds it; the forged one begins 20 before.
  bytes[head + 2]! ^= 0xff;
  const state = await loadedFrom({ ...files, [name]: bytes });
  assert(typeof state === "string" && states.has(state));
  assertEquals(state.includes(utf8("forged").toHex()), false);
});

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at < bytes.length; at++) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

test("that lacks a file is refused", async () => {
  const { files } = await writeFiles(true);
  for (const name of Object.keys(files)) {
    const { [name]: _, ...others } = files;
    if (name.startsWith("journal")) {
      const error = await loadedFrom(others);
      assert(error instanceof JournalError);
      assertStringIncludes(error.message, `${name} is missing`);
    }
  }
});

test("goes on behind room that was reserved, in zeros of any number", async () => {
  const { files, last } = await writeFiles(true);
  const name = journalOf(files);
  for (const zeros of [0, 1, 11, 12, 13, 100, 5_000, 1_048_576]) {
    const bytes = concat([files[name]!, new Uint8Array(zeros)]);
    const disk = MemoryDisk.of({ ...files, [name]: bytes });
    const { databases, journal, log } = await openOn(disk);
    assertEquals([dump(databases), log], [last, []]);
    databases.at(1).set(utf8("next"), utf8("value"));
    const next = dump(databases);
    await journal.settle(false);
    assertEquals(await loadedFrom(disk.killed().files()), next);
  }
});
