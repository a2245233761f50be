import { killOf, typeOf } from "../../../lib/resp/commands/connection_kill.ts";
import { CommandError } from "../../../lib/model/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { raw } from "../helpers.ts";

function kill(line: string) {
  return killOf(["CLIENT", "KILL", ...line.split(" ")].map(raw));
}

const ANY = {
  op: "CLIENT_KILL",
  id: undefined,
  address: undefined,
  localAddress: undefined,
  type: undefined,
  user: undefined,
  skipsMe: true,
  one: false,
} as const;

Deno.test({
  name: "CLIENT KILL takes an address, or conditions",
  permissions: "none",
  fn() {
    assertEquals(kill("1.2.3.4:5"), { ...ANY, address: "1.2.3.4:5", skipsMe: false, one: true });
    assertEquals(kill("id 7 SKIPME no"), { ...ANY, id: 7, skipsMe: false });
    assertEquals(kill("ADDR a LADDR b TYPE PubSub USER default"), {
      ...ANY,
      address: "a",
      localAddress: "b",
      type: "pubsub",
      user: "default",
    });
  },
});

Deno.test({
  name: "CLIENT KILL refuses what is no condition",
  permissions: "none",
  fn() {
    for (const line of ["FOO x", "ID 1 ADDR", "skipme x", "type constructor"]) {
      assertThrows(() => kill(line), CommandError);
    }
  },
});

Deno.test({
  name: "a slave is a replica",
  permissions: "none",
  fn() {
    assertEquals([typeOf(raw("SLAVE")), typeOf(raw("replica"))], ["replica", "replica"]);
  },
});
