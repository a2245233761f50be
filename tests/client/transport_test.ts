import { assertEquals, assertRejects } from "@std/assert";
import { Client, connectTo, type Duplex } from "../../lib/client/mod.ts";
import { ConnectionError } from "../../lib/client/mod.ts";
import { caCerts, FIRST } from "../tls/files.ts";

const SANITIZED = { sanitizeOps: true, sanitizeResources: true } as const;
const HOST = "127.0.0.1";

async function echo(conn: Deno.Conn): Promise<void> {
  const room = new Uint8Array(16);
  const count = await conn.read(room);
  await conn.write(room.subarray(0, count!));
}

async function roundTrip({ readable, writable }: Duplex): Promise<Uint8Array> {
  const writer = writable.getWriter();
  await writer.write(Uint8Array.of(1, 2, 3));
  const { value } = await readable.getReader().read();
  return value!;
}

Deno.test("connectTo reaches a TCP port, and close ends the connection", SANITIZED, async () => {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  const connecting = connectTo({ hostname: HOST, port: listener.addr.port })(
    new AbortController().signal,
  );
  using accepted = await listener.accept();
  const duplex = await connecting;
  const echoed = echo(accepted);
  assertEquals(await roundTrip(duplex), Uint8Array.of(1, 2, 3));
  await echoed;
  duplex.close();
  duplex.close();
  assertEquals(await accepted.read(new Uint8Array(1)), null);
});

Deno.test("close ends a read that is pending", SANITIZED, async () => {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  const connecting = connectTo({ hostname: HOST, port: listener.addr.port })(
    new AbortController().signal,
  );
  using _ = await listener.accept();
  const duplex = await connecting;
  const reading = duplex.readable.getReader().read().catch(() => {});
  duplex.close();
  await reading;
});

Deno.test("connectTo rejects when the signal has aborted", SANITIZED, async () => {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  await assertRejects(() => connectTo({ hostname: HOST, port })(AbortSignal.abort()));
});

Deno.test("a port that nobody listens on is a ConnectionError", SANITIZED, async () => {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assertRejects(() => Client.connect({ hostname: HOST, port }), ConnectionError, "refused");
});

const mayUseFiles = (await Deno.permissions.query({ name: "write" })).state === "granted" &&
  (await Deno.permissions.query({ name: "read" })).state === "granted" &&
  (await Deno.permissions.query({ name: "net" })).state === "granted";

Deno.test({
  name: "connectTo reaches a Unix socket",
  ignore: !mayUseFiles || Deno.build.os === "windows",
  ...SANITIZED,
  async fn() {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/socket`;
    using listener = Deno.listen({ transport: "unix", path });
    const connecting = connectTo({ path })(new AbortController().signal);
    using accepted = await listener.accept();
    const duplex = await connecting;
    const echoed = echo(accepted);
    assertEquals(await roundTrip(duplex), Uint8Array.of(1, 2, 3));
    await echoed;
    duplex.close();
    await assertRejects(() => connectTo({ path })(AbortSignal.abort()));
    await Deno.remove(folder, { recursive: true });
  },
});

/** Runs with a listener that speaks TLS with the certificate of the tests. */
function tlsTest(
  name: string,
  fn: (listener: Deno.TlsListener, caCerts: string[]) => Promise<void>,
): void {
  Deno.test(`connectTo with TLS ${name}`, SANITIZED, async () => {
    const cert = Deno.readTextFileSync(FIRST.certificate);
    const key = Deno.readTextFileSync(FIRST.key);
    using listener = Deno.listenTls({ hostname: HOST, port: 0, cert, key });
    await fn(listener, caCerts());
  });
}

/** Accepts one connection, and shakes hands if the peer does. */
async function accept(listener: Deno.TlsListener): Promise<Deno.TlsConn> {
  const conn = await listener.accept();
  await conn.handshake().catch(() => {});
  return conn;
}

tlsTest("carries bytes, under the name of the host or another one", async (listener, caCerts) => {
  const { port } = listener.addr;
  for (const serverName of [undefined, "localhost"]) {
    const connecting = connectTo({ hostname: HOST, port, tls: { caCerts, serverName } })(
      new AbortController().signal,
    );
    using accepted = await accept(listener);
    const duplex = await connecting;
    const echoed = echo(accepted);
    assertEquals(await roundTrip(duplex), Uint8Array.of(1, 2, 3));
    await echoed;
    duplex.close();
    assertEquals(await accepted.read(new Uint8Array(1)), null);
  }
});

tlsTest("rejects a certificate that is not trusted", async (listener) => {
  const { port } = listener.addr;
  const connecting = Client.connect({ hostname: HOST, port, tls: true });
  const [rejected] = await Promise.allSettled([
    connecting,
    accept(listener).then((conn) => conn.close()),
  ]);
  assertEquals(rejected.status, "rejected");
  await assertRejects(() => connecting, ConnectionError, "UnknownIssuer");
});

Deno.test("connectTo with TLS gives up a handshake when it is aborted", SANITIZED, async () => {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  const abort = new AbortController();
  const connecting = connectTo({ hostname: HOST, port, tls: true })(abort.signal);
  using accepted = await listener.accept();
  await accepted.read(new Uint8Array(1)); // It has begun to shake hands.
  abort.abort(new Error("enough"));
  await assertRejects(() => connecting, Error, "enough");
});

Deno.test("a server that does not speak TLS is a ConnectionError", SANITIZED, async () => {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  const connecting = Client.connect({ hostname: HOST, port, tls: true });
  const served = (async () => {
    using accepted = await listener.accept();
    await accepted.write(new TextEncoder().encode("-ERR Protocol error\r\n"));
    while (await accepted.read(new Uint8Array(1_024)).catch(() => null) !== null);
  })();
  await assertRejects(() => connecting, ConnectionError);
  await served;
});
