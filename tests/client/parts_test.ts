import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Call } from "../../lib/client/call.ts";
import { ConnectionError } from "../../lib/client/mod.ts";
import { cutError, Download, type Part, Upload } from "../../lib/client/parts.ts";
import { PLAIN } from "../cafe/helpers.ts";
import { settle } from "../codec/helpers.ts";
import { HERMETIC } from "./peer.ts";

const KEY = Uint8Array.of(7);

function setCall(size: number): Call {
  const request = { ...PLAIN, op: "SET_PARTS", key: KEY, size, ttl: undefined, version: undefined };
  return new Call({ ...request, op: "SET_PARTS" }, {}, 0);
}

/** All parts of a value that a stream gives in these chunks. */
async function partsOf(chunks: Uint8Array[], size: number): Promise<Part[] | Error> {
  const call = setCall(size);
  const upload = new Upload(call, ReadableStream.from(chunks).getReader(), size, () => {});
  const parts: Part[] = [];
  call.answer.catch(() => {});
  while (parts.at(-1)?.last !== true) {
    for (let turns = 0; !upload.ready; turns++) {
      if (turns > 100) throw new Error("it is never ready");
      await settle();
    }
    if (call.settled) return await call.answer.then(() => parts, (error) => error);
    parts.push(upload.take()!);
  }
  return parts;
}

Deno.test("an upload cuts chunks into parts, and ends with an empty one", HERMETIC, async () => {
  const long = new Uint8Array(65_537).fill(1);
  const parts = await partsOf([KEY, new Uint8Array(), long], 65_538);
  assertEquals(
    parts instanceof Error || parts.map(({ value, last }) => [value.length, last]),
    [[1, false], [65_536, false], [1, false], [0, true]],
  );
  assertEquals(await partsOf([], 0), [{ value: new Uint8Array(), last: true }]);
});

for (
  const [size, has] of [[3, "has 2 bytes"], [1, "has at least 2 bytes"]] as const
) {
  Deno.test(
    `an upload of a stream that ${has} fails when ${size} were given`,
    HERMETIC,
    async () => {
      const error = await partsOf([KEY, KEY], size);
      assertEquals(
        [error instanceof RangeError, String(error)],
        [true, `RangeError: Cannot complete SET: the stream ${has}, and size ${size} was given`],
      );
    },
  );
}

Deno.test("an upload fails with the error of its stream", HERMETIC, async () => {
  const call = setCall(3);
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("no such disk"));
    },
  });
  new Upload(call, broken.getReader(), 3, () => {});
  await assertRejects(() => call.answer, Error, "no such disk");
});

Deno.test("a download asks for more when half of its window is read", HERMETIC, async () => {
  const asked: number[] = [];
  const download = new Download(100, 20, (bytes) => asked.push(bytes));
  const reader = download.stream.getReader();
  download.add(new Uint8Array(9), false);
  download.add(new Uint8Array(11), false);
  await settle();
  assertEquals(asked, [], "all of it waits to be read");
  assertEquals((await reader.read()).value?.length, 9);
  await settle();
  assertEquals(asked, []);
  assertEquals((await reader.read()).value?.length, 11);
  await settle();
  assertEquals(asked, [20]);
  await reader.cancel();
  assertEquals(asked, [20, 0], "it gives up what is not read");
  download.add(new Uint8Array(5), false);
});

Deno.test("a download ends with its last part, and asks for nothing then", HERMETIC, async () => {
  const asked: number[] = [];
  const download = new Download(3, 20, (bytes) => asked.push(bytes));
  download.add(new Uint8Array(2), false);
  download.add(new Uint8Array(1), true);
  const chunks = await Array.fromAsync(download.stream);
  assertEquals([chunks.map(({ length }) => length), asked], [[2, 1], []]);
});

for (
  const [what, size, window, last] of [
    ["more than was announced", 4, 20, false],
    ["more than was allowed", 9, 4, false],
    ["a last part too early", 9, 20, true],
    ["no last part at the end", 5, 20, false],
  ] as const
) {
  Deno.test(`a download refuses ${what}`, HERMETIC, () => {
    const download = new Download(size, window, () => {});
    assertThrows(() => download.add(new Uint8Array(5), last), Error, "Cannot take a part");
  });
}

Deno.test("a download that is cut fails with why", HERMETIC, async () => {
  const download = new Download(9, 20, () => {});
  download.add(KEY, false);
  download.fail(cutError(new Error("gone")));
  const error = await assertRejects(() => Array.fromAsync(download.stream), ConnectionError);
  assertEquals([error.message, error.maybeExecuted], [
    "Cannot complete GET: the connection was lost: gone",
    false,
  ]);
});
