import { assertEquals, assertRejects } from "@std/assert";
import { Client, connectTo, type Duplex } from "../../lib/client/mod.ts";
import { ConnectionError } from "../../lib/client/mod.ts";

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
