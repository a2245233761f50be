import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { JournalError } from "../../../lib/store/mod.ts";
import { hex, utf8 } from "../../codec/helpers.ts";
import { dump, type Opened, openOn } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

const FIRST = "journal-00000001.cafe";
const SECOND = "journal-00000002.cafe";
const THIRD = "journal-00000003.cafe";
const SNAPSHOT = "snapshot-00000002.cafe";

type Files = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
type Request = (opened: Opened) => void;

/** Every kind of change, some of them several in one request. */
const REQUESTS: readonly Request[] = [
  ({ databases }) => databases.at(0).set(utf8("a"), utf8("1")),
  ({ databases }) => databases.at(0).append(utf8("a"), utf8("23")),
  ({ databases }) => databases.at(1).set(utf8("b"), utf8("4"), 5_000_000),
  ({ databases }) => databases.at(1).expire(utf8("b"), 6_000_000),
  ({ databases }) => {
    databases.at(0).set(utf8("c"), utf8("5"));
    databases.at(1).delete(utf8("b"));
    databases.at(0).append(utf8("a"), utf8("6"));
  },
  ({ databases }) => databases.swap(0, 2),
  ({ databases }) => databases.at(2).delete(utf8("c")),
  ({ databases }) => {
    databases.at(1).set(utf8("d"), utf8("7"));
    databases.at(2).clear();
  },
];

/** What a journal has written, and what was in it after each request. */
interface Written {
  readonly files: Files;
  readonly texts: readonly string[];
  /** So many requests were told to be on stable storage. */
  readonly durable: number;
}

/** Carries out all requests; the first `durable` of them are on stable storage, the last is said to be. */
async function carryOut(opened: Opened, texts: string[], durable: number): Promise<void> {
  for (const [at, request] of REQUESTS.entries()) {
    request(opened);
    opened.journal.endGroup();
    texts.push(dump(opened.databases));
    await opened.journal.settle(at < durable);
  }
}

/** A snapshot, the journal of its number, and another one behind it, whose snapshot has failed. */
async function written(): Promise<Written> {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  const texts = [dump(opened.databases)];
  for (const isGood of [true, false]) {
    await carryOut(opened, texts, 4);
    disk.onOperation = ({ kind }) => kind === "rename" && !isGood ? { message: "EIO" } : undefined;
    opened.journal.compact();
    await opened.journal.compacted;
  }
  const durable = texts.length - 1 + 5;
  await carryOut(opened, texts, 5);
  assertEquals(Object.keys(disk.files()), [SECOND, THIRD, SNAPSHOT]);
  return { files: disk.files(), texts, durable };
}

/** What is loaded: a text and what was told, or the file and the place of the damage. */
type Result =
  | { readonly text: string; readonly log: readonly string[] }
  | { readonly file: string; readonly place: number };

async function result(files: Files): Promise<Result> {
  try {
    const { databases, log } = await openOn(MemoryDisk.of(files));
    return { text: dump(databases), log };
  } catch (cause) {
    if (cause instanceof JournalError) return { file: cause.file, place: cause.place };
    throw cause;
  }
}

/** Where the journal ends that its last SYNCED says to be on stable storage, and where that ends itself. */
function syncedIn(file: Uint8Array): { readonly synced: number; readonly end: number } {
  const at = file.toHex().lastIndexOf("cafe014400040000" + "00000010") / 2;
  return { synced: Number.parseInt(file.subarray(at + 12, at + 20).toHex(), 16), end: at + 32 };
}

function test(name: string, fn: (written: Written) => Promise<void>): void {
  Deno.test({
    name: `a journal ${name}`,
    permissions: "none",
    fn: async () => await fn(await written()),
  });
}

test("that is whole is loaded whole, without a word", async ({ files, texts }) => {
  assertEquals(await result(files), { text: texts.at(-1)!, log: [] });
});

test("that is cut at any byte has a beginning of the history, and says when it is cut in a record", async ({ files, texts, durable }) => {
  const file = files[THIRD]!;
  const found = new Set<number>();
  for (let length = 0; length < file.length; length++) {
    const cut = await result({ ...files, [THIRD]: file.slice(0, length) });
    assert("text" in cut, `cut at ${length}`);
    const at = texts.lastIndexOf(cut.text);
    assertGreater(at, 2 * REQUESTS.length - 1, `cut at ${length}`);
    if (!found.has(at) && cut.log.length === 0) found.add(at);
    else assert(cut.log.length === 1 || found.has(at), `cut at ${length}`);
    if (length >= syncedIn(file).synced) assertGreater(at, durable - 1, `cut at ${length}`);
  }
  assertEquals(found.size, REQUESTS.length);
});

test("that another one follows, or a snapshot, is refused when it is cut at any byte", async ({ files }) => {
  for (const name of [SECOND, SNAPSHOT]) {
    const file = files[name]!;
    for (let length = 0; length < file.length; length++) {
      const cut = await result({ ...files, [name]: file.slice(0, length) });
      assert("file" in cut, `${name} cut at ${length}`);
      assertEquals(cut.file, name);
      assert(cut.place <= length, `${name} cut at ${length}: damage at ${cut.place}`);
    }
  }
});

test("of which one bit is not what it was is never loaded but as a beginning of the history", async ({ files, texts }) => {
  for (const [name, file] of Object.entries(files)) {
    const { synced, end } = name === SNAPSHOT ? { synced: file.length, end: 0 } : syncedIn(file);
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const place = bit >> 3;
      const flipped = file.slice();
      flipped[place]! ^= 1 << (bit & 7);
      const found = await result({ ...files, [name]: flipped });
      const message = `bit ${bit & 7} of byte ${place} of ${name}: ${JSON.stringify(found)}`;
      if (place < synced || name === SECOND) {
        assert("file" in found && found.file === name && found.place <= place, message);
        continue;
      }
      assert("text" in found, message);
      assert(texts.includes(found.text) && found.log.length === 1, message);
      assert(place >= end || texts.indexOf(found.text) > 0, message);
    }
  }
});

test("of which a file is missing is refused, and says which", async ({ files }) => {
  for (const name of [SECOND, SNAPSHOT]) {
    const { [name]: _, ...others } = files;
    const found = await result(others);
    assertEquals(found, { file: name === SNAPSHOT ? FIRST : SECOND, place: 0 });
  }
});

/** Journals as bytes of a value. */
async function forged(value: Uint8Array): Promise<[Files, string, number]> {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  opened.databases.at(0).set(utf8("a"), utf8("1"));
  await opened.journal.settle(true);
  opened.databases.at(0).set(utf8("b"), utf8("2"));
  await opened.journal.settle(false);
  const text = dump(opened.databases);
  const place = disk.files()[FIRST]!.length;
  opened.databases.at(0).set(utf8("c"), value);
  await opened.journal.settle(false);
  return [disk.files(), text, place];
}

test("is not fooled by a value of whole records, with SYNCED that somebody has made up", async ({ files }) => {
  // SYNCED, place 0xffff, nonce 0; its checksum is from another implementation.
  const synced = hex(
    "ca fe 01 44 0004 0000 00000010 | 000000000000ffff 0000000000000000 | 816eb513",
  );
  for (const value of [files[THIRD]!, files[SNAPSHOT]!, synced]) {
    const [whole, text, place] = await forged(value);
    const file = whole[FIRST]!;
    for (const at of [place, place + 11, file.length - 1]) {
      const flipped = file.slice();
      flipped[at]! ^= 1;
      const found = await result({ [FIRST]: flipped });
      assert("text" in found && found.text === text, `byte ${at}`);
      assertEquals(found.log.length, 1);
    }
    for (let length = place; length < file.length; length += 7) {
      const found = await result({ [FIRST]: file.slice(0, length) });
      assert("text" in found && found.text === text, `cut at ${length}`);
    }
  }
});

test("is refused with the file and the place when what was on stable storage is damaged", async ({ files }) => {
  const file = files[THIRD]!.slice();
  file[syncedIn(file).synced - 1]! ^= 1;
  const error = await assertRejects(() => openOn(MemoryDisk.of({ ...files, [THIRD]: file })));
  const { message, place } = error as JournalError;
  const reason = "a record whose checksum is not that of its bytes";
  assertEquals(message, `Cannot load memory: ${THIRD} is damaged at byte ${place}: ${reason}`);
});

Deno.test({
  name: "a journal that is cut before what its snapshot knows of it is refused",
  permissions: "none",
  async fn() {
    const disk = new MemoryDisk();
    const changes = [() => {}, () => opened.databases.at(0).set(utf8("b"), utf8("2"))];
    const opened: Opened = await openOn(disk, { pause: () => Promise.resolve(changes.pop()?.()) });
    opened.databases.at(0).set(utf8("a"), utf8("1"));
    opened.databases.at(2).set(utf8("a"), utf8("1"));
    opened.journal.compact();
    await opened.journal.compacted;
    const known = disk.files()[SECOND]!.length;
    opened.databases.at(0).set(utf8("c"), utf8("3"));
    await opened.journal.settle(false);
    const files = disk.files();
    for (let length = 0; length < files[SECOND]!.length; length++) {
      const cut = await result({ ...files, [SECOND]: files[SECOND]!.slice(0, length) });
      const place = "place" in cut ? cut.place : known;
      assert("file" in cut === length < known && place <= length, `cut at ${length}`);
    }
  },
});
