/** docs/security.md and the program say the same. */

import { parseUsers } from "../../lib/server/mod.ts";
import { DEFAULT_LIMITS } from "../../lib/server/mod.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";

const PAGE = new URL("../../docs/security.md", import.meta.url);

Deno.test("docs/security.md has a file of users that a server takes", {
  permissions: { read: ["docs"] },
}, () => {
  const [, json] = /^```json\n([^]*?)^```/m.exec(Deno.readTextFileSync(PAGE))!;
  const users = parseUsers(json!);
  assertEquals(users.all.map(({ name }) => name), ["alice", "admin", "default"]);
  assertEquals(users.everybody?.name, "default");
});

Deno.test("docs/security.md says how many logins may fail", {
  permissions: { read: ["docs"] },
}, () => {
  const text = Deno.readTextFileSync(PAGE);
  assertStringIncludes(text, `\`maxAuthFailures\` failures (${DEFAULT_LIMITS.maxAuthFailures},`);
});
