/** What is no proper request of RESP, sent to a session: each is borne, or refused with the words of Redis. */

import { assertEquals } from "@std/assert";
import { newServices, Session } from "../../../lib/server/mod.ts";
import { raw, shown } from "../../resp/helpers.ts";
import { type Case, CASES } from "../../resp/hostile.ts";
import type { Socket } from "../../differential/connection.ts";
import { isInstalled, startRedis } from "../../differential/sides.ts";
import { frame, PING as CAFE_PING } from "../frames.ts";
import { Random } from "../../random.ts";

const PING = "*1\r\n$4\r\nPING\r\n";
const PONG = "+PONG\r\n";
const UNBALANCED = "-ERR Protocol error: unbalanced quotes in request\r\n";
const HTTP = "-ERR Protocol error: an HTTP request (possible cross-protocol attack)\r\n";
const BINARY =
  "-ERR Protocol error: an inline request with a NUL byte (possible cross-protocol attack)\r\n";
const CAFE_FRAME = shown(frame({ opcode: CAFE_PING }));

/** The error for a name that is no command. */
function unknown(name: string, ...args: readonly string[]): string {
  const shown = args.map((arg) => `'${arg}' `).join("");
  return `-ERR unknown command '${name}', with args beginning with: ${shown}\r\n`;
}

function expected(found: string): string {
  return `-ERR Protocol error: expected '$', got '${found}'\r\n`;
}

const REDIS_OF_HTTP: Readonly<Record<string, string>> = {
  "GET / HTTP/1.1": `${PONG}-ERR wrong number of arguments for 'get' command\r\n${PONG}`,
  "POST /x HTTP/1.0": "",
  "HEAD / HTTP/1.1": PONG + unknown("HEAD", "/", "HTTP/1.1") + PONG,
  "Host: localhost": "",
};

/** What a session only sees: other protocols, rubbish between requests, names that are none. */
const MORE: readonly Case[] = [
  // Redis forgets even the reply before POST and Host, and takes other methods for names of commands.
  ...["GET / HTTP/1.1", "POST /x HTTP/1.0", "HEAD / HTTP/1.1", "Host: localhost"].map((line) => ({
    name: `the line ${line}, and a request in what follows`,
    input: `${PING}${line}\r\n\r\n${PING}`,
    reply: REDIS_OF_HTTP[line]!,
    ours: PONG + HTTP,
  })),
  {
    name: "a TLS hello that would resume a session whose name is a request",
    input: `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n${PING}`,
    // Redis does not see the end of an inline command that has a NUL byte.
    reply: "",
    ours: BINARY,
  },
  {
    name: "a frame of CAFE behind a request of RESP",
    input: `${PING}${CAFE_FRAME}\n${PING}`,
    reply: PONG,
    ours: PONG + BINARY,
  },
  {
    name: "rubbish between pipelined requests",
    input: `${PING}}{|~\r\n${PING}?\r\n${PING}`,
    reply: PONG + unknown("}{|~") + PONG + unknown("?") + PONG,
  },
  {
    name: "replies instead of requests",
    input: `+OK\r\n:1\r\n-ERR no\r\n$3\r\n${PING}`,
    reply: unknown("+OK") + unknown(":1") + unknown("-ERR", "no") + unknown("$3") + PONG,
  },
  {
    name: "an array in an array",
    input: `*2\r\n${PING}`,
    reply: expected("*"),
  },
  {
    name: "a null bulk string for an argument",
    input: "*2\r\n$4\r\nECHO\r\n$-1\r\n",
    reply: "-ERR Protocol error: invalid bulk length\r\n",
  },
  {
    name: "a request of RESP3's types",
    input: "%1\r\n+a\r\n:1\r\n",
    reply: unknown("%1") + unknown("+a") + unknown(":1"),
  },
  {
    name: "an empty name",
    input: `*1\r\n$0\r\n\r\n*2\r\n$0\r\n\r\n$1\r\nx\r\n""\r\n${PING}`,
    reply: unknown("") + unknown("", "x") + unknown("") + PONG,
  },
  {
    name: "names that every object has",
    input: "__proto__\r\nconstructor\r\ntoString 1\r\nhasOwnProperty\r\n",
    reply: unknown("__proto__") + unknown("constructor") + unknown("toString", "1") +
      unknown("hasOwnProperty"),
  },
  {
    name: "an empty name of a subcommand, and one that is none",
    input: `COMMAND ""\r\ncommand __proto__\r\n${PING}`,
    reply: "-ERR unknown subcommand ''. Try COMMAND HELP.\r\n" +
      "-ERR unknown subcommand '__proto__'. Try COMMAND HELP.\r\n" + PONG,
  },
  {
    name: "a full name of a subcommand",
    input: `COMMAND|COUNT\r\n${PING}`,
    reply: unknown("COMMAND|COUNT") + PONG,
  },
  {
    name: "line ends in a name",
    input: `*1\r\n$8\r\nPI\r\nNG\r\n\r\n${PING}`,
    reply: unknown("PI  NG  ") + PONG,
  },
  {
    name: "long names and arguments, of which the beginning is told",
    input: `${"x".repeat(200)} ${"y".repeat(200)} z\r\n${PING}`,
    reply: unknown("x".repeat(128), "y".repeat(128)) + PONG,
  },
  {
    name: "nested quotes",
    input: `${PING}PING "'\\"'" 'a\r\n${PING}`,
    reply: PONG + UNBALANCED,
  },
  {
    name: "a megabyte of line ends",
    input: "\r\n".repeat(524_288) + PING,
    reply: PONG,
  },
  {
    name: "a megabyte of empty requests",
    input: "*0\r\n*-1\r\n".repeat(116_509) + PING,
    reply: PONG,
  },
];

function test(name: string, fn: () => void): void {
  Deno.test({ name: `a session of RESP ${name}`, permissions: "none", fn });
}

/** What it answers to a stream in these pieces, and the session. */
function answers(pieces: readonly Uint8Array[]): { readonly reply: string; session: Session } {
  const session = new Session(newServices());
  const reply = pieces.map((piece) => shown(session.receive(piece))).join("");
  return { reply, session };
}

/** Each byte by itself; the whole where that would take long. */
function bytesOf(input: Uint8Array): Uint8Array[] {
  if (input.length > 5_000) return [input.subarray(0, 9), input.subarray(9)];
  return Array.from(input, (byte) => Uint8Array.of(byte));
}

for (const { name, input, reply, ours = reply } of [...CASES, ...MORE]) {
  test(`answers ${name}, whole and byte by byte, and goes on or is closed`, () => {
    const bytes = raw(input);
    assertEquals(answers(bytesOf(bytes)).reply, ours);
    const { reply, session } = answers([bytes]);
    assertEquals(reply, ours);
    if (/-ERR Protocol error: [^\r]*\r\n$/.test(ours)) {
      assertEquals(shown(session.receive(raw(PING))), "");
    } else if (session.decoder.state === "Idle") {
      assertEquals(shown(session.receive(raw(PING))), PONG);
    } else assertEquals(shown(session.end()), "");
  });
}

test("answers the same wherever a stream is cut in two", () => {
  for (const { input, reply, ours = reply } of [...CASES, ...MORE]) {
    const bytes = raw(input);
    if (bytes.length > 200) continue;
    for (let at = 1; at < bytes.length; at++) {
      assertEquals(answers([bytes.slice(0, at), bytes.slice(at)]).reply, ours, `cut at ${at}`);
    }
  }
});

test("that began with CAFE takes no request of RESP", () => {
  const { reply, session } = answers([raw(CAFE_FRAME + PING + PING)]);
  const pong = "\xca\xfe\x01\x80\0\0\0\0\0\0\0\x04PONG";
  assertEquals(reply.slice(0, pong.length), pong);
  assertEquals(reply.slice(pong.length, pong.length + 4), "\xca\xfe\x01\x81");
  assertEquals(shown(session.receive(raw(PING))), "");
});

test("is never begun by the first byte of CAFE", () => {
  const { reply } = answers([raw(`\xca${PING}`)]);
  assertEquals(reply.slice(0, 4), "\xca\xfe\x01\x81");
});

test("answers random bytes with replies, and never with a fault of its own", () => {
  const random = new Random(3);
  let replies = 0;
  for (let run = 0; run < 300; run++) {
    const services = newServices();
    const session = new Session(services);
    const bytes = random.bytes(300).map((byte) => random.once(8) ? 10 : byte);
    bytes[0] = random.below(0xca);
    const reply = shown(session.receive(bytes)) + shown(session.end());
    assertEquals(reply.split("\r\n").filter((line) => !/^(-ERR .*)?$/.test(line)), []);
    replies += services.counters.requests;
  }
  assertEquals(replies > 300, true);
});

/** Sends a stream and its end; the server may close before it has read all. */
async function send(bytes: Uint8Array, connection: Deno.UnixConn): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    await connection.closeWrite();
  } catch (cause) {
    const { BrokenPipe, ConnectionReset, NotConnected } = Deno.errors;
    if (![BrokenPipe, ConnectionReset, NotConnected].some((type) => cause instanceof type)) {
      throw cause;
    }
  }
}

/** What redis-server answers to a stream, until it closes. */
async function redisTo(bytes: Uint8Array, socket: Socket): Promise<string> {
  using connection = socket as Deno.UnixConn; // That is what a side of redis-server gives.
  const sent = send(bytes, connection);
  const room = new Uint8Array(65_536);
  let received = "";
  try {
    for (let count: number | null = 0; count !== null; count = await connection.read(room)) {
      received += shown(room.subarray(0, count));
    }
  } catch (cause) {
    if (!(cause instanceof Deno.errors.ConnectionReset)) throw cause;
  }
  await sent;
  return received;
}

const installed = await isInstalled();

Deno.test({
  name: "redis-server answers what a session sees as the table says" +
    (installed ? "" : " (ignored: redis-server is not installed)"),
  ignore: !installed,
  async fn() {
    await using redis = await startRedis();
    for (const { name, input, reply } of MORE) {
      assertEquals(await redisTo(raw(input), await redis.connect()), reply, name);
    }
  },
});

Deno.test({
  name: "no number of CONFIG SET keeps new connections from being served",
  permissions: "none",
  fn() {
    const services = newServices();
    const [name, value] = ["proto-max-bulk-len", "9223372036854775807"];
    const answer = new Session(services).receive(raw(`CONFIG SET ${name} ${value}\r\n`));
    assertEquals(shown(answer), "+OK\r\n");
    assertEquals(shown(new Session(services).receive(raw("PING\r\n"))), PONG);
  },
});
