/**
 * The handlers of ACL.
 *
 * @module
 */

import { User, type Users } from "../../handler/mod.ts";
import { type AclRequest, DEFAULT_USER } from "../../model/mod.ts";
import {
  ALL_COMMANDS,
  CATEGORIES,
  categoriesOf,
  RESP_NULL,
  respArray,
  respBulk,
  respError,
  respMap,
  respSimple,
  type RespValue,
} from "../../resp/mod.ts";
import type { RespConversation } from "./conversation.ts";
import type { ConnectionHandlers } from "./handlers.ts";

/** What stands in the place of a hash: Redis shows them, and who sees one can try passwords at home. */
const HIDDEN = "#(redacted)";

/** The handlers of ACL. */
export const ACL_HANDLERS: ConnectionHandlers<AclRequest> = {
  ACL_WHOAMI: (_, { user }) => respBulk(user?.name ?? DEFAULT_USER),
  ACL_USERS: (_, conversation) => bulks(usersOf(conversation).map(({ name }) => name)),
  ACL_LIST: (_, conversation) =>
    bulks(usersOf(conversation).map((user) => lineOf(user, hasPassword(user, conversation)))),
  ACL_GETUSER({ name }, conversation) {
    const user = usersOf(conversation).find((user) => user.name === name);
    return user === undefined ? RESP_NULL : describe(user, hasPassword(user, conversation));
  },
  ACL_CAT({ category }) {
    if (category === undefined) return bulks(CATEGORIES);
    if (!CATEGORIES.includes(category)) return respError(`ERR Unknown category '${category}'`);
    const inIt = ALL_COMMANDS.filter((command) => categoriesOf(command).includes(category));
    return bulks(inIt.map(({ name }) => name));
  },
};

/** Everybody, where no users are named. */
const ONLY_USER = new User({
  name: DEFAULT_USER,
  password: undefined,
  commands: ["@all"],
  keys: [new Uint8Array(0)],
  channels: [new Uint8Array(0)],
}, ALL_COMMANDS.map(({ name }) => ({ name, categories: [] })));

function usersOf(
  { services: { users } }: { readonly services: { readonly users: Users | undefined } },
): readonly User[] {
  return users?.all ?? [ONLY_USER];
}

function hasPassword(user: User, { services }: RespConversation): boolean {
  return user.password !== undefined || (user === ONLY_USER && services.settings.password !== "");
}

/** A user as a line of a file of Redis would be. */
function lineOf(user: User, locked: boolean): string {
  const { keys, channels, commands } = partsOf(user);
  const parts = ["user", user.name, "on", locked ? HIDDEN : "nopass", keys, channels, commands];
  return parts.filter((part) => part !== "").join(" ");
}

function describe(user: User, locked: boolean): RespValue {
  const { keys, channels, commands } = partsOf(user);
  return respMap([
    [respBulk("flags"), respArray(["on", ...locked ? [] : ["nopass"]].map(respSimple))],
    [respBulk("passwords"), bulks(locked ? ["(redacted)"] : [])],
    [respBulk("commands"), respBulk(commands)],
    [respBulk("keys"), respBulk(keys)],
    [respBulk("channels"), respBulk(channels)],
    [respBulk("selectors"), respArray([])],
  ]);
}

/** What a user may do, in the words of Redis. */
function partsOf(
  { keys, channels, commands }: User,
): Record<"keys" | "channels" | "commands", string> {
  const rules = commands.map((rule) => rule.startsWith("-") ? rule : `+${rule}`);
  return {
    keys: keys.map((prefix) => `~${patternOf(prefix)}`).join(" "),
    channels: channels.map((prefix) => `&${patternOf(prefix)}`).join(" "),
    commands: (rules[0] === "+@all" ? rules : ["-@all", ...rules]).join(" "),
  };
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The pattern of all that begins with a prefix. */
function patternOf(prefix: Uint8Array): string {
  return `${UTF8.decode(prefix).replaceAll(/[*?[\\\]]/g, "\\$&")}*`;
}

function bulks(texts: readonly string[]): RespValue {
  return respArray(texts.map((text) => respBulk(text)));
}
