/**
 * CONFIG: reading and changing the settings.
 *
 * @module
 */

import {
  CommandError,
  type ConfigGetRequest,
  type ConfigSetRequest,
  globMatches,
  list,
  ok,
  type Response,
  text,
} from "../model/mod.ts";
import { type Setting, SettingError } from "./config_kinds.ts";
import { EFFECTIVE_SETTINGS } from "./config_effective.ts";
import { STORED_SETTINGS } from "./config_stored.ts";
import type { Peer, Services } from "./context.ts";
import type { Handlers } from "./handlers.ts";

const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  [...EFFECTIVE_SETTINGS, ...STORED_SETTINGS].map((setting) => [setting.name, setting]),
);

const UTF8 = new TextEncoder();

/** The settings whose names match, name and value by turns. */
function get({ patterns }: ConfigGetRequest, { services }: Peer): Response {
  const found = [...SETTINGS.values()].filter((setting) =>
    patterns.some((pattern) => isAsked(setting, pattern))
  );
  return list(found.flatMap(({ name, get }) => [text(name), text(get(services))]));
}

function isAsked({ name, hidden }: Setting, pattern: Uint8Array): boolean {
  if (hidden) return new TextDecoder().decode(pattern).toLowerCase() === name;
  return globMatches(pattern, UTF8.encode(name), true);
}

/** A setting that is to be changed. */
interface Change {
  readonly setting: Setting;
  readonly value: string;
  /** Whether it is another value than the present one, which is always taken. */
  readonly isNew: boolean;
  readonly undo: (() => void) | undefined;
}

/** Changes settings, all or none. */
function set({ pairs }: ConfigSetRequest, { services }: Peer): Response {
  const changes = pairs.map(([name, value]) => changeOf(name, value, services));
  for (const [at, { setting: { name } }] of changes.entries()) {
    if (changes.findIndex(({ setting }) => setting.name === name) < at) {
      throw failure(name, "duplicate parameter");
    }
  }
  carryOut(changes, services);
  return ok();
}

function changeOf(name: string, value: string, services: Services): Change {
  const setting = SETTINGS.get(name.toLowerCase());
  if (setting === undefined) {
    const message = `Unknown option or number of arguments for CONFIG SET - '${name}'`;
    throw new CommandError("BAD_REQUEST", message);
  }
  if (setting.set === undefined) throw failure(setting.name, "can't set immutable config");
  const isNew = value !== setting.get(services);
  return { setting, value, isNew, undo: setting.keep?.(services) };
}

function carryOut(changes: readonly Change[], services: Services): void {
  const wanted = changes.filter(({ isNew }) => isNew);
  let name = "";
  try {
    for (const { setting, value } of wanted) {
      name = setting.name;
      setting.set!(services, value);
    }
    for (const { setting } of wanted) {
      name = setting.name;
      setting.check?.(services);
    }
    for (const { setting } of wanted) {
      name = setting.name;
      setting.apply?.(services); // Only `port` may fail here: nothing else is to be undone.
    }
  } catch (cause) {
    for (const { undo } of wanted) undo?.();
    if (!(cause instanceof SettingError)) throw cause;
    throw failure(name, cause.message);
  }
}

function failure(name: string, reason: string): CommandError {
  const message = `CONFIG SET failed (possibly related to argument '${name}') - ${reason}`;
  return new CommandError("BAD_REQUEST", message);
}

/** The handlers of CONFIG. */
export const CONFIG_HANDLERS: Handlers<ConfigGetRequest | ConfigSetRequest> = {
  CONFIG_GET: get,
  CONFIG_SET: set,
};
