/**
 * What the user of a connection may do.
 *
 * @module
 */

import type { User } from "../../handler/mod.ts";
import { ALL_COMMANDS, keysAmong, type RespCommand, type RespParsedCall } from "../../resp/mod.ts";
import type { RespConversation } from "./conversation.ts";

const NO_KEY = "NOPERM this user has no permissions to access one of the keys used as arguments";
const NO_CHANNEL =
  "NOPERM this user has no permissions to access one of the channels used as arguments";

/** What the bytes of a request are, besides its keys, that permissions are about. */
interface Reach {
  /** Whether all keys are concerned. */
  readonly allKeys?: true;
  /** A pattern of keys. */
  readonly pattern?: (args: RespCommand) => Uint8Array;
  /** Channels, or patterns of channels. */
  readonly channels?: (args: RespCommand) => readonly Uint8Array[];
  /** Whether those are patterns. */
  readonly arePatterns?: true;
}

const NOTHING = new Uint8Array(0);

/** The commands that concern keys which are not among their arguments, and channels. */
const REACHES: Readonly<Record<string, Reach>> = {
  keys: { pattern: (args) => args[1]! },
  scan: { pattern: matchOf },
  randomkey: { allKeys: true },
  flushdb: { allKeys: true },
  flushall: { allKeys: true },
  swapdb: { allKeys: true },
  publish: { channels: (args) => args.slice(1, 2) },
  subscribe: { channels: (args) => args.slice(1) },
  psubscribe: { channels: (args) => args.slice(1), arePatterns: true },
};

const REACH_OF: readonly (Reach | undefined)[] = ALL_COMMANDS.map(({ name }) =>
  Object.hasOwn(REACHES, name) ? REACHES[name] : undefined
);

/** Why the user may not send a request, in the words of Redis; nothing when it is allowed. */
export function permissionRefusal(
  { user }: RespConversation,
  { command, args }: RespParsedCall,
): string | undefined {
  if (user === undefined || command.flags.includes("no_auth")) return undefined;
  if (!user.mayRun(command.index)) {
    return `NOPERM this user has no permissions to run the '${command.name}' command`;
  }
  const reach = REACH_OF[command.index];
  if (!keysAmong(command, args).every(({ key }) => key === undefined || user.mayUseKey(key))) {
    return NO_KEY;
  }
  if (reach === undefined) return undefined;
  if (reach.allKeys && !user.mayUseAllKeys) return NO_KEY;
  if (reach.pattern && !user.mayUseKey(certainPart(reach.pattern(args)))) return NO_KEY;
  return reach.channels && !mayUseChannels(user, reach, args) ? NO_CHANNEL : undefined;
}

function mayUseChannels(user: User, { channels, arePatterns }: Reach, args: RespCommand): boolean {
  return channels!(args).every((name) =>
    user.mayUseChannel(arePatterns ? certainPart(name) : name)
  );
}

/** The pattern of a SCAN: the last MATCH counts; without one it is about all keys. */
function matchOf(args: RespCommand): Uint8Array {
  let pattern: Uint8Array = NOTHING;
  for (let at = 2; at + 1 < args.length; at += 2) {
    if (String.fromCharCode(...args[at]!.subarray(0, 6)).toLowerCase() === "match") {
      pattern = args[at + 1]!;
    }
  }
  return pattern;
}

/** The bytes with a meaning in patterns: `*`, `?`, `[` and the backslash. */
const SPECIAL: readonly number[] = [0x2a, 0x3f, 0x5b, 0x5c];

/** What everything begins with that a pattern matches. */
function certainPart(pattern: Uint8Array): Uint8Array {
  const end = pattern.findIndex((byte) => SPECIAL.includes(byte));
  return end === -1 ? pattern : pattern.subarray(0, end);
}
