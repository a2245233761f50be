import { assertEquals } from "@std/assert";
import { Ids, isQuietId } from "../../lib/client/ids.ts";
import { HERMETIC } from "./peer.ts";

Deno.test("ids count from 0", HERMETIC, () => {
  const ids = new Ids();
  assertEquals([ids.next(new Set()), ids.next(new Set()), ids.next(new Set())], [0, 1, 2]);
});

Deno.test("ids go back to 0 after the lower half, past those in flight", HERMETIC, () => {
  const ids = new Ids(0x7fff_fffe);
  const taken = new Set([0x7fff_ffff, 0, 1, 3]);
  assertEquals([ids.next(taken), ids.next(taken), ids.next(taken)], [0x7fff_fffe, 2, 4]);
});

Deno.test("quiet ids have bit 31, and others have not", HERMETIC, () => {
  const ids = new Ids(0x7fff_ffff);
  const quiet = [ids.nextQuiet(), ids.nextQuiet()];
  assertEquals(quiet, [0x8000_0000, 0x8000_0001]);
  assertEquals([...quiet, ids.next(new Set())].map(isQuietId), [true, true, false]);
});
