/** docs/resp.md and the table of commands say the same. */

import { assert, assertEquals } from "@std/assert";
import { type Command, COMMANDS } from "../../lib/resp/mod.ts";
import { EFFECTIVE_SETTINGS } from "../../lib/handler/config_effective.ts";
import { corrected, markdown, PAGE, tables, tablesIn } from "./command_tables.ts";

const ALL: readonly Command[] = COMMANDS.flatMap((one) => [one, ...(one.subcommands ?? [])]);

Deno.test("docs/resp.md has the commands of the table, as the table says", {
  permissions: { read: ["docs"] },
}, () => {
  const found = tablesIn(Deno.readTextFileSync(PAGE));
  for (const [title, rows] of tables()) {
    assertEquals(found.get(title), rows, `It should be:\n\n${markdown()}\n`);
  }
});

Deno.test("docs/resp.md is corrected where its tables are wrong, and nowhere else", {
  permissions: { read: ["docs"] },
}, () => {
  const page = Deno.readTextFileSync(PAGE);
  const wrong = page.replace("### Strings", "### Strange");
  assert(wrong !== page);
  assertEquals(tablesIn(corrected(wrong)), tablesIn(page));
  assertEquals(page.split("<!-- commands")[0], corrected(wrong).split("<!-- commands")[0]);
});

Deno.test("every command says how it is written, what it does and what it costs", {
  permissions: "none",
}, () => {
  const own = (name: string) => name.slice(name.indexOf("|") + 1).toUpperCase();
  const containers: readonly Command[] = COMMANDS.filter(({ subcommands, arity }) =>
    subcommands && arity !== -1
  );
  const wrong = ALL.filter((one) => !containers.includes(one)).filter(
    ({ name, syntax, summary, complexity, since }) =>
      !(syntax === own(name) || syntax?.startsWith(`${own(name)} `)) ||
      !/^[A-Z][^]*[^.]$/.test(summary) || complexity === "" || !/^\d+\.\d+\.\d+$/.test(since),
  );
  assertEquals(wrong.map(({ name }) => name), []);
});

Deno.test("docs/resp.md names every parameter of CONFIG that does something", {
  permissions: { read: ["docs"] },
}, () => {
  const page = Deno.readTextFileSync(PAGE);
  const named = new Set([...page.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!));
  assertEquals(EFFECTIVE_SETTINGS.map(({ name }) => name).filter((name) => !named.has(name)), []);
});

/** Where texts of errors begin with a word of their own: not in the handlers, whose errors have a code. */
const ERROR_SOURCES: readonly string[] = ["lib/resp/reply_encoder.ts", "lib/server/refuse.ts"];

/** What the texts of replies begin with that are errors, in the program. */
function firstWords(): Set<string> {
  const ofConversation = [...Deno.readDirSync("lib/server/resp")].map(({ name }) =>
    `lib/server/resp/${name}`
  );
  const words = [...ERROR_SOURCES, ...ofConversation].flatMap((path) =>
    [...Deno.readTextFileSync(path).matchAll(/(?<=["'`])([A-Z]{3,})(?= [\w$])/g)].map(([word]) =>
      word
    )
  );
  const commands = new Set(COMMANDS.map(({ name }) => name.toUpperCase()));
  return new Set(words.filter((word) => !commands.has(word)));
}

Deno.test("docs/resp.md names the first words of all errors, and no others", {
  permissions: { read: ["docs", "lib"] },
}, () => {
  const [, section] = /^## 7\. Errors\n([^]*?)^## 8/m.exec(Deno.readTextFileSync(PAGE))!;
  const named = [...section!.matchAll(/`([A-Z]+)`/g)].map(([, word]) => word!);
  assertEquals(named, [...firstWords()].sort());
});

/** How many words a request has at least, as its syntax says. */
function leastWords(syntax: string): number {
  let least = syntax;
  // What is optional is left out, innermost first; of alternatives the first is taken.
  while (/\[[^[\]]*\]/.test(least)) least = least.replaceAll(/ ?\[[^[\]]*\]/g, "");
  least = least.replaceAll(/\(([^ )]+)[^)]*\)/g, "$1");
  return least.replaceAll(/ \|(?: [^ ]+(?: [a-z][^ |]*)?)?/g, "").split(" ").length;
}

Deno.test("how a command is written has as many arguments as its arity says", {
  permissions: "none",
}, () => {
  const wrong = ALL.filter(({ name, syntax, arity }) => {
    if (syntax === undefined) return false;
    const words = leastWords(syntax) + (name.includes("|") ? 1 : 0);
    return words !== Math.abs(arity) || (arity > 0 && syntax.includes("["));
  });
  assertEquals(wrong.map(({ name, arity, syntax }) => `${name} ${arity}: ${syntax}`), []);
});
