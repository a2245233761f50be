import { assert, assertEquals } from "@std/assert";
import { bundle, headOf, SCRIPT } from "./bundle.ts";

const kept = await Deno.readTextFile(SCRIPT);
const isOfThisDeno = kept.startsWith(headOf(Deno.version.deno));
const made = isOfThisDeno ? await bundle() : { why: "it was made with another Deno" };
const why = "why" in made ? ` (ignored: ${made.why.split("\n")[0]})` : "";

Deno.test({
  name: `the script of the console is what its sources give; else run: deno task console${why}`,
  ignore: "why" in made,
  fn() {
    assert("script" in made);
    assert(made.script === kept, "run: deno task console");
  },
});

Deno.test("the script of the console asks for no module of Node", { permissions: "none" }, () => {
  assertEquals(/\bfrom\s*"|\brequire\(|\bimport\(/.exec(kept)?.[0], undefined);
});
