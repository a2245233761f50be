/** The rules of the house that a program can check. */

import { VERSION } from "../lib/handler/mod.ts";
import { assert, assertEquals } from "@std/assert";

/** The folders of lib/, in the order in which a reader opens them. Imports point to earlier ones only. */
const FOLDERS: readonly string[] = [
  "bytes",
  "codec",
  "model",
  "cafe",
  "resp",
  "client",
  "store",
  "handler",
  "server",
  "inspect",
  "load",
  "console",
  "cli",
];

/** What a folder may not import although it comes earlier. */
const NOT_OF: Readonly<Record<string, readonly string[]>> = {
  store: ["resp", "client"],
  handler: ["bytes", "codec", "cafe", "resp", "client"],
  server: ["client"],
  console: ["client", "resp", "store", "handler", "server", "load"],
  cli: ["console"],
};

/** The folders that may touch the system. */
const WITH_SYSTEM: readonly string[] = ["client", "server", "cli"];

/** Libraries from outside. */
const PACKAGES: readonly string[] = ["@std/assert", "@std/bytes", "@std/cli/parse-args"];

/** Tests of what several files of lib/ do together: they mirror none of them. */
const MIRRORS_NONE: readonly string[] = [
  "tests/cafe/golden_test.ts",
  "tests/cafe/property_test.ts",
  "tests/cli/process_test.ts",
  "tests/client/abort_test.ts",
  "tests/client/calls_test.ts",
  "tests/client/corruption_test.ts",
  "tests/client/interleaving_test.ts",
  "tests/client/pipelining_test.ts",
  "tests/client/reconnect_test.ts",
  "tests/client/server_test.ts",
  "tests/codec/own_protocol_test.ts",
  "tests/house_test.ts",
  "tests/resp/property_test.ts",
  "tests/resp/redis_test.ts",
  "tests/server/few_descriptors_test.ts",
  "tests/server/foreign_test.ts",
  "tests/server/hostile_test.ts",
  "tests/server/not_stored_test.ts",
  "tests/server/resp/hostile_test.ts",
  "tests/server/shutdown_test.ts",
  "tests/server/slow_reader_test.ts",
  "tests/server/unsettled_test.ts",
  "tests/store/journal/crash_test.ts",
  "tests/store/journal/damage_test.ts",
  "tests/store/journal/faults_test.ts",
  "tests/store/journal/model_test.ts",
  "tests/store/journal/memory_disk_test.ts",
  "tests/store/memory_store_model_test.ts",
  "tests/store/store_reader_model_test.ts",
  "tests/store/store_reader_threads_test.ts",
];

/** Folders of tests that are about the whole: they mirror none either. */
const WHOLE: readonly string[] = [
  "tests/interop/",
  "tests/console/page/",
  "tests/docs/",
  "tests/differential/",
  "tests/durability/",
  "tests/endurance/",
  "tests/fuzz/",
];

const MAX_LINES = 400;

const ROOT = new URL("../", import.meta.url);

/** A source file of lib/ or tests/. */
interface Source {
  /** From the root of the project. */
  readonly path: string;
  /** The folder in lib/; empty for a file that is in lib/ itself. */
  readonly folder: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
}

const lib = sourcesUnder("lib/");
const tests = sourcesUnder("tests/");

function sourcesUnder(directory: string): Source[] {
  const sources: Source[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(new URL(directory, ROOT))) {
    const path = directory + name;
    if (isDirectory) sources.push(...sourcesUnder(`${path}/`));
    else if (name.endsWith(".ts")) {
      const text = Deno.readTextFileSync(new URL(path, ROOT));
      const folder = /^lib\/([^/]+)\//.exec(path)?.[1] ?? "";
      sources.push({ path, folder, text, code: withoutComments(text) });
    }
  }
  return sources.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Text without comments; strings stay, so that `//` in one does not end its line. */
function withoutComments(text: string): string {
  const token = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[^]*?\*\/|\/\/.*/g;
  return text.replace(token, (_, string: string | undefined) => string ?? "");
}

/** What a file imports or exports from, and imports as a type or by a call. */
function importsOf({ code }: Source): string[] {
  const from = /^\s*(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"/gm;
  const bare = /^\s*import\s*"([^"]+)"/gm;
  const called = /\bimport\(\s*"([^"]+)"\s*\)/g;
  return [from, bare, called].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, name]) => name!)
  );
}

/** The folder of lib/ that a relative import points to; empty for lib/ itself. */
function targetOf(source: Source, name: string): string {
  const target = new URL(name, new URL(source.path, ROOT)).href;
  const inLib = target.slice(new URL("lib/", ROOT).href.length);
  assert(target.startsWith(new URL("lib/", ROOT).href), `${source.path} imports ${name}`);
  return inLib.includes("/") ? inLib.split("/")[0]! : "";
}

/** Runs a check on each file of a list, and tells all that fail at once. */
function test(name: string, sources: readonly Source[], check: (source: Source) => string[]): void {
  Deno.test({
    name: `in the house, ${name}`,
    permissions: "none",
    fn() {
      assert(sources.length > 0);
      assertEquals(
        sources.flatMap((source) => check(source).map((line) => `${source.path}: ${line}`)),
        [],
      );
    },
  });
}

test("imports point to an earlier folder, or stay inside one", lib, (source) => {
  if (source.folder === "") return [];
  const rank = FOLDERS.indexOf(source.folder);
  if (rank < 0) return [`the folder is not in the list of folders`];
  return importsOf(source).filter((name) => name.startsWith(".")).filter((name) => {
    const target = targetOf(source, name);
    if (target === source.folder) return false;
    const at = FOLDERS.indexOf(target);
    if (at < 0 || at >= rank || NOT_OF[source.folder]?.includes(target)) return true;
    // The files of a journal are frames; entries in memory know nothing of that.
    return source.folder === "store" && target === "cafe" && !source.path.includes("/journal/");
  }).map((name) => `imports ${name}`);
});

test(
  "nothing else is imported than the few packages, and what is part of Deno",
  lib,
  (source) =>
    importsOf(source)
      .filter((name) => !/^(\.|node:)/.test(name) && !PACKAGES.includes(name))
      .map((name) => `imports ${name}`),
);

test(
  "only lib/server listens",
  lib,
  ({ folder, code }) =>
    folder !== "server" && /\bDeno\.listen/.test(code) ? ["names Deno.listen"] : [],
);

test(
  "only lib/client, lib/server and lib/cli touch the system",
  lib,
  ({ folder, code }) =>
    !WITH_SYSTEM.includes(folder) && /\bDeno\./.test(code) ? ["names Deno"] : [],
);

test(`no file of lib has over ${MAX_LINES} lines`, lib, ({ text }) => {
  const lines = text.split("\n").length - 1;
  return lines > MAX_LINES ? [`has ${lines} lines`] : [];
});

test(
  "nothing is `any`, and no check is turned off without a reason",
  [...lib, ...tests],
  (source) => {
    const failures: string[] = [];
    for (const [at, line] of source.text.split("\n").entries()) {
      // The pattern would find itself in this file.
      if (source.path === "tests/house_test.ts") break;
      if (/@ts-(ignore|nocheck|expect-error)\s*$/.test(line)) {
        failures.push(
          `line ${at + 1}: ${line}`,
        );
      }
      const ignore = /deno-lint-ignore(?:-file)?\b([^]*)/.exec(line)?.[1];
      if (ignore !== undefined && !ignore.includes("--")) failures.push(`line ${at + 1}: ${line}`);
    }
    const lines = source.text.split("\n");
    for (const [at, line] of withoutStrings(source.text).split("\n").entries()) {
      if (!/(:|<|,|\||\bas)\s*any\b/.test(line)) continue;
      if (!lines[at - 1]?.includes("no-explicit-any --")) failures.push(`line ${at + 1}: ${line}`);
    }
    return failures;
  },
);

/** Text with comments and strings blanked, line by line. */
function withoutStrings(text: string): string {
  const token =
    /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\*[^]*?\*\/|\/\/.*|\/(?![*/ ])(?:[^/\\\n]|\\.)+\/[a-z]*/g;
  return text.replace(token, (found) => found.replaceAll(/[^\n]/g, " "));
}

test("each test mirrors a file of lib", tests, ({ path }) => {
  if (!path.endsWith("_test.ts")) return [];
  if (MIRRORS_NONE.includes(path) || WHOLE.some((folder) => path.startsWith(folder))) return [];
  const mirrored = path.replace(/^tests\//, "lib/").replace(/_test\.ts$/, ".ts");
  return lib.some((source) => source.path === mirrored) ? [] : [`there is no ${mirrored}`];
});

Deno.test({
  name: "in the house, each folder of lib has a mod.ts, and is in the list of folders",
  permissions: "none",
  fn() {
    const folders = new Set(lib.map(({ folder }) => folder).filter((folder) => folder !== ""));
    for (const folder of folders) {
      assert(FOLDERS.includes(folder), folder);
      assert(lib.some(({ path }) => path === `lib/${folder}/mod.ts`), folder);
    }
  },
});

Deno.test({
  name: "in the house, the version of the server is the one of deno.json",
  permissions: { read: true },
  fn() {
    const config: unknown = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
    assertEquals((config as { version: string }).version, VERSION);
  },
});

/** Prose for readers: README.md and docs/. */
function pages(): { readonly path: string; readonly text: string }[] {
  const docs = [...Deno.readDirSync(new URL("docs/", ROOT))].map(({ name }) => `docs/${name}`);
  return ["README.md", ...docs.filter((path) => path.endsWith(".md")).sort()]
    .map((path) => ({ path, text: Deno.readTextFileSync(new URL(path, ROOT)) }));
}

/** Markdown without what stands between fences and ticks, which shows links and does not make them. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^```[^]*?^```$|`[^`\n]*`/gm, "");
}

function exists(url: URL): boolean {
  try {
    Deno.statSync(url);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    throw cause;
  }
}

Deno.test({
  name: "in the house, relative links in README.md and docs/ lead to files",
  permissions: { read: true },
  fn() {
    const broken = pages().flatMap(({ path, text }) =>
      [...withoutCode(text).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
        .map(([, link]) => link!)
        .filter((link) => !/^[a-z]+:/.test(link) && !exists(new URL(link, new URL(path, ROOT))))
        .map((link) => `${path}: ${link}`)
    );
    assertEquals(broken, []);
  },
});

Deno.test({
  name: "in the house, no placeholder stands in README.md, docs/ or lib/",
  permissions: { read: true },
  fn() {
    const placeholder = /\b(TODO|FIXME|XXX|TBD|[A-Z]+_TABLE)\b/;
    const found = [...pages(), ...lib].flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, at) =>
        placeholder.test(line) ? [`${path}:${at + 1}: ${line}`] : []
      )
    );
    assertEquals(found, []);
  },
});
