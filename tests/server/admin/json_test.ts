import { objectIn, Refusal } from "../../../lib/server/admin/json.ts";
import { assertEquals, assertRejects } from "@std/assert";

const PURE = { permissions: "none" } as const;

function requestOf(body: ReadableStream<Uint8Array>): Request {
  return new Request("http://localhost/", { method: "POST", body });
}

async function statusOf(object: Promise<unknown>): Promise<number> {
  return (await assertRejects(() => object, Refusal)).status;
}

Deno.test("a request that comes in pieces is read whole", PURE, async () => {
  const bytes = new TextEncoder().encode('{"key":"ä"}');
  const body = ReadableStream.from(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  assertEquals(await objectIn(requestOf(body)), { key: "ä" });
});

Deno.test(
  "a request that is not whole is refused: one that stalls, and one that is cut off",
  PURE,
  async () => {
    let isCancelled = false;
    const stalled = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Uint8Array.of(123)),
      cancel: () => void (isCancelled = true),
    });
    assertEquals(await statusOf(objectIn(requestOf(stalled), 1)), 408);
    assertEquals(isCancelled, true);
    const cut = new ReadableStream<Uint8Array>({
      pull: (controller) =>
        controller.error(new Deno.errors.BadResource("Cannot read request body")),
    });
    assertEquals(await statusOf(objectIn(requestOf(cut))), 400);
  },
);

Deno.test("a request without an object is refused, and one that is too long", PURE, async () => {
  const long = ReadableStream.from([new Uint8Array(524_289)]);
  assertEquals(await statusOf(objectIn(requestOf(long))), 413);
  assertEquals(await statusOf(objectIn(new Request("http://localhost/"))), 400);
});
