/**
 * The setting `client-output-buffer-limit`.
 *
 * @module
 */

import { type Kind, parseBytes, SettingError } from "./config_kinds.ts";

const CLASSES: readonly string[] = ["normal", "slave", "replica", "pubsub"];

/** What Redis shows of the clients that have no such limit here. */
const OTHERS = "normal 0 0 0 slave 268435456 67108864 60";

/**
 * Classes of clients, each with a hard limit, a soft one, and the seconds that the soft one is allowed.
 * Only the hard limit of `pubsub` means something here: it is the number of bytes of messages that are
 * held for a slow subscriber.
 */
export const OUTPUT_LIMITS: Kind<number> = {
  parse(text) {
    const words = text.split(/\s+/);
    if (words.length % 4 !== 0) {
      throw new SettingError("Wrong number of arguments in buffer limit configuration.");
    }
    const limits = new Map<string, number>();
    for (let at = 0; at < words.length; at += 4) {
      const [name, hard] = groupOf(words.slice(at, at + 4));
      limits.set(name, hard);
    }
    const limit = limits.get("pubsub");
    if (limit === undefined) throw new SettingError("Only the limit of pubsub can be changed.");
    return limit === 0 ? Number.MAX_SAFE_INTEGER : limit;
  },
  format: (limit) => `${OTHERS} pubsub ${limit === Number.MAX_SAFE_INTEGER ? 0 : limit} 0 0`,
};

function groupOf(words: readonly string[]): [name: string, hard: number] {
  const [name = "", hard = "", soft = "", seconds = ""] = words;
  if (!CLASSES.includes(name.toLowerCase())) {
    throw new SettingError("Invalid client class specified in buffer limit configuration.");
  }
  try {
    parseBytes(soft);
    if (/^\d+$/.test(seconds)) return [name.toLowerCase(), parseBytes(hard)];
  } catch {
    // It is said below.
  }
  throw new SettingError(
    "Error in hard, soft or soft_seconds setting in buffer limit configuration.",
  );
}
