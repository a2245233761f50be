/** The script of the console's page, made of lib/console: `deno task console` writes it. */

const ROOT = new URL("../../../", import.meta.url);

/** The script that the server has. */
export const SCRIPT: URL = new URL("lib/server/admin/page/console.js", ROOT);

/** What begins it. */
export function headOf(deno: string): string {
  return `// Made from lib/console by \`deno task console\`, with Deno ${deno}; not to be edited.\n`;
}

/** What the sources give; a sentence that says why, when there is no bundler. */
export async function bundle(): Promise<{ readonly script: string } | { readonly why: string }> {
  const file = await Deno.makeTempFile({ suffix: ".js" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--platform", "browser", "--minify", "--no-lock"],
        ...["--config", "lib/console/bundle.json", "--output", file, "lib/console/mod.ts"],
      ],
      cwd: ROOT,
      stdin: "null",
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) return { why: new TextDecoder().decode(stderr).trim() };
    return { script: headOf(Deno.version.deno) + await Deno.readTextFile(file) };
  } finally {
    await Deno.remove(file);
  }
}

if (import.meta.main) {
  const made = await bundle();
  if ("why" in made) throw new Error(made.why);
  await Deno.writeTextFile(SCRIPT, made.script);
}
