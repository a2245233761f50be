import {
  checkExposure,
  isLoopback,
  parseUsers,
  ProtectedModeError,
  serve,
} from "../../lib/server/mod.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { textOf, utf8 } from "../codec/helpers.ts";
import { RawClient } from "./raw_client.ts";

Deno.test({
  name: "isLoopback knows this machine in each notation of an address",
  permissions: "none",
  fn() {
    const own = [
      ...["127.0.0.1", "127.0.0.0", "127.255.255.255", "127.1", "127.0.0.1.", "0x7f.1"],
      ...["::1", "0:0:0:0:0:0:0:1", "0000::0001", "::1%lo", "::ffff:127.0.0.1", "::FFFF:7f00:1"],
      ...["::ffff:127.9.8.7", "localhost", "LocalHost", "localhost."],
    ];
    assertEquals(own.filter((host) => !isLoopback(host)), []);
  },
});

Deno.test({
  name: "isLoopback takes whatever may be another machine for one",
  permissions: "none",
  fn() {
    const others = [
      ...[
        "0.0.0.0",
        "0",
        "128.0.0.1",
        "126.255.255.255",
        "10.0.0.1",
        "192.168.0.127",
        "127.0.0.256",
      ],
      ...[
        "::",
        "::2",
        "::ffff:0.0.0.0",
        "::ffff:128.0.0.1",
        "::127.0.0.1",
        "fe80::1%lo",
        "2001:db8::1",
      ],
      ...["", "a", "localhost.example", "notlocalhost", "127.0.0.1.example", "face.cafe"],
      ...["a@127.0.0.1", "127.0.0.1/a", "127.0.0.1:80", "127.0.0.1#a", " 127.0.0.1", "127.0.0.1 "],
      ...["[::1]", "１２７.0.0.1", "127。0.0.1", "ⓛocalhost"],
    ];
    assertEquals(others.filter(isLoopback), []);
  },
});

Deno.test({
  name:
    "checkExposure refuses an address of other machines without a password, unless told otherwise",
  permissions: "none",
  fn() {
    const open = { hostname: "::", port: 7, password: "", protectedMode: true };
    const error = assertThrows(() => checkExposure(open), ProtectedModeError);
    assertEquals(
      error.message,
      "Cannot listen on [::]:7: without a password whoever reaches it may do everything " +
        "(protected mode); give option password, or protectedMode: false",
    );
    checkExposure({ ...open, hostname: "::1" });
    checkExposure({ ...open, password: "secret" });
    checkExposure({ ...open, protectedMode: false });
  },
});

Deno.test({
  name: "serve refuses an address of other machines without a password, before it touches anything",
  permissions: "none",
  async fn() {
    for (const hostname of ["0.0.0.0", "::", "example.com"]) {
      await assertRejects(
        () => serve({ hostname, port: 0, data: { directory: "data" } }),
        ProtectedModeError,
        "(protected mode)",
      );
    }
    // The address is that of TCP; on a Unix socket the system says who may connect.
    const onUnix = { tcp: false, unix: "/x", hostname: "0.0.0.0" };
    await assertRejects(() => serve(onUnix), Deno.errors.NotCapable);
  },
});

/** Sends a line, and reads a reply of a known length. */
async function say(client: RawClient, line: string, reply: string): Promise<void> {
  await client.send(utf8(`${line}\r\n`));
  assertEquals(textOf(await client.readExactly(reply.length)), reply);
}

Deno.test({
  name: "a server that other machines reach keeps its password, until protected mode is off",
  permissions: { net: ["0.0.0.0", "127.0.0.1"] },
  async fn() {
    await using server = await serve({ hostname: "0.0.0.0", port: 0, password: "secret" });
    using client = await RawClient.connect({ ...server.addr!, hostname: "127.0.0.1" });
    await say(client, "AUTH secret", "+OK\r\n");
    await say(
      client,
      'CONFIG SET requirepass ""',
      "-ERR CONFIG SET failed (possibly related to argument 'requirepass') - other machines can " +
        "reach this server, and without a password they may do everything; set requirepass, or set " +
        "protected-mode to no\r\n",
    );
    await say(client, "CONFIG GET requirepass", "*2\r\n$11\r\nrequirepass\r\n$6\r\nsecret\r\n");
    await say(client, "CONFIG GET protected-mode", "*2\r\n$14\r\nprotected-mode\r\n$3\r\nyes\r\n");
    await say(client, 'CONFIG SET requirepass "" protected-mode no', "+OK\r\n");
    await say(client, "CONFIG GET protected-mode", "*2\r\n$14\r\nprotected-mode\r\n$2\r\nno\r\n");
  },
});

Deno.test({
  name: "a server on this machine only may lose its password, and one without protected mode too",
  permissions: { net: ["0.0.0.0", "127.0.0.1"] },
  async fn() {
    for (const options of [{}, { hostname: "0.0.0.0", protectedMode: false }]) {
      await using server = await serve({ port: 0, password: "secret", ...options });
      using client = await RawClient.connect({ ...server.addr!, hostname: "127.0.0.1" });
      await say(client, "AUTH secret", "+OK\r\n");
      await say(client, 'CONFIG SET requirepass ""', "+OK\r\n");
    }
  },
});

Deno.test({
  name: "serve refuses an open address with TLS too, before it reads the certificate",
  permissions: "none",
  async fn() {
    const files = { certificate: "none.pem", key: "none.key" };
    const tls = { ...files, hostname: "0.0.0.0" };
    await assertRejects(() => serve({ tcp: false, tls }), ProtectedModeError);
    await assertRejects(
      () => serve({ tcp: false, hostname: "::", tls: files }),
      ProtectedModeError,
    );
  },
});

Deno.test("protected mode leaves it to a file of users what everybody may do", {
  permissions: "none",
}, () => {
  const users = parseUsers('{"users": {"default": {"commands": ["ping"]}}}');
  const open = { hostname: "0.0.0.0", port: 1, password: "", protectedMode: true };
  checkExposure({ ...open, users });
  assertThrows(() => checkExposure({ ...open, users: undefined }), ProtectedModeError);
});
