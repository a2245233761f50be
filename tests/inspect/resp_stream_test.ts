import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes";
import { Random } from "../random.ts";
import { framesOf, inspect, PURE, summary, textOf, utf8 } from "./helpers.ts";

const REQUESTS = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nv\r\nv2\r\n*1\r\n$4\r\nPING\r\nget k\r\n\r\n";
const REPLIES = "+OK\r\n-ERR wrong\r\n:42\r\n$2\r\nhi\r\n$-1\r\n*2\r\n:1\r\n*1\r\n$1\r\nx\r\n" +
  "%1\r\n+a\r\n#t\r\n~1\r\n_\r\n,1.5\r\n(123456789012345678901\r\n=7\r\ntxt:abc\r\n" +
  ">2\r\n+message\r\n+hi\r\n|1\r\n+a\r\n:1\r\n:7\r\n!5\r\nERR x\r\n*0\r\n*-1\r\n";

Deno.test("inspector shows requests of RESP with all their bytes", PURE, () => {
  const frames = framesOf(inspect(utf8(REQUESTS)));
  assertEquals(frames.map(({ title }) => title), ['SET k "v\\r\\nv2"', "PING", "get k"]);
  assertEquals(frames.flatMap(({ faults }) => faults), []);
  const shown = frames.flatMap(({ fields }) => fields.map(({ bytes }) => bytes));
  assertEquals(concat(shown), utf8(REQUESTS.slice(0, -2)));
});

Deno.test("inspector shows replies of RESP2 and RESP3 with all their bytes", PURE, () => {
  const frames = framesOf(inspect(utf8(REPLIES)));
  assertEquals(frames.map(({ title }) => title), [
    "OK",
    "error ERR wrong",
    "integer 42",
    "hi",
    "null",
    "array of 2: integer 1, array of 1: x",
    "map of 1 entry",
    "set of 1: null",
    "double 1.5",
    "bigNumber 123456789012345678901",
    "txt abc",
    "push of 2: message, hi",
    "attributes of integer 7",
    "error ERR x",
    "array of 0",
    "null",
  ]);
  const shown = frames.flatMap(({ fields }) => fields.map(({ bytes }) => bytes));
  assertEquals(concat(shown), utf8(REPLIES));
});

Deno.test("inspector says the same of RESP however it is cut", PURE, () => {
  for (
    const text of [REQUESTS + "*x\r\n*1\r\n$4\r\nPING\r\n*1\r\n$9\r\nPI", REPLIES + "?\r\n:1\r\n"]
  ) {
    const whole = textOf(inspect(utf8(text)));
    for (const piece of [1, 2, 3, 5, 50]) {
      assertEquals(textOf(inspect(utf8(text), {}, piece)), whole);
    }
  }
});

Deno.test("inspector goes on behind what is no RESP", PURE, () => {
  const ping = "*1\r\n$4\r\nPING\r\n";
  const cases: readonly (readonly [string, string])[] = [
    ["*2\r\n$3\r\nGET\r\n$4\r\nk\r\n", "CR LF is not where the length 4 says"],
    ["*1\r\n:5\r\n", 'found ":": an argument begins with $'],
    ["*1\r\n$99999999999\r\n", "the length 99999999999 is over 536870912"],
    ["*12x\r\n", '"*12x" has no length'],
    ["*1\n$4\nPING\n", "a line ends in LF alone"],
  ];
  for (const [wrong, message] of cases) {
    const found = inspect(utf8(ping + wrong + ping + ping));
    assertStringIncludes(textOf(found), message);
    assertEquals(summary(found).at(-1), "request PING", wrong);
    assertEquals(summary(found)[1]!.split(" ")[0], "damage");
  }
});

Deno.test("inspector says what Cortado refuses", PURE, () => {
  const found = textOf(inspect(utf8("*1\r\n$3\r\nGET\r\n*1\r\n$5\r\nLPUSH\r\nSET k v EX 0\r\n")));
  assertStringIncludes(found, "wrong number of arguments for 'get' command");
  assertStringIncludes(found, "unknown command 'LPUSH'");
  assertStringIncludes(found, "invalid expire time");
});

Deno.test("inspector does not show passwords in titles", PURE, () => {
  const [frame] = framesOf(inspect(utf8("*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n")));
  assertEquals(frame!.title, "AUTH");
});

Deno.test("inspector keeps the first fields of a long reply, and counts the others", PURE, () => {
  const [frame] = framesOf(inspect(utf8(`*1000\r\n${":1\r\n".repeat(1000)}`)));
  assertEquals([frame!.fields.length, frame!.fieldsLeft], [256, 745]);
});

Deno.test("inspector tells that RESP was cut at any byte", PURE, () => {
  const reply = utf8("*2\r\n$2\r\nhi\r\n:1\r\n");
  for (let end = 1; end < reply.length; end++) {
    const found = inspect(reply.slice(0, end), { protocol: "RESP", direction: "response" });
    assertEquals(summary(found), ["damage at 0"]);
  }
});

Deno.test("inspector never throws on random RESP", PURE, () => {
  const random = new Random(3);
  for (let round = 0; round < 500; round++) {
    const request = round % 2 === 0;
    const bytes = utf8(request ? REQUESTS : REPLIES);
    for (let n = 0; n <= round % 10; n++) {
      bytes[random.below(bytes.length)] = random.once(2)
        ? random.below(256)
        : random.of([...utf8("*$:\r\n0123%>")]);
    }
    const direction = request ? "request" : "response";
    const found = inspect(
      bytes,
      { format: "raw", protocol: "RESP", direction },
      1 + random.below(40),
    );
    assert(textOf(found).length > 0);
  }
  const deep = inspect(utf8("*1\r\n".repeat(100_000)), { direction: "response" });
  assertStringIncludes(textOf(deep), "it is over 128 values deep");
});

Deno.test(
  "inspector tells a long frame of RESP before it has come whole, and finds its end",
  PURE,
  () => {
    const inner = "*1\r\n$4\r\nPING\r\n".repeat(20);
    const text =
      `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${inner.length}\r\n${inner}\r\n*1\r\n$4\r\nQUIT\r\n`;
    const bytes = new TextEncoder().encode(text);
    for (const piece of [1, 7, 50, 64, 100]) {
      const found = inspect(bytes, { protocol: "RESP", direction: "request", maxHeld: 64 }, piece);
      const [set, quit, ...more] = framesOf(found);
      assertEquals([set?.name, set?.offset, quit?.name, more.length], ["SET", 0, "QUIT", 0]);
      assertEquals(quit?.offset, bytes.length - 14);
      assertEquals(set?.faults, [`cut: the first ${set?.size} bytes are shown`]);
    }
  },
);
