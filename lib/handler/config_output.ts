/**
 * The setting `client-output-buffer-limit`.
 *
 * @module
 */

import { type Kind, parseBytes, SettingError } from "./config_kinds.ts";

const CLASSES: readonly string[] = ["normal", "slave", "replica", "pubsub"];

/** A time has 31 bits of milliseconds. */
const MAX_SECONDS = 2_147_483;

/** What Redis shows of the clients that have no such limit here. */
const OTHERS = "normal 0 0 0 slave 268435456 67108864 60";

/** The limits of what is held for a slow subscriber. */
export interface OutputLimits {
  /** How many bytes are held; more than a number has here for any. */
  readonly hard: number;
  /** How many may be held for a longer time; 0 for any. */
  readonly soft: number;
  /** How long that time is. */
  readonly seconds: number;
}

/**
 * Classes of clients, each with a hard limit, a soft one, and the seconds that the soft one is allowed.
 * Only those of `pubsub` mean something here: they are about the messages that are held for a slow
 * subscriber.
 */
export const OUTPUT_LIMITS: Kind<OutputLimits> = {
  parse(text) {
    const words = text.split(/\s+/);
    if (words.length % 4 !== 0) {
      throw new SettingError("Wrong number of arguments in buffer limit configuration.");
    }
    const limits = new Map<string, OutputLimits>();
    for (let at = 0; at < words.length; at += 4) {
      const [name, limit] = groupOf(words.slice(at, at + 4));
      limits.set(name, limit);
    }
    const limit = limits.get("pubsub");
    if (limit === undefined) throw new SettingError("Only the limit of pubsub can be changed.");
    return { ...limit, hard: limit.hard === 0 ? Number.MAX_SAFE_INTEGER : limit.hard };
  },
  format({ hard, soft, seconds }) {
    return `${OTHERS} pubsub ${hard === Number.MAX_SAFE_INTEGER ? 0 : hard} ${soft} ${seconds}`;
  },
};

function groupOf(words: readonly string[]): [name: string, limits: OutputLimits] {
  const [name = "", hard = "", soft = "", seconds = ""] = words;
  if (!CLASSES.includes(name.toLowerCase())) {
    throw new SettingError("Invalid client class specified in buffer limit configuration.");
  }
  try {
    const limits = { hard: parseBytes(hard), soft: parseBytes(soft), seconds: Number(seconds) };
    if (/^\d+$/.test(seconds) && limits.seconds <= MAX_SECONDS) return [name.toLowerCase(), limits];
  } catch {
    // It is said below.
  }
  throw new SettingError(
    "Error in hard, soft or soft_seconds setting in buffer limit configuration.",
  );
}
