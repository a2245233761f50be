import { flagOf } from "../../lib/cli/options.ts";
import { DEFAULT_LIMITS } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

function textOf(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

Deno.test({
  name: "docs/limits.md has each limit once, with its flag and its default",
  permissions: { read: true },
  fn() {
    const rows = [...textOf("docs/limits.md").matchAll(/^\| `(\w+)` +\| `(--[\w-]+)` +\| (\d+)/gm)];
    const found = rows.map(([, name, flag, value]) => [name!, flag!, Number(value)]);
    const wanted = Object.entries(DEFAULT_LIMITS).map(([name, value]) => [
      name,
      flagOf(name),
      value,
    ]);
    assertEquals(found.sort(), wanted.sort());
  },
});

Deno.test({
  name: "README.md names the flag of each limit",
  permissions: { read: true },
  fn() {
    const readme = textOf("README.md");
    assertEquals(
      Object.keys(DEFAULT_LIMITS).map(flagOf).filter((flag) => !readme.includes(`\`${flag}\``)),
      [],
    );
  },
});

Deno.test({
  name: "each limit has an error, or a reason for none, in docs/limits.md",
  permissions: { read: true },
  fn() {
    const [, told = ""] = textOf("docs/limits.md").split("## What the client is told");
    // These are no limits to be over: they say how the server goes on by itself.
    const silent = ["maxBatch", "idleTimeout", "shutdownTimeout"];
    const missing = Object.keys(DEFAULT_LIMITS).filter((name) => !told.includes(`\`${name}\``));
    assertEquals(missing.filter((name) => !silent.includes(name)), []);
  },
});
