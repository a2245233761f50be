/**
 * Settings of Redis that mean nothing here.
 *
 * Tools and tests read them, or set them and expect to read them again. They are kept and change nothing.
 *
 * @module
 */

import {
  bytes,
  BYTES_OR_PERCENT,
  type Kind,
  MAX_INT,
  oneOf,
  type Setting,
  SettingError,
  TEXT,
  wholeNumber,
  YES_OR_NO,
} from "./config_kinds.ts";

/** When a file of the entries would be written: seconds and changes, by turns. */
const SAVE: Kind<string> = {
  parse(text) {
    if (text === "" || /^\d+ \d+( \d+ \d+)*$/.test(text)) return text;
    throw new SettingError("Invalid save parameters");
  },
  format: (value) => value,
};

const COUNT = wholeNumber(0, MAX_INT);
const SIGNED = wholeNumber(-MAX_INT - 1, MAX_INT);

/** A setting with the value that Redis 7.0 begins with. */
interface Stored {
  /** Its name, and others for the same. */
  readonly names: readonly string[];
  readonly kind: Kind<unknown>;
  readonly initial: string;
  readonly immutable?: boolean;
  readonly hidden?: boolean;
}

/** Settings that may be changed. */
const CHANGEABLE: readonly (readonly [names: string, Stored["kind"], initial: string])[] = [
  // The disk.
  ["no-appendfsync-on-rewrite", YES_OR_NO, "no"],
  ["aof-use-rdb-preamble", YES_OR_NO, "yes"],
  ["save", SAVE, ""],
  ["stop-writes-on-bgsave-error", YES_OR_NO, "yes"],
  ["rdbcompression", YES_OR_NO, "yes"],
  // Replicas.
  ["repl-backlog-size", bytes(1), "1048576"],
  ["repl-timeout", COUNT, "60"],
  ["repl-ping-replica-period repl-ping-slave-period", COUNT, "10"],
  ["replica-serve-stale-data slave-serve-stale-data", YES_OR_NO, "yes"],
  ["replica-read-only slave-read-only", YES_OR_NO, "yes"],
  ["replica-priority slave-priority", COUNT, "100"],
  ["min-replicas-max-lag min-slaves-max-lag", COUNT, "10"],
  // Memory.
  ["maxmemory-clients", BYTES_OR_PERCENT, "0"],
  ["maxmemory-eviction-tenacity", wholeNumber(0, 100), "10"],
  ["lazyfree-lazy-eviction", YES_OR_NO, "no"],
  ["lazyfree-lazy-expire", YES_OR_NO, "no"],
  ["lazyfree-lazy-server-del", YES_OR_NO, "no"],
  ["lazyfree-lazy-user-del", YES_OR_NO, "no"],
  ["lazyfree-lazy-user-flush", YES_OR_NO, "no"],
  ["activedefrag", YES_OR_NO, "no"],
  ["activerehashing", YES_OR_NO, "yes"],
  // Types that are not there.
  ["hash-max-listpack-entries hash-max-ziplist-entries", COUNT, "512"],
  ["hash-max-listpack-value hash-max-ziplist-value", COUNT, "64"],
  ["list-max-listpack-size list-max-ziplist-size", SIGNED, "-2"],
  ["list-compress-depth", COUNT, "0"],
  ["set-max-intset-entries", COUNT, "512"],
  ["zset-max-listpack-entries zset-max-ziplist-entries", COUNT, "128"],
  ["zset-max-listpack-value zset-max-ziplist-value", COUNT, "64"],
  // The server.
  ["active-expire-effort", wholeNumber(1, 10), "1"],
  ["busy-reply-threshold lua-time-limit", COUNT, "5000"],
  ["dynamic-hz", YES_OR_NO, "yes"],
  ["hz", COUNT, "10"],
  ["latency-tracking", YES_OR_NO, "yes"],
  ["loglevel", oneOf(["debug", "verbose", "notice", "warning"]), "notice"],
  ["tcp-keepalive", COUNT, "300"],
];

/** Settings that may not. */
const IMMUTABLE: readonly (readonly [names: string, initial: string])[] = [
  ["appendfilename", "appendonly.aof"],
  ["cluster-enabled", "no"],
  ["daemonize", "no"],
  ["dbfilename", "dump.rdb"],
  ["io-threads", "1"],
  ["logfile", ""],
  ["pidfile", ""],
  ["rdbchecksum", "yes"],
  ["replicaof slaveof", ""],
  ["supervised", "no"],
  ["tcp-backlog", "511"],
];

const STORED: readonly Stored[] = [
  ...CHANGEABLE.map(([names, kind, initial]) => ({ names: names.split(" "), kind, initial })),
  ...IMMUTABLE.map(([names, initial]) => {
    return { names: names.split(" "), kind: TEXT, initial, immutable: true };
  }),
  { names: ["key-load-delay"], kind: SIGNED, initial: "0", hidden: true },
];

function settingsOf({ names, kind, initial, immutable, hidden }: Stored): Setting[] {
  const [first] = names;
  return names.map((name) => ({
    name,
    ...(hidden && { hidden }),
    get: ({ settings }) => settings.stored.get(first!) ?? initial,
    ...(!immutable && {
      keep({ settings }) {
        const value = settings.stored.get(first!) ?? initial;
        return () => void settings.stored.set(first!, value);
      },
      set: ({ settings }, text) => void settings.stored.set(first!, kind.format(kind.parse(text))),
    }),
  }));
}

/** The settings that are kept and change nothing. */
export const STORED_SETTINGS: readonly Setting[] = STORED.flatMap(settingsOf);
