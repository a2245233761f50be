import { afterRequest, isWanted, type ReplyMode } from "../../../lib/server/resp/reply_mode.ts";
import { assertEquals } from "@std/assert";

Deno.test({
  name: "to skip is to answer the present request, then one not, then all",
  permissions: "none",
  fn() {
    const modes: ReplyMode[] = ["skipNext"];
    for (let i = 0; i < 3; i++) modes.push(afterRequest(modes[i]!));
    assertEquals(modes, ["skipNext", "skip", "on", "on"]);
    assertEquals(modes.map(isWanted), [true, false, true, true]);
    assertEquals([afterRequest("off"), isWanted("off")], ["off", false]);
  },
});
