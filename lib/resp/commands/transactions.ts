/**
 * The commands of transactions.
 *
 * @module
 */

import { ALL_KEYS, type Command, type CommandFlag, keySpec } from "./command.ts";

const FLAGS: readonly CommandFlag[] = ["noscript", "loading", "stale", "fast", "allow_busy"];

/** The commands of transactions. */
export const TRANSACTION_COMMANDS: readonly Command[] = [
  {
    name: "multi",
    arity: 1,
    flags: FLAGS,
    group: "transactions",
    since: "1.2.0",
    summary: "Begins a transaction: the commands that follow are queued",
    complexity: "O(1)",
    syntax: "MULTI",
    parse: () => ({ op: "MULTI" }),
  },
  {
    name: "exec",
    arity: 1,
    flags: ["noscript", "loading", "stale", "skip_slowlog"],
    group: "transactions",
    since: "1.2.0",
    summary: "Carries out the commands of a transaction, with no others between them",
    complexity: "That of the commands together",
    syntax: "EXEC",
    parse: () => ({ op: "EXEC" }),
  },
  {
    name: "discard",
    arity: 1,
    flags: FLAGS,
    group: "transactions",
    since: "2.0.0",
    summary: "Ends a transaction without carrying out its commands",
    complexity: "O(N) with N commands in the transaction",
    syntax: "DISCARD",
    parse: () => ({ op: "DISCARD" }),
  },
  {
    name: "watch",
    arity: -2,
    flags: FLAGS,
    keys: ALL_KEYS,
    keySpecs: [keySpec(ALL_KEYS, "RO")],
    group: "transactions",
    since: "2.2.0",
    summary: "Makes the next transaction do nothing when one of the keys has changed by then",
    complexity: "O(1) for each key",
    syntax: "WATCH key [key ...]",
    parse: (args) => ({ op: "WATCH", keys: args.slice(1) }),
  },
  {
    name: "unwatch",
    arity: 1,
    flags: FLAGS,
    group: "transactions",
    since: "2.2.0",
    summary: "Forgets which keys are watched",
    complexity: "O(N) with N watched keys",
    syntax: "UNWATCH",
    parse: () => ({ op: "UNWATCH" }),
  },
];
