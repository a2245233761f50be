/**
 * What a session asks of a command for each request, worked out once for each command.
 *
 * @module
 */

import { ALL_COMMANDS, type Command, type KnownCommand } from "../../resp/mod.ts";

/** What a session asks of a command. */
export interface CommandTraits {
  /** Whether it is EXEC, which is refused for what it would carry out. */
  readonly isExec: boolean;
  /** Whether it is DEBUG, which not every client may use. */
  readonly isDebug: boolean;
  /** Whether it needs no password. */
  readonly isOpen: boolean;
  /** Whether it cannot stand in a transaction. */
  readonly isOutside: boolean;
  /** Whether a transaction queues it; the others are carried out at once. */
  readonly isQueued: boolean;
  /** Whether it can end a transaction, and is let through when the memory is used up. */
  readonly isEnd: boolean;
  /** Whether it may need memory. */
  readonly needsMemory: boolean;
  /** Whether it writes entries. */
  readonly writes: boolean;
  /** Whether it may write more than one, which are to be seen changed together. */
  readonly isCompound: boolean;
  /** Whether it uses keys or channels, which a client that monitors may not. */
  readonly usesData: boolean;
  /** Whether a client that is subscribed may send it in RESP2. */
  readonly isForSubscribers: boolean;
  /** Whether MONITOR does not show it. */
  readonly isHidden: boolean;
}

const NOT_QUEUED: readonly string[] = ["exec", "discard", "multi", "watch", "quit", "reset"];

const ENDS: readonly string[] = ["exec", "discard", "quit", "reset"];

const FOR_SUBSCRIBERS: readonly string[] = [
  "ping",
  "subscribe",
  "psubscribe",
  "unsubscribe",
  "punsubscribe",
  "quit",
  "reset",
];

function workOut({ name, flags, keys }: Command): CommandTraits {
  const writes = flags.includes("write");
  const hasOneKey = keys !== undefined && keys.first === keys.last;
  return {
    isExec: name === "exec",
    isDebug: name === "debug",
    isOpen: flags.includes("no_auth"),
    isOutside: flags.includes("no_multi"),
    isQueued: !NOT_QUEUED.includes(name),
    isEnd: ENDS.includes(name),
    needsMemory: flags.includes("denyoom"),
    writes,
    isCompound: name === "exec" || writes && !hasOneKey,
    usesData: writes || flags.includes("readonly") || name === "publish",
    isForSubscribers: FOR_SUBSCRIBERS.includes(name),
    isHidden: flags.includes("admin") || flags.includes("skip_monitor"),
  };
}

const TRAITS: readonly CommandTraits[] = ALL_COMMANDS.map(workOut);

/** What a session asks of a command. */
export function traitsOf({ index }: KnownCommand): CommandTraits {
  return TRAITS[index]!;
}
