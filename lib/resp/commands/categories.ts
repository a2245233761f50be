/**
 * The categories that commands belong to, by which COMMAND LIST picks them and rules of ACL name them.
 *
 * @module
 */

import type { Command, CommandFlag, CommandGroup } from "./command.ts";

/** The categories that can be, in the order in which Redis lists them. */
export const CATEGORIES: readonly string[] = [
  "keyspace",
  "read",
  "write",
  "string",
  "bitmap",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
];

/** What a group makes of its commands; containers are in no category of their group. */
const OF_GROUP: { readonly [group in CommandGroup]?: string } = {
  string: "string",
  bitmap: "bitmap",
  generic: "keyspace",
  connection: "connection",
  transactions: "transaction",
  scripting: "scripting",
};

/** What a flag makes of a command. */
const OF_FLAG: { readonly [flag in CommandFlag]?: readonly string[] } = {
  write: ["write"],
  readonly: ["read"],
  admin: ["admin", "dangerous"],
  pubsub: ["pubsub"],
  fast: ["fast"],
  blocking: ["blocking"],
};

/** The categories of a command, without `@`. */
export function categoriesOf(command: Command): string[] {
  const ofGroup = command.subcommands === undefined ? OF_GROUP[command.group] : undefined;
  const all = new Set<string | undefined>([
    ofGroup,
    ...(command.categories ?? []),
    ...command.flags.flatMap((flag) => OF_FLAG[flag] ?? []),
  ]);
  if (!all.has("fast")) all.add("slow");
  return CATEGORIES.filter((category) => all.has(category));
}
