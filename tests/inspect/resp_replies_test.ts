import { assertEquals } from "@std/assert";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import { Exchange } from "../../lib/inspect/exchange.ts";
import type { Direction, Item } from "../../lib/inspect/mod.ts";
import { InspectedStream } from "../../lib/inspect/stream.ts";
import { PURE, utf8 } from "./helpers.ts";

/** Each reply of a conversation with the request that it answers; requests are lines, in turn with replies. */
function matched(said: readonly string[], maxHeld = Infinity): string[] {
  const exchange = new Exchange();
  const decoder = (direction: Direction) =>
    new BatchDecoder(new InspectedStream(exchange, { protocol: "RESP", direction, maxHeld }));
  const sides = [decoder("request"), decoder("response")] as const;
  const lines: string[] = [];
  for (const [at, text] of said.entries()) {
    const found: (readonly Item[])[] = [];
    sides[at % 2]!.push(utf8(text), found);
    for (const item of found.flat()) {
      if (item.type !== "frame" || item.direction === "request") continue;
      lines.push(`${item.title} < ${item.answers?.title ?? "nothing"}`);
    }
  }
  return lines;
}

function list(type: "*" | ">", ...items: readonly (string | number | null)[]): string {
  const texts = items.map((item) =>
    item === null ? "$-1\r\n" : typeof item === "number" ? `:${item}\r\n` : bulk(item)
  );
  return `${type}${items.length}\r\n${texts.join("")}`;
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

const PONG = "+PONG\r\n";

for (const type of ["*", ">"] as const) {
  const name = type === "*" ? "array" : "push";
  Deno.test(
    `replies to UNSUBSCRIBE are one for each channel that there was, as ${name}`,
    PURE,
    () => {
      const lines = matched([
        "SUBSCRIBE a b\r\nPSUBSCRIBE p\r\n",
        list(type, "subscribe", "a", 1) + list(type, "subscribe", "b", 2) +
        list(type, "psubscribe", "p", 3),
        "UNSUBSCRIBE\r\nUNSUBSCRIBE\r\nPUNSUBSCRIBE\r\nPING\r\n",
        list(type, "unsubscribe", "a", 2) + list(type, "message", "b", "m") +
        list(type, "unsubscribe", "b", 1) + list(type, "unsubscribe", null, 1) +
        list(type, "punsubscribe", "p", 0) + PONG,
      ]);
      assertEquals(lines, [
        `${name} of 3: subscribe, a, integer 1 < SUBSCRIBE a b`,
        `${name} of 3: subscribe, b, integer 2 < SUBSCRIBE a b`,
        `${name} of 3: psubscribe, p, integer 3 < PSUBSCRIBE p`,
        `${name} of 3: unsubscribe, a, integer 2 < UNSUBSCRIBE`,
        `${name} of 3: message, b, m < nothing`,
        `${name} of 3: unsubscribe, b, integer 1 < UNSUBSCRIBE`,
        `${name} of 3: unsubscribe, null, integer 1 < UNSUBSCRIBE`,
        `${name} of 3: punsubscribe, p, integer 0 < PUNSUBSCRIBE`,
        "PONG < PING",
      ]);
    },
  );
}

Deno.test("replies to UNSUBSCRIBE end also where no subscription was seen", PURE, () => {
  const replies = list("*", "unsubscribe", "a", 1) + list("*", "unsubscribe", "b", 0) + PONG;
  const titles = matched(["UNSUBSCRIBE\r\nPING\r\n", replies]).map((line) => line.split(" < ")[1]);
  assertEquals(titles, ["UNSUBSCRIBE", "UNSUBSCRIBE", "PING"]);
  const withPatterns = list("*", "unsubscribe", "a", 7) + PONG;
  assertEquals(matched(["UNSUBSCRIBE\r\nPING\r\n", withPatterns])[1], "PONG < PING");
});

Deno.test(
  "replies to SUBSCRIBE are one error for all channels, or one for each of Cortado",
  PURE,
  () => {
    const refused = "-NOPERM no permissions to access a channel\r\n";
    assertEquals(matched(["SUBSCRIBE a b\r\nPING\r\n", refused + PONG]), [
      "error NOPERM no permissions to access a channel < SUBSCRIBE a b",
      "PONG < PING",
    ]);
    const full = "-ERR Cannot subscribe: full\r\n";
    const lines = matched([
      "SUBSCRIBE a b c\r\nPING\r\n",
      list("*", "subscribe", "a", 1) + full + full + PONG,
    ]);
    assertEquals(lines.slice(1), [
      "error ERR Cannot subscribe: full < SUBSCRIBE a b c",
      "error ERR Cannot subscribe: full < SUBSCRIBE a b c",
      "PONG < PING",
    ]);
  },
);

Deno.test(
  "replies that look like messages or confirmations answer who asked for them",
  PURE,
  () => {
    const message = list("*", "message", "a", "m");
    const lrange = "array of 3: message, a, m < LRANGE l 0 2";
    assertEquals(matched(["LRANGE l 0 2\r\nPING\r\n", message + PONG]), [lrange, "PONG < PING"]);
    const subscribed = ["SUBSCRIBE a\r\n", list(">", "subscribe", "a", 1)];
    assertEquals(matched([...subscribed, "LRANGE l 0 2\r\n", message])[1], lrange);
    const looks = list("*", "subscribe", "a", 5) + message;
    assertEquals(matched(["LRANGE m 0 2\r\nLRANGE l 0 2\r\n", looks])[1], lrange);
    const after = [
      "SUBSCRIBE a\r\nRESET\r\nLRANGE l 0 2\r\n",
      list("*", "subscribe", "a", 1) + "+RESET\r\n" + message,
    ];
    assertEquals(matched(after)[2], lrange);
    const odd = list("*", "a", "b", 5) + message;
    assertEquals(matched(["*1\r\n$0\r\n\r\nLRANGE l 0 2\r\n", odd])[1], lrange);
    const moved = list(">", "sunsubscribe", "s", 0);
    assertEquals(matched(["PING\r\n", moved + PONG])[1], "PONG < PING");
  },
);

Deno.test("replies that CLIENT REPLY turns off are not waited for", PURE, () => {
  const asked =
    "CLIENT REPLY SKIP\r\nSET k v\r\nPING a\r\nCLIENT REPLY OFF\r\nPING b\r\nclient reply skip\r\n" +
    "CLIENT REPLY ON\r\nPING c\r\nCLIENT REPLY OFF\r\nRESET\r\nPING d\r\nCLIENT REPLY SKIP\r\n" +
    "CLIENT REPLY ON\r\nCLIENT REPLY MAYBE\r\nPING e\r\n";
  const replies = "+a\r\n+OK\r\n+c\r\n+RESET\r\n+d\r\n+OK\r\n-ERR syntax error\r\n+e\r\n";
  assertEquals(matched([asked, replies]), [
    "a < PING a",
    "OK < CLIENT REPLY ON",
    "c < PING c",
    "RESET < RESET",
    "d < PING d",
    "OK < CLIENT REPLY ON",
    "error ERR syntax error < CLIENT REPLY MAYBE",
    "e < PING e",
  ]);
});

Deno.test(
  "replies to SUBSCRIBE come also with CLIENT REPLY OFF, unless it is refused",
  PURE,
  () => {
    const asked = "CLIENT REPLY OFF\r\nSUBSCRIBE a\r\nSUBSCRIBE b\r\nCLIENT REPLY ON\r\n";
    assertEquals(matched([asked, list(">", "subscribe", "a", 1) + "+OK\r\n"]), [
      "push of 3: subscribe, a, integer 1 < SUBSCRIBE a",
      "OK < CLIENT REPLY ON",
    ]);
  },
);

Deno.test("replies of which the beginning is told are matched as whole ones are", PURE, () => {
  const long = "x".repeat(500);
  const subscribed = ["SUBSCRIBE a\r\n", list("*", "subscribe", "a", 1)];
  const message = list("*", "message", "a", long);
  const asked = [...subscribed, "PING\r\n", message.slice(0, 100), "", message.slice(100) + PONG];
  assertEquals(matched(asked, 64).slice(1), ["array of 3 < nothing", "PONG < PING"]);
});
