/** The example of docs/adding_a_command.md: it compiles, and does what the page says. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Patch, patched, patchesIn } from "./patch.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE = new URL("docs/adding_a_command.md", ROOT);

/** Copies a folder of the project. */
function copy(folder: string, to: string): void {
  Deno.mkdirSync(`${to}/${folder}`);
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory) copy(path, to);
    else Deno.copyFileSync(new URL(path, ROOT), `${to}/${path}`);
  }
}

/** Makes a change in a copy of the project. */
function apply(patch: Patch, directory: string): void {
  const path = `${directory}/${patch.path}`;
  Deno.writeTextFileSync(path, patched(Deno.readTextFileSync(path), patch));
}

Deno.test("the command of docs/adding_a_command.md compiles, and does what the page says", async () => {
  const page = Deno.readTextFileSync(PAGE);
  const directory = Deno.makeTempDirSync();
  try {
    copy("lib", directory);
    for (const file of ["deno.json", "deno.lock"]) {
      Deno.copyFileSync(new URL(file, ROOT), `${directory}/${file}`);
    }
    const patches = patchesIn(page);
    assertEquals(patches.length, page.split("```diff").length - 1);
    for (const patch of patches) apply(patch, directory);
    const example = /```ts ignore\n([^]*?)```/.exec(page)![1]!;
    Deno.writeTextFileSync(`${directory}/example.ts`, example);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--check", "--frozen", "example.ts"],
      cwd: directory,
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a change is refused where the file is not what the page shows", {
  permissions: "none",
}, () => {
  const patch = { path: "lib/a.ts", lines: [" one", "+two", " three"] };
  assertEquals(patched("zero\none\nthree\n", patch), "zero\none\ntwo\nthree\n");
  assertThrows(() => patched("one\nfour\n", patch), RangeError, "lib/a.ts");
  assertThrows(() => patched("one\nthree\none\nthree\n", patch), RangeError, "once");
});
