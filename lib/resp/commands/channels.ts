/**
 * The commands of channels.
 *
 * @module
 */

import { badRequest, textOf } from "./arguments.ts";
import type { Command, CommandFlag } from "./command.ts";
import { container } from "./container.ts";

const FLAGS: readonly CommandFlag[] = ["pubsub", "noscript", "loading", "stale"];
const TELLING: readonly CommandFlag[] = ["pubsub", "loading", "stale"];

const PUBSUB_SUBCOMMANDS: readonly Command[] = [
  {
    name: "pubsub|channels",
    arity: -2,
    flags: TELLING,
    group: "pubsub",
    since: "2.8.0",
    summary: "Tells which channels have subscribers, or those of them that match a pattern",
    complexity: "O(N) with N channels that have subscribers",
    syntax: "CHANNELS [pattern]",
    parse(args) {
      if (args.length > 3) {
        throw badRequest(
          `unknown subcommand or wrong number of arguments for '${
            textOf(args[1]!)
          }'. Try PUBSUB HELP.`,
        );
      }
      return { op: "PUBSUB_CHANNELS", pattern: args[2] };
    },
  },
  {
    name: "pubsub|numsub",
    arity: -2,
    flags: TELLING,
    group: "pubsub",
    since: "2.8.0",
    summary: "Tells how many subscribers channels have, without those of patterns",
    complexity: "O(N) with N channels asked for",
    syntax: "NUMSUB [channel ...]",
    parse: (args) => ({ op: "PUBSUB_NUMSUB", channels: args.slice(2) }),
  },
  {
    name: "pubsub|numpat",
    arity: 2,
    flags: TELLING,
    group: "pubsub",
    since: "2.8.0",
    summary: "Tells how many patterns have subscribers",
    complexity: "O(1)",
    syntax: "NUMPAT",
    parse: () => ({ op: "PUBSUB_NUMPAT" }),
  },
];

/** The commands of channels. */
export const CHANNEL_COMMANDS: readonly Command[] = [
  {
    name: "subscribe",
    arity: -2,
    flags: FLAGS,
    group: "pubsub",
    since: "2.0.0",
    summary: "Asks for the messages of channels",
    complexity: "O(N) with N channels asked for",
    syntax: "SUBSCRIBE channel [channel ...]",
    parse: (args) => ({ op: "SUBSCRIBE_TO", kind: "channel", names: args.slice(1) }),
  },
  {
    name: "unsubscribe",
    arity: -1,
    flags: FLAGS,
    group: "pubsub",
    since: "2.0.0",
    summary: "Asks for the messages of channels no more; of all where none is named",
    complexity: "O(N) with N channels",
    syntax: "UNSUBSCRIBE [channel ...]",
    parse: (args) => ({ op: "UNSUBSCRIBE_FROM", kind: "channel", names: args.slice(1) }),
  },
  {
    name: "psubscribe",
    arity: -2,
    flags: FLAGS,
    group: "pubsub",
    since: "2.0.0",
    summary: "Asks for the messages of all channels that match patterns",
    complexity: "O(N) with N patterns asked for",
    syntax: "PSUBSCRIBE pattern [pattern ...]",
    parse: (args) => ({ op: "SUBSCRIBE_TO", kind: "pattern", names: args.slice(1) }),
  },
  {
    name: "punsubscribe",
    arity: -1,
    flags: FLAGS,
    group: "pubsub",
    since: "2.0.0",
    summary: "Asks for the messages of patterns no more; of all where none is named",
    complexity: "O(N) with N patterns",
    syntax: "PUNSUBSCRIBE [pattern ...]",
    parse: (args) => ({ op: "UNSUBSCRIBE_FROM", kind: "pattern", names: args.slice(1) }),
  },
  {
    name: "publish",
    arity: 3,
    flags: ["pubsub", "loading", "stale", "fast"],
    group: "pubsub",
    since: "2.0.0",
    summary: "Sends a message to all subscribers of a channel",
    complexity: "O(N+M) with N subscribers of the channel and M patterns",
    syntax: "PUBLISH channel message",
    parse: (args) => ({ op: "PUBLISH", channel: args[1]!, message: args[2]! }),
  },
  container({
    name: "pubsub",
    group: "pubsub",
    since: "2.8.0",
    summary: "Tells about channels and their subscribers",
    subcommands: PUBSUB_SUBCOMMANDS,
  }),
];
