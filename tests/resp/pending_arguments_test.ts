import { PendingArguments } from "../../lib/resp/pending_arguments.ts";
import { assertEquals } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `PendingArguments ${name}`, permissions: "none", fn });
}

/** Some, as views, of which bytes are changed when all were copied that are. */
function changed(...sizes: readonly number[]): [PendingArguments, number[]] {
  const pending = new PendingArguments();
  const views = sizes.map((size) => new Uint8Array(size).fill(1));
  for (const view of views) pending.add(view);
  pending.copy();
  const { hasViews } = pending;
  for (const view of views) view.fill(2);
  const first = pending.take().map((argument) => argument[0]!);
  assertEquals(hasViews, first.includes(2));
  return [pending, first];
}

test("are copied while they are few and small", () => {
  assertEquals(changed(3, 16)[1], [1, 1]);
  assertEquals(changed(1, 1, 1, 1_024)[1], [1, 1, 1, 1]);
});

test("stay views from the first large one on", () => {
  assertEquals(changed(3, 1_025, 2)[1], [1, 2, 2]);
});

test("stay views when they are many", () => {
  assertEquals(changed(1, 1, 1, 1, 1)[1], [2, 2, 2, 2, 2]);
});

test("are gone when they are taken", () => {
  const [pending] = changed(1, 2);
  assertEquals([pending.length, pending.hasViews, pending.take()], [0, false, []]);
});
