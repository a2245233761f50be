import { forbiddenBy } from "../../lib/server/cafe_permissions.ts";
import { parseUsers } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { PLAIN } from "../cafe/helpers.ts";
import { utf8 } from "../codec/helpers.ts";

Deno.test("the sections of STATS that show what others sent take the permission for SLOWLOG", {
  permissions: "none",
}, () => {
  const why = (commands: readonly string[], section: string) => {
    const users = parseUsers(JSON.stringify({ users: { default: { commands } } }));
    return forbiddenBy(users.everybody!, { ...PLAIN, op: "STATS", section: utf8(section) });
  };
  const refused = (section: string) =>
    `Cannot carry out STATS: user default may not see section ${section}`;
  assertEquals(["", "errors"].map((section) => why(["info"], section)), [undefined, undefined]);
  assertEquals(why(["info"], "slowlog"), refused("slowlog"));
  assertEquals(why(["info"], "hotkeys"), refused("hotkeys"));
  assertEquals(why(["info", "slowlog|get"], "slowlog"), undefined);
});
