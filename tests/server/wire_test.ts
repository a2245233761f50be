import { isLocal, NO_WIRE } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";

Deno.test({
  name: "a peer is on this machine when its address is, or it has a Unix socket",
  permissions: "none",
  fn() {
    const local = (address: string) => isLocal({ ...NO_WIRE, address });
    assertEquals(["127.0.0.1:5", "127.9.9.9:5", "[::1]:5"].map(local), [true, true, true]);
    assertEquals(["10.0.0.1:5", "[::2]:5", "?:0", "1.127.0.1:5"].map(local), Array(4).fill(false));
    assertEquals(isLocal({ ...NO_WIRE, isUnix: true }), true);
  },
});
