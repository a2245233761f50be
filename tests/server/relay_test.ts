import { assertEquals } from "@std/assert";
import { Relay, type RelayObserver } from "../../lib/server/mod.ts";

const NET = { permissions: { net: ["127.0.0.1"] } };

/** An observer that notes what it is told. */
class Notes implements RelayObserver {
  readonly lines: string[] = [];

  #add(line: string): Promise<void> {
    this.lines.push(line);
    return Promise.resolve();
  }

  opened(): Promise<void> {
    return this.#add("opened");
  }

  sent(_: unknown, by: string, bytes: Uint8Array): Promise<void> {
    return this.#add(`${by} ${new TextDecoder().decode(bytes)}`);
  }

  ended(_: unknown, by: string): Promise<void> {
    return this.#add(`${by} ended`);
  }

  failed(error: unknown): void {
    this.lines.push(`failed ${(error as Error).name}`);
  }
}

async function readAll(conn: Deno.Conn): Promise<string> {
  let text = "";
  const room = new Uint8Array(100);
  for (let size = await conn.read(room); size !== null; size = await conn.read(room)) {
    text += new TextDecoder().decode(room.subarray(0, size));
  }
  return text;
}

Deno.test("Relay passes bytes on in both directions, and the end of each", NET, async () => {
  using target = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const observer = new Notes();
  const to = { hostname: "127.0.0.1", port: target.addr.port };
  await using relay = new Relay({ port: 0, to, observer });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: relay.address.port });
  using server = await target.accept();
  await client.write(new TextEncoder().encode("question"));
  await client.closeWrite();
  assertEquals(await readAll(server), "question");
  await server.write(new TextEncoder().encode("answer"));
  await server.closeWrite();
  assertEquals(await readAll(client), "answer");
  await relay.close();
  assertEquals(observer.lines, [
    "opened",
    "client question",
    "client ended",
    "server answer",
    "server ended",
  ]);
});

Deno.test("Relay closes the client and goes on when the server is not there", NET, async () => {
  const target = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const to = { hostname: "127.0.0.1", port: target.addr.port };
  target.close();
  const observer = new Notes();
  await using relay = new Relay({ port: 0, to, observer });
  for (let time = 0; time < 2; time++) {
    using client = await Deno.connect({ hostname: "127.0.0.1", port: relay.address.port });
    assertEquals(await readAll(client), "");
  }
  assertEquals(observer.lines, ["failed ConnectionRefused", "failed ConnectionRefused"]);
});

Deno.test("Relay ends its connections when it is closed", NET, async () => {
  using target = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const observer = new Notes();
  const to = { hostname: "127.0.0.1", port: target.addr.port };
  const relay = new Relay({ port: 0, to, observer });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: relay.address.port });
  using server = await target.accept();
  await client.write(new TextEncoder().encode("x"));
  await server.read(new Uint8Array(1));
  await relay.close();
  assertEquals(await client.read(new Uint8Array(1)).catch(() => null), null);
});

Deno.test("Relay does not wait for ever for a server that does not take connections", {
  ...NET,
  ignore: Deno.build.os !== "linux", // Others refuse what they have no place for.
}, async () => {
  using full = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const to = { hostname: "127.0.0.1", port: full.addr.port };
  using _one = await Deno.connect(to);
  using _two = await Deno.connect(to);
  const observer = new Notes();
  {
    await using relay = new Relay({ port: 0, to, observer, connectTimeout: 20 });
    using client = await Deno.connect({ hostname: "127.0.0.1", port: relay.address.port });
    assertEquals(await readAll(client), "");
    assertEquals(observer.lines, ["failed Error"]);
  }
  const relay = new Relay({ port: 0, to, observer });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: relay.address.port });
  await client.write(new Uint8Array(1));
  await relay.close();
  assertEquals(await client.read(new Uint8Array(1)).catch(() => null), null);
  assertEquals(observer.lines, ["failed Error"]);
});
