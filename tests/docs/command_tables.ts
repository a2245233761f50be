/**
 * The tables of commands in docs/resp.md, made from the table of commands. To write them there:
 * `deno run --allow-read=. --allow-write=docs tests/docs/command_tables.ts && deno fmt docs/resp.md`.
 */

import { type Command, type CommandGroup, COMMANDS } from "../../lib/resp/mod.ts";

/** The page. */
export const PAGE = new URL("../../docs/resp.md", import.meta.url);

/** The groups, in the order of the page. */
const TITLES: Readonly<Record<CommandGroup, string>> = {
  connection: "Connection",
  string: "Strings",
  bitmap: "Bits",
  generic: "Keys",
  pubsub: "Channels",
  transactions: "Transactions",
  server: "Server",
  scripting: "Functions",
};

const HEADER = ["command", "what it does", "cost"];

/** A row of a table: how a command is written, what it does, what its cost grows with. */
function rowOf({ name, syntax, summary, complexity }: Command): string[] {
  const [container, own] = name.split("|");
  const written = syntax ?? (own ?? name).toUpperCase();
  const full = own === undefined ? written : `${container!.toUpperCase()} ${written}`;
  return [`\`${full.replaceAll("|", "\\|")}\``, summary, complexity];
}

/** A command, or what stands for it: its subcommands without HELP, and itself if it has a use of its own. */
function rowsOf(command: Command): string[][] {
  const { subcommands, arity } = command;
  if (subcommands === undefined) return [rowOf(command)];
  const rows = subcommands.filter(({ name }) => !name.endsWith("|help")).map(rowOf);
  return arity === -1 ? [rowOf(command), ...rows] : rows;
}

/** The tables, by their titles. */
export function tables(): Map<string, string[][]> {
  const all = new Map<string, string[][]>();
  for (const [group, title] of Object.entries(TITLES)) {
    const rows = COMMANDS.filter((command) => command.group === group).flatMap(rowsOf);
    all.set(title, [HEADER, ...rows]);
  }
  return all;
}

/** The tables in Markdown. */
export function markdown(): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [...tables()].map(([title, [header, ...rows]]) =>
    [`### ${title}`, "", line(header!), line(header!.map(() => "---")), ...rows.map(line)].join(
      "\n",
    )
  ).join("\n\n");
}

/** Where the tables begin and end in the page. */
const PLACE = /(?<=<!-- commands: [^>]*-->\n)[^]*?(?=<!-- end of commands -->)/;

function placeIn(page: string): string {
  const place = PLACE.exec(page)?.[0];
  if (place === undefined) throw new RangeError("The page has no place for the commands");
  return place;
}

/** The tables of a page, by their titles. */
export function tablesIn(page: string): Map<string, string[][]> {
  const all = new Map<string, string[][]>();
  for (const part of placeIn(page).split(/^### /m).slice(1)) {
    const [title, ...lines] = part.split("\n");
    const rows = lines.filter((line) => line.startsWith("|") && !/^\|[ |-]+$/.test(line));
    const cells = rows.map((row) => row.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));
    all.set(title!, cells);
  }
  return all;
}

/** The page with the tables as they should be. */
export function corrected(page: string): string {
  placeIn(page); // It throws when there is none.
  return page.replace(PLACE, () => `\n${markdown()}\n\n`);
}

if (import.meta.main) {
  Deno.writeTextFileSync(PAGE, corrected(Deno.readTextFileSync(PAGE)));
}
