/**
 * The settings of what is kept on disk.
 *
 * @module
 */

import type { FsyncMode } from "../store/mod.ts";
import {
  bytes,
  type Kind,
  MAX_INT,
  oneOf,
  type Setting,
  setting,
  SettingError,
  TEXT,
  wholeNumber,
  YES_OR_NO,
} from "./config_kinds.ts";

const FSYNC_WORDS = oneOf(["everysec", "always", "no"]);

/** Redis says `no` for never. */
const FSYNC: Kind<FsyncMode> = {
  parse(text) {
    const word = FSYNC_WORDS.parse(text);
    return word === "no" ? "never" : word;
  },
  format: (mode) => mode === "never" ? "no" : mode,
};

/** The settings of what is kept on disk. Without a journal they are kept, and change nothing. */
export const PERSISTENCE_SETTINGS: readonly Setting[] = [
  setting("appendonly", YES_OR_NO, ({ journal }) => journal !== undefined, ({ journal }, value) => {
    if (value === (journal !== undefined)) return;
    throw new SettingError(
      value
        ? "the server keeps nothing on disk (option data)"
        : "the server keeps its entries on disk until it ends (option data)",
    );
  }),
  setting(
    "appendfsync",
    FSYNC,
    ({ settings }) => settings.journal.fsync,
    ({ settings }, value) => settings.journal.fsync = value,
  ),
  setting(
    "auto-aof-rewrite-percentage",
    wholeNumber(0, MAX_INT),
    ({ settings }) => settings.journal.compactPercentage,
    ({ settings }, value) => settings.journal.compactPercentage = value,
  ),
  setting(
    "auto-aof-rewrite-min-size",
    bytes(),
    ({ settings }) => settings.journal.compactMinSize,
    ({ settings }, value) => settings.journal.compactMinSize = value,
  ),
  setting("dir", TEXT, ({ journal }) => journal?.directory ?? ""),
];
