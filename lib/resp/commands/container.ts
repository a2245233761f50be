/**
 * Commands that have subcommands.
 *
 * @module
 */

import type { Command } from "./command.ts";

/** What a container is made of: it has no use of its own, and needs no parser. */
export interface ContainerParts
  extends Pick<Command, "name" | "group" | "since" | "summary">, Partial<Pick<Command, "flags">> {
  /** Its subcommands; HELP is added to them. */
  readonly subcommands: readonly Command[];
}

/** A container: a command that only its subcommands give a meaning, HELP among them. */
export function container(parts: ContainerParts): Command {
  return {
    flags: [],
    ...parts,
    arity: -2,
    complexity: "that of its subcommands",
    // Without the name of a subcommand it is refused for its arity: this is never asked.
    parse: () => ({ op: "COMMAND_HELP", container: parts.name }),
    subcommands: [...parts.subcommands, helpOf(parts)],
  };
}

/** The subcommand that tells of the others. It belongs to what they belong to, where they all do. */
export function helpOf(
  { name, group, since, subcommands }: Omit<ContainerParts, "summary">,
): Command {
  const categories = subcommands[0]?.categories;
  return {
    name: `${name}|help`,
    arity: 2,
    flags: ["loading", "stale"],
    group,
    ...(categories === undefined ? {} : { categories }),
    since,
    summary: "Tells what the subcommands are",
    complexity: "O(1)",
    syntax: "HELP",
    parse: () => ({ op: "COMMAND_HELP", container: name }),
  };
}
