/** Files that are damaged, what is salvaged of them, and values that look like records. */

import { crc32 } from "../../../lib/bytes/mod.ts";
import { RecordWriter } from "../../../lib/store/journal/record_writer.ts";
import { type Databases, type Findings, salvage } from "../../../lib/store/mod.ts";
import { concat } from "@std/bytes";
import { newDatabases, type Opened, openOn, START, type State, stateOf } from "./helpers.ts";
import { MemoryDisk } from "./memory_disk.ts";

/** The files of a directory by name. */
export type Files = Record<string, Uint8Array<ArrayBuffer>>;

/** What is whole of a disk, and what was found. */
export async function salvaged(
  disk: MemoryDisk,
): Promise<{ databases: Databases; findings: Findings }> {
  const databases = newDatabases({ now: START });
  const findings = await salvage(disk, databases);
  return { databases, findings };
}

/** The files with one of them changed. */
export function changed(
  files: Files,
  name: string,
  change: (bytes: Uint8Array) => Uint8Array,
): MemoryDisk {
  return MemoryDisk.of({ ...files, [name]: change(files[name]!.slice()) });
}

/** Turns bits of a byte. */
export function flip(at: number, bits = 1): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    bytes[at]! ^= bits;
    return bytes;
  };
}

/** Where bytes stand in a file for the first time. */
export function placeIn(bytes: Uint8Array, part: Uint8Array): number {
  return bytes.findIndex((_, at) => part.every((byte, index) => bytes[at + index] === byte));
}

/** A small directory with all kinds of records, and what its entries ever were. */
export async function smallDirectory(): Promise<{ files: Files; states: State[] }> {
  const disk = new MemoryDisk();
  const opened = await openOn(disk);
  const states = [stateOf(opened.databases)];
  const request = requestsOf(opened, states);
  const { journal, databases } = opened;
  await request(() => databases.at(0).set(bytes("a"), bytes("first")));
  await request(() => databases.at(1).set(bytes("b"), bytes("second"), START + 5_000));
  journal.compact();
  await journal.compacted;
  await request(() => databases.at(0).append(bytes("a"), bytes("+tail")));
  await request(() => {
    databases.at(0).set(bytes("c"), bytes("one"));
    databases.at(0).set(bytes("d"), bytes("two"));
  });
  await request(() => databases.at(1).expire(bytes("b"), START + 9_000));
  await request(() => databases.at(0).set(bytes("a"), bytes("newer")));
  await request(() => databases.at(0).append(bytes("a"), bytes("+more")));
  await request(() => databases.at(0).delete(bytes("c")));
  await request(() => databases.swap(0, 1));
  await request(() => databases.at(2).clear());
  await request(() => databases.at(2).set(bytes("e"), bytes("last")));
  await journal.close();
  return { files: disk.files(), states };
}

function requestsOf({ journal, databases }: Opened, states: State[]) {
  return async (change: () => void): Promise<void> => {
    change();
    journal.endGroup();
    states.push(stateOf(databases));
    await journal.settle(true);
    await journal.tick();
  };
}

/** Texts as bytes. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Records as a client may put them into a value. */
export function recordsOf(write: (records: RecordWriter) => void): Uint8Array {
  const records = new RecordWriter();
  write(records);
  records.endGroup();
  return concat(records.views());
}

/**
 * A value that ends in records up to the last checksum, which is that of the value as well. `frameOf` makes
 * the frame that the value is in.
 */
export function valueEndingIn(
  first: Uint8Array,
  last: Uint8Array,
  frameOf: (value: Uint8Array) => Uint8Array,
): Uint8Array {
  const valueOf = (mend: number) => concat([uint32(mend), first, last.subarray(0, -4)]);
  const ahead = (mend: number) => frameOf(valueOf(mend)).slice(0, -last.length);
  return valueOf(solve((mend) => crc32(ahead(mend))));
}

function uint32(number: number): Uint8Array {
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
}

/** Where a function of 32 bits is 0 that differs from a linear one by a constant, as a checksum does. */
function solve(affine: (input: number) => number): number {
  const rows: { input: number; output: number }[] = [];
  const constant = affine(0);
  for (let bit = 0; bit < 32; bit++) {
    const input = (1 << bit) >>> 0;
    rows.push({ input, output: (affine(input) ^ constant) >>> 0 });
  }
  let [input, output] = [0, constant >>> 0];
  for (let bit = 31; bit >= 0; bit--) {
    const has = (row: { output: number }) => (row.output >>> bit & 1) === 1;
    const at = rows.findIndex(has);
    if (at === -1) continue;
    const [pivot] = rows.splice(at, 1);
    for (const row of rows.filter(has)) {
      row.input ^= pivot!.input;
      row.output ^= pivot!.output;
    }
    if ((output >>> bit & 1) === 0) continue;
    input ^= pivot!.input;
    output ^= pivot!.output;
  }
  return input >>> 0;
}
