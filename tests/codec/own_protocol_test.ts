/**
 * A protocol of one's own, from its bytes to a server: a chat.
 *
 *     0        2      3
 *     | length | type | fields                       |
 *     |  u16   |  1   | join:  name in UTF-8         |
 *     |        |  2   | say:   room u8, text in UTF-8|
 *     |        |  3   | leave: none                  |
 *
 * The length counts the type and the fields.
 */

import type { Input, WriteBuffer } from "../../lib/bytes/mod.ts";
import {
  DecodeError,
  type Decoder,
  decoderStream,
  encodeAll,
  type Encoder,
  encoderStream,
  LengthDelimitedDecoder,
  LengthDelimitedEncoder,
  messagesOf,
  readableFrom,
} from "../../lib/codec/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { hex } from "./helpers.ts";

// The protocol. A framing of the toolkit finds the frames; what is left is what their bytes mean.

type Chat =
  | { readonly type: "join"; readonly name: string }
  | { readonly type: "say"; readonly room: number; readonly text: string }
  | { readonly type: "leave" };

const FRAME = { prefix: 2, maxLength: 1_024 } as const;

class ChatDecoder implements Decoder<Chat> {
  readonly #frames = new LengthDelimitedDecoder(FRAME);

  decode(input: Input): Chat | undefined {
    const { offset } = input;
    const frame = this.#frames.decode(input);
    if (frame === undefined) return undefined;
    const [type, room] = frame;
    const text = (from: number) => new TextDecoder().decode(frame.subarray(from));
    if (type === 1) return { type: "join", name: text(1) };
    if (type === 2 && room !== undefined) return { type: "say", room, text: text(2) };
    if (type === 3 && frame.length === 1) return { type: "leave" };
    throw new DecodeError(
      "CORRUPT",
      offset,
      `Cannot decode chat: type ${type}, ${frame.length} bytes`,
    );
  }
}

class ChatEncoder implements Encoder<Chat> {
  readonly #frames = new LengthDelimitedEncoder(FRAME);

  encode(message: Chat, out: WriteBuffer): void {
    this.#frames.encode(Uint8Array.from(frameOf(message)), out);
  }
}

function frameOf(message: Chat): number[] {
  if (message.type === "join") return [1, ...new TextEncoder().encode(message.name)];
  if (message.type === "leave") return [3];
  const { room, text } = message;
  if (room === (room & 0xff)) return [2, room, ...new TextEncoder().encode(text)];
  throw new RangeError(`Cannot encode chat: room ${room} is not in 0 to 255`);
}

// A server of it: bytes to messages, messages to replies, replies to bytes.

async function serveOne(listener: Deno.Listener): Promise<void> {
  using conn = await listener.accept();
  let name = "somebody";
  const reply = (message: Chat): Chat => {
    if (message.type === "join") name = message.name;
    return message.type === "say" ? { ...message, text: `${name}: ${message.text}` } : message;
  };
  const replies = new TransformStream<Chat[], Chat[]>({
    transform: (batch, controller) => controller.enqueue(batch.map(reply)),
  });
  await readableFrom(conn)
    .pipeThrough(decoderStream(new ChatDecoder()))
    .pipeThrough(replies)
    .pipeTo(encoderStream(new ChatEncoder(), conn));
}

// Its tests.

const MESSAGES: readonly Chat[] = [
  { type: "join", name: "Zoë" },
  { type: "say", room: 7, text: "hi" },
  { type: "say", room: 255, text: "" },
  { type: "leave" },
];

const BYTES = hex(`
  0005 01 5a 6f c3 ab
  0004 02 07 68 69
  0002 02 ff
  0001 03
`);

Deno.test({
  name: "ChatEncoder writes the golden bytes",
  permissions: "none",
  fn() {
    assertEquals(encodeAll(new ChatEncoder(), MESSAGES), BYTES);
  },
});

Deno.test({
  name: "ChatDecoder passes the verifier",
  permissions: "none",
  fn() {
    verifyDecoder({ decoder: () => new ChatDecoder(), input: BYTES, messages: MESSAGES });
  },
});

Deno.test({
  name: "ChatDecoder passes the verifier with streams that are corrupt or cut",
  permissions: "none",
  fn() {
    for (
      const [rest, code] of [
        ["0001 09", "CORRUPT"], // No such type.
        ["0000", "CORRUPT"], // No type.
        ["0001 02", "CORRUPT"], // No room.
        ["0002 03 00", "CORRUPT"], // A field too many.
        ["0401 01", "TOO_LARGE"],
        ["0005 01 61", "CUT"],
      ] as const
    ) {
      verifyDecoder({
        decoder: () => new ChatDecoder(),
        input: hex(`0001 03 | ${rest}`),
        messages: [{ type: "leave" }],
        error: { code, offset: 3 },
      });
    }
  },
});

Deno.test({
  name: "ChatEncoder refuses what the bytes cannot say",
  permissions: "none",
  fn() {
    for (const room of [-1, 0.5, 256]) {
      const say: Chat = { type: "say", room, text: "" };
      assertThrows(() => encodeAll(new ChatEncoder(), [say]), RangeError, `room ${room} is not`);
    }
    const join: Chat = { type: "join", name: "x".repeat(1_024) };
    assertThrows(() => encodeAll(new ChatEncoder(), [join]), RangeError, "the limit is 1024");
  },
});

Deno.test({
  name: "A chat of one's own runs over TCP",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const served = serveOne(listener);
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    const writer = encoderStream(new ChatEncoder(), conn).getWriter();
    await writer.write([...MESSAGES]);
    await conn.closeWrite();
    const batches = readableFrom(conn).pipeThrough(decoderStream(new ChatDecoder()));
    assertEquals(await Array.fromAsync(messagesOf(batches)), [
      { type: "join", name: "Zoë" },
      { type: "say", room: 7, text: "Zoë: hi" },
      { type: "say", room: 255, text: "Zoë: " },
      { type: "leave" },
    ]);
    await served;
  },
});

Deno.test({
  name: "A chat of one's own answers what came before a corruption, and then closes",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const served = serveOne(listener).catch((error: unknown) => error);
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    await conn.write(hex("0002 02 01 | 0001 03 | 0001 09"));
    const batches = readableFrom(conn).pipeThrough(decoderStream(new ChatDecoder()));
    assertEquals(await Array.fromAsync(messagesOf(batches)), [
      { type: "say", room: 1, text: "somebody: " },
      { type: "leave" },
    ]);
    assertInstanceOf(await served, DecodeError);
  },
});
