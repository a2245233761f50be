/**
 * The commands about how entries are kept.
 *
 * @module
 */

import type { ObjectRequest } from "../../model/mod.ts";
import { type Command, keySpec, SECOND_KEY } from "./command.ts";
import { container } from "./container.ts";

/** A subcommand of OBJECT. */
function about(about: ObjectRequest["about"], since: string, summary: string): Command {
  return {
    name: `object|${about}`,
    arity: 3,
    flags: ["readonly"],
    keys: SECOND_KEY,
    keySpecs: [keySpec(SECOND_KEY, "RO")],
    group: "generic",
    tips: ["nondeterministic_output"],
    since,
    summary,
    complexity: "O(1)",
    syntax: `${about.toUpperCase()} key`,
    parse: (args) => ({ op: "OBJECT", key: args[2]!, about }),
  };
}

/** The commands about how entries are kept. */
export const OBJECT_COMMANDS: readonly Command[] = [
  container({
    name: "object",
    group: "generic",
    since: "2.2.3",
    summary: "Tells how an entry is kept",
    subcommands: [
      about("encoding", "2.2.3", "Tells the form of a key's value: int, embstr or raw"),
      about("freq", "4.0.0", "How often a key is accessed, 0 to 255, under an LFU policy"),
      about("idletime", "2.2.3", "Tells for how many seconds a key was not accessed"),
      about("refcount", "2.2.3", "Tells how many keys share a value: small integers are shared"),
    ],
  }),
];
