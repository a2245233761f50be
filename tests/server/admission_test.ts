import { Admission, networkOf, serve, serverLimits } from "../../lib/server/mod.ts";
import type { Limits } from "../../lib/server/mod.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";
import { FakeSocket } from "./fake_socket.ts";
import { frame, PING, wordOf } from "./frames.ts";
import { assertAlive, RawClient, until } from "./raw_client.ts";

/** A socket whose peer has an address. */
class Peer extends FakeSocket {
  readonly remoteAddr: Deno.NetAddr;

  constructor(hostname: string) {
    super();
    this.remoteAddr = { transport: "tcp", hostname, port: 1 };
  }
}

function admission(limits: Limits): [Admission, lines: string[]] {
  const lines: string[] = [];
  return [new Admission(serverLimits(limits), (line) => void lines.push(line)), lines];
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `Admission ${name}`, permissions: "none", fn });
}

test("refuses what is over maxConnections, and admits when another has left", () => {
  const [all, lines] = admission({ maxConnections: 1 });
  const leave = all.admit(new Peer("1.1.1.1"));
  const refusal =
    "Cannot accept: there are 1 connections, which is the limit (option maxConnections)";
  assertEquals(all.admit(new Peer("2.2.2.2")), refusal);
  assertEquals(all.admit(new Peer("2.2.2.2")), refusal);
  assertEquals(lines, [refusal], "told once");
  (leave as () => void)();
  assertEquals(typeof all.admit(new Peer("2.2.2.2")), "function");
});

test("refuses what is over maxConnectionsPerAddress, and takes other addresses", () => {
  const [all] = admission({ maxConnectionsPerAddress: 2 });
  const leave = all.admit(new Peer("1.1.1.1"));
  all.admit(new Peer("1.1.1.1"));
  assertEquals(
    all.admit(new Peer("1.1.1.1")),
    "Cannot accept: there are 2 connections from 1.1.1.1, and the limit is 2 (option maxConnectionsPerAddress)",
  );
  assertEquals(typeof all.admit(new Peer("1.1.1.2")), "function");
  (leave as () => void)();
  assertEquals(typeof all.admit(new Peer("1.1.1.1")), "function");
});

test("does not limit what has no address, nor any with a limit of 0", () => {
  const [all] = admission({ maxConnectionsPerAddress: 1 });
  for (let i = 0; i < 3; i++) assertEquals(typeof all.admit(new FakeSocket()), "function");
  const [open] = admission({ maxConnectionsPerAddress: 0 });
  for (let i = 0; i < 3; i++) assertEquals(typeof open.admit(new Peer("1.1.1.1")), "function");
});

Deno.test({
  name: "networkOf is the address of IPv4, and the first 64 bits of IPv6",
  permissions: "none",
  fn() {
    const of = (hostname: string) => networkOf({ transport: "tcp", hostname, port: 1 });
    assertEquals(of("10.0.0.1"), "10.0.0.1");
    assertEquals(of("::ffff:10.0.0.1"), "10.0.0.1");
    assertEquals(of("::1"), "0:0:0:0::/64");
    assertEquals(of("2001:db8::1"), "2001:db8:0:0::/64");
    assertEquals(of("2001:db8:0:0:ffff::"), "2001:db8:0:0::/64");
    assertEquals(of("2001:0DB8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    assertEquals(of("fe80::1%eth0"), "fe80:0:0:0::/64");
    assertEquals(networkOf({ transport: "unix", path: "/tmp/x" }), undefined);
    assertEquals(networkOf(undefined), undefined);
  },
});

Deno.test({
  name: "a server tells who is over maxConnectionsPerAddress, in both protocols, and serves on",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    await using server = await serve({ port: 0, limits: { maxConnectionsPerAddress: 1 } });
    {
      using first = await RawClient.connect(server.addr!);
      await first.call(frame({ opcode: PING }));
      using cafe = await RawClient.connect(server.addr!);
      await cafe.send(frame({ opcode: PING }));
      const [reply] = await cafe.readToEnd();
      assertEquals(wordOf(reply!), "ERR CONNECTION_LIMIT");
      assertStringIncludes(textOf(reply!.value), "(option maxConnectionsPerAddress)");
      using resp = await RawClient.connect(server.addr!);
      await resp.send(utf8("PING\r\n"));
      const text = textOf(await resp.readAll());
      assertStringIncludes(text, "-ERR max number of clients reached: ");
      assertStringIncludes(text, "1 connections from 127.0.0.1, and the limit is 1");
      assertEquals(server.services.counters.refused, 2);
    }
    await until(() => server.services.counters.connections === 0);
    await assertAlive(server.addr!);
  },
});
