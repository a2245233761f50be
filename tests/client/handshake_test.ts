import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Client,
  type ClientOptions,
  ClosedError,
  ConnectionError,
  connectTo,
  type Duplex,
  type Transport,
} from "../../lib/client/mod.ts";
import { serve, type ServeOptions } from "../../lib/server/mod.ts";
import { text } from "./peer.ts";

const SECRET = "correct horse battery staple";
const PROTECTED: ServeOptions = { port: 0, protection: { secret: SECRET } };

/** A transport that changes chunks, of what is sent (true) or of what comes, and keeps what is sent. */
class Between {
  readonly sent: number[] = [];
  readonly transport: Transport;

  constructor(real: Transport, change: (chunk: Uint8Array, isSent: boolean) => Uint8Array) {
    this.transport = async (signal) => {
      const duplex: Duplex = await real(signal);
      const sending = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          this.sent.push(...chunk);
          controller.enqueue(change(chunk, true));
        },
      });
      sending.readable.pipeTo(duplex.writable).catch(() => {});
      const readable = duplex.readable.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform: (chunk, controller) => controller.enqueue(change(chunk, false)),
        }),
      );
      return { readable, writable: sending.writable, close: () => duplex.close() };
    };
  }
}

const CHOICES: readonly ClientOptions[] = [
  { compress: true },
  { sign: true },
  { encrypt: true },
  { sign: true, encrypt: true, compress: true, checksum: true },
  { sign: true, ids: false },
];

for (const choice of CHOICES) {
  const names = Object.entries(choice).map(([name, value]) => `${name} ${value}`).join(", ");
  Deno.test(`a client with ${names} does all that one in plain does`, async () => {
    await using server = await serve(PROTECTED);
    await using client = await Client.connect(server.addr!, { ...choice, secret: SECRET });
    const large = new Uint8Array(200_000).fill(65);
    const answers = await Promise.all([
      client.set("large", large),
      client.get("large"),
      client.incr("n", 5n),
      client.get("none"),
    ]);
    assertEquals(answers, [undefined, large, 5n, undefined]);
    const subscription = await client.subscribe("news");
    assertEquals(await client.publish("news", "hey"), 1);
    for await (const message of subscription) {
      assertEquals(text(message), "hey");
      break;
    }
  });
}

Deno.test("a client sends the password behind the handshake, where nobody can read it", async () => {
  await using server = await serve({ ...PROTECTED, password: "open sesame" });
  const between = new Between(connectTo(server.addr!), (chunk) => chunk);
  const options = { secret: SECRET, encrypt: true, password: "open sesame" };
  await using client = await Client.connect(between.transport, options);
  await client.set("k", "treasure");
  const sent = new TextDecoder("latin1").decode(Uint8Array.from(between.sent));
  assert(sent.includes("ENCRYPTED"));
  assert(!sent.includes("sesame") && !sent.includes("treasure"));
});

Deno.test("a client does without COMPRESSED when the server does not grant it", async () => {
  await using server = await serve({ port: 0, protection: { compress: false } });
  await using client = await Client.connect(server.addr!, { compress: true });
  assertEquals(text(await client.ping("x".repeat(1_000))), "x".repeat(1_000));
});

const REFUSALS: readonly [string, ServeOptions, string][] = [
  ["has no secret", { port: 0 }, "the server does not grant SIGNED: it has no secret"],
  [
    "has another secret",
    { port: 0, protection: { secret: "another secret of this kind" } },
    "the server does not show that it has the secret (option secret)",
  ],
];

for (const [what, options, why] of REFUSALS) {
  Deno.test(`a client that signs sends nothing to a server that ${what}, and closes`, async () => {
    await using server = await serve(options);
    await using client = await Client.connect(server.addr!, { sign: true, secret: SECRET });
    const error = await assertRejects(() => client.set("k", "v"), ConnectionError);
    assertEquals(
      error.message,
      `Cannot complete SET: the connection was lost: Cannot protect the connection: ${why}`,
    );
    assertEquals(error.maybeExecuted, false);
    assertEquals(server.services.databases.at(0).size, 0);
    await assertRejects(() => client.ping(), ClosedError);
  });
}

Deno.test("a client that signs notices that its offer was made smaller on the way", async () => {
  await using server = await serve(PROTECTED);
  const replace = (chunk: Uint8Array) => {
    const words = new TextDecoder("latin1").decode(chunk).replace("ENCRYPTED", "ENCRYPTEX");
    return Uint8Array.from(words, (letter) => letter.charCodeAt(0));
  };
  const between = new Between(
    connectTo(server.addr!),
    (chunk, isSent) => isSent ? replace(chunk) : chunk,
  );
  const options = { secret: SECRET, sign: true, encrypt: true };
  await using client = await Client.connect(between.transport, options);
  const error = await assertRejects(() => client.ping(), ConnectionError);
  assert(error.message.includes("does not grant ENCRYPTED"), error.message);
});

for (const isSent of [true, false]) {
  const whose = isSent ? "a request" : "a reply";
  Deno.test(`a client that signs gets no answer when ${whose} was changed on the way`, async () => {
    await using server = await serve(PROTECTED);
    let armed = false;
    const between = new Between(connectTo(server.addr!), (chunk, sent) => {
      if (!armed || sent !== isSent) return chunk;
      armed = false;
      const changed = chunk.slice();
      changed[changed.length - 33]! ^= 1; // The last byte before the signature.
      return changed;
    });
    const options = { secret: SECRET, sign: true, reconnect: false } as const;
    await using client = await Client.connect(between.transport, options);
    await client.set("k", "some long enough value");
    armed = true;
    await assertRejects(() => client.get("k"), ConnectionError);
    assert(!armed);
  });
}

Deno.test("a client makes a new handshake on each connection", async () => {
  await using server = await serve(PROTECTED);
  let duplex: Duplex | undefined;
  const real = connectTo(server.addr!);
  const transport: Transport = async (signal) => duplex = await real(signal);
  const options = { secret: SECRET, sign: true, encrypt: true };
  await using client = await Client.connect(transport, options);
  await client.set("k", "v");
  duplex!.close();
  assertEquals(text(await client.get("k")), "v");
  assertEquals(server.services.counters.accepted, 2);
});

Deno.test("a client wants a secret of 16 bytes to sign or encrypt with", async () => {
  const never: Transport = () => Promise.reject(new Error("connected"));
  for (const options of [{ sign: true }, { encrypt: true, secret: "short" }]) {
    await assertRejects(() => Client.connect(never, options), RangeError, "option secret");
  }
});
