import { assert, assertEquals } from "@std/assert";
import { run } from "../cli/helpers.ts";

const PAGE = new URL("../../docs/debugging.md", import.meta.url);

/** A command that is given its input, and what the page says that it prints. */
const EXAMPLE =
  /```sh\n(?<before>[^`]*?)deno run -P main\.ts (?<words>inspect[^\n]*?) <<'END'\n(?<input>[^`]*?)END\n```\n\n```text\n(?<output>[^`]*)```/g;

Deno.test(
  "docs/debugging.md shows what inspect prints",
  { permissions: { read: ["docs"] } },
  async () => {
    const examples = [...Deno.readTextFileSync(PAGE).matchAll(EXAMPLE)];
    assert(examples.length >= 5);
    for (const { groups } of examples) {
      const { words = "", input = "", output = "" } = groups!;
      const { stdout, stderr } = await run(words.split(" "), { stdin: input });
      assertEquals((stdout + stderr).trimEnd(), output.trimEnd(), words);
    }
  },
);
