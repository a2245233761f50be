import { copyArguments } from "../../lib/resp/pending_arguments.ts";
import { assert, assertEquals } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `pending arguments ${name}`, permissions: "none", fn });
}

/** Views of one buffer, of these sizes. */
function views(...sizes: readonly number[]): Uint8Array[] {
  const buffer = new ArrayBuffer(1 << 20);
  return sizes.map((size, at) => new Uint8Array(buffer, at * 4_096, size).fill(at + 1));
}

test("become copies where they are few and small", () => {
  const args = views(3, 5, 1_024);
  const { buffer } = args[0]!;
  assertEquals(copyArguments(args, 0), 3);
  assert(args.every((argument) => argument.buffer !== buffer));
  assertEquals(args.map(({ length }) => length), [3, 5, 1_024]);
  assertEquals(args.map(([first]) => first), [1, 2, 3]);
});

test("stay views from the first large one on, and where they are many", () => {
  const args = views(3, 1_025, 5);
  assertEquals(copyArguments(args, 0), 1);
  assert(args[1]!.buffer === args[2]!.buffer && args[0]!.buffer !== args[1]!.buffer);
  assertEquals(copyArguments(views(1, 1, 1, 1, 1), 0), 0);
});

test("are copied once", () => {
  const args = views(3);
  assertEquals(copyArguments(args, 0), 1);
  const [first] = args;
  args.push(...views(4));
  assertEquals(copyArguments(args, 1), 2);
  assert(args[0] === first);
});
