/**
 * The settings that change what the server does, under the names that Redis has for them.
 *
 * @module
 */

import {
  bytes,
  type Kind,
  MAX_INT,
  MAX_INTEGER,
  oneOf,
  type Setting,
  setting,
  SettingError,
  TEXT,
  wholeNumber,
  YES_OR_NO,
} from "./config_kinds.ts";
import { OUTPUT_LIMITS } from "./config_output.ts";
import { PERSISTENCE_SETTINGS } from "./config_persistence.ts";
import type { Services } from "./context.ts";
import { freeMemory } from "./eviction.ts";
import { formatEventFlags, parseEventFlags } from "./keyspace_events.ts";
import { isProtected } from "./protected_mode.ts";
import { EVICTION_POLICIES } from "./settings.ts";

const SECOND = 1_000;
const MEBIBYTE = 1_024 ** 2;

const EVENTS: Kind<number> = {
  parse(text) {
    const flags = parseEventFlags(text);
    if (flags !== undefined) return flags;
    throw new SettingError("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
  },
  format: formatEventFlags,
};

const PERCENTILES: Kind<readonly number[]> = {
  parse(text) {
    const percents = text.split(/\s+/).filter((word) => word !== "").map(Number);
    if (percents.every((percent) => percent >= 0 && percent <= 100)) return percents;
    throw new SettingError("Invalid latency-tracking-info-percentiles parameters");
  },
  format: (percents) => percents.join(" "),
};

/** Settings are texts: a byte that is not UTF-8 came as U+FFFD, and no client could give the password again. */
const PASSWORD: Kind<string> = {
  parse(text) {
    if (!text.includes("\ufffd")) return text;
    throw new SettingError("the password must be UTF-8 text without U+FFFD");
  },
  format: (text) => text,
};

/** Limits of the server. */
const LIMITS: readonly Setting[] = [
  setting(
    "maxclients",
    wholeNumber(1, 2 ** 32 - 1),
    ({ limits }) => limits.maxConnections,
    ({ limits }, value) => limits.maxConnections = value,
  ),
  setting(
    "timeout",
    wholeNumber(0, MAX_INT),
    ({ limits }) => Math.ceil(limits.idleTimeout / SECOND),
    ({ limits }, value) => limits.idleTimeout = value * SECOND,
  ),
  setting(
    "proto-max-bulk-len",
    bytes(MEBIBYTE),
    ({ limits }) => limits.maxBulkSize,
    ({ limits }, value) => limits.maxBulkSize = value,
  ),
  setting(
    "client-query-buffer-limit",
    bytes(MEBIBYTE),
    ({ limits }) => limits.maxTransactionSize,
    ({ limits }, value) => limits.maxTransactionSize = value,
  ),
  setting(
    "client-output-buffer-limit",
    OUTPUT_LIMITS,
    ({ limits }) => ({
      hard: limits.maxOutputSize,
      soft: limits.softOutputSize,
      seconds: Math.ceil(limits.softOutputTime / SECOND),
    }),
    ({ limits }, { hard, soft, seconds }) => {
      limits.maxOutputSize = hard;
      limits.softOutputSize = soft;
      limits.softOutputTime = seconds * SECOND;
    },
  ),
];

/** What becomes of entries when there are too many. */
const MEMORY: readonly Setting[] = [
  {
    ...setting(
      "maxmemory",
      bytes(),
      ({ settings }) => settings.maxMemory,
      ({ settings }, value) => settings.maxMemory = value,
    ),
    apply: (services) => void freeMemory(services),
  },
  setting(
    "maxmemory-policy",
    oneOf(EVICTION_POLICIES),
    ({ settings }) => settings.maxMemoryPolicy,
    ({ settings }, value) => settings.maxMemoryPolicy = value,
  ),
  setting(
    "maxmemory-samples",
    wholeNumber(1, MAX_INT),
    ({ settings }) => settings.maxMemorySamples,
    ({ settings }, value) => settings.maxMemorySamples = value,
  ),
  setting(
    "lfu-log-factor",
    wholeNumber(0, MAX_INT),
    ({ databases }) => databases.accesses.logFactor,
    ({ databases }, value) => databases.accesses.logFactor = value,
  ),
  setting(
    "lfu-decay-time",
    wholeNumber(0, MAX_INT),
    ({ databases }) => databases.accesses.decayTime,
    ({ databases }, value) => databases.accesses.decayTime = value,
  ),
];

/** What is kept and published of requests and keys. */
const MONITORING: readonly Setting[] = [
  setting(
    "slowlog-log-slower-than",
    wholeNumber(-1, MAX_INTEGER),
    ({ settings }) => settings.slowerThan,
    ({ settings }, value) => settings.slowerThan = value,
  ),
  setting(
    "slowlog-max-len",
    wholeNumber(0, MAX_INTEGER),
    ({ settings }) => settings.slowLogLength,
    ({ settings }, value) => settings.slowLogLength = value,
  ),
  setting(
    "latency-monitor-threshold",
    wholeNumber(0, MAX_INTEGER),
    ({ settings }) => settings.latencyThreshold,
    ({ settings }, value) => settings.latencyThreshold = value,
  ),
  setting(
    "latency-tracking-info-percentiles",
    PERCENTILES,
    ({ settings }) => settings.percentiles,
    ({ settings }, value) => settings.percentiles = value,
  ),
  setting(
    "notify-keyspace-events",
    EVENTS,
    ({ events }) => events.flags,
    ({ events }, value) => events.flags = value,
  ),
];

/** Two names for how many replicas a write needs. */
const REPLICAS: readonly Setting[] = ["min-replicas-to-write", "min-slaves-to-write"].map((name) =>
  setting(
    name,
    wholeNumber(0, MAX_INT),
    ({ settings }) => settings.minReplicas,
    ({ settings }, value) => settings.minReplicas = value,
  )
);

const ACCESS: readonly Setting[] = [
  {
    ...setting(
      "requirepass",
      PASSWORD,
      ({ settings }) => settings.password,
      ({ settings, users }, value) => {
        // Empty is what it is then: that is no change.
        if (users !== undefined && value !== "") {
          throw new SettingError("the users of the server come from a file");
        }
        settings.password = value;
      },
    ),
    check: checkProtection,
  },
  {
    ...setting(
      "protected-mode",
      YES_OR_NO,
      ({ settings }) => settings.protectedMode,
      ({ settings }, value) => settings.protectedMode = value,
    ),
    check: checkProtection,
  },
  setting("enable-debug-command", TEXT, ({ settings }) => settings.debugAccess),
];

/** What was refused at the start stays refused: an address that other machines reach, open to everybody. */
function checkProtection({ settings, users, system }: Services): void {
  if (
    !settings.protectedMode || !system.isExposed ||
    isProtected({ password: settings.password, users })
  ) return;
  throw new SettingError(
    "other machines can reach this server, and without a password they may do everything; " +
      "set requirepass, or set protected-mode to no",
  );
}

/** Where the server listens. */
const LISTENING: readonly Setting[] = [
  {
    ...setting(
      "port",
      wholeNumber(0, 65_535),
      ({ system }) => system.port,
      ({ settings }, value) => settings.wantedPort = value,
    ),
    apply: listen,
  },
  setting("bind", TEXT, ({ system }) => system.hostname, ({ system }, value) => {
    if (value === system.hostname) return;
    throw new SettingError("Failed to bind to specified addresses.");
  }),
  setting("unixsocket", TEXT, ({ system }) => system.unix),
  setting("databases", wholeNumber(1, MAX_INT), ({ databases }) => databases.count),
];

function listen({ settings, system }: Services): void {
  if (settings.wantedPort === system.port) return;
  try {
    system.listen(settings.wantedPort);
  } catch (cause) {
    system.log(
      `cannot listen on port ${settings.wantedPort}: ${
        cause instanceof Error ? cause.message : cause
      }`,
    );
    throw new SettingError("Unable to listen on this port. Check server logs.");
  }
}

/** The settings that change something. */
export const EFFECTIVE_SETTINGS: readonly Setting[] = [
  ...LIMITS,
  ...MEMORY,
  ...MONITORING,
  ...REPLICAS,
  ...ACCESS,
  ...LISTENING,
  ...PERSISTENCE_SETTINGS,
];
