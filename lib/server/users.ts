/**
 * Users, as a file has them.
 *
 * @module
 */

import { type PasswordHash, User, Users } from "../handler/mod.ts";
import { DEFAULT_USER } from "../model/mod.ts";
import { ALL_COMMANDS, categoriesOf } from "../resp/mod.ts";
import { parseHash } from "./password_hash.ts";

/** All commands, as rules name them: a user's `mayRun` takes the index of a command. */
const TABLE = ALL_COMMANDS.map((command) => ({
  name: command.name,
  categories: categoriesOf(command),
}));

const FIELDS: readonly string[] = ["password", "commands", "keys", "channels"];

/** CLIENT LIST and ACL LIST show names between spaces. */
const NAME = /^[^\s\p{C}]+$/u;

const UTF8 = new TextEncoder();

/**
 * Reads the users of a file, strictly: what is not known is an error.
 *
 * @throws {RangeError} The message says which user and which field is wrong, and shows no password.
 *
 * @example
 * ```ts
 * import { parseUsers } from "@cortado/cortado/server";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const users = parseUsers('{"users": {"default": {"commands": ["@read"], "keys": ["app:"]}}}');
 * assertEquals(users.everybody?.commands, ["@read"]);
 * assertThrows(() => parseUsers('{"users": {"ann": {}}}'), RangeError, "a password is missing");
 * ```
 */
export function parseUsers(text: string): Users {
  const file = recordOf("the file", jsonOf(text));
  checkNames("the file", file, ["users"]);
  const users = Object.entries(recordOf("users", file["users"]));
  if (users.length === 0) throw new RangeError("users: there are none");
  return new Users(users.map(([name, value]) => userOf(name, value)));
}

/** The message of JSON.parse repeats the text, which may be a hash. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError("the file is not JSON");
  }
}

function userOf(name: string, value: unknown): User {
  const where = `user ${JSON.stringify(name)}`;
  if (!NAME.test(name)) {
    throw new RangeError(`${where}: a name must have no spaces, and some letters`);
  }
  const fields = recordOf(where, value);
  checkNames(where, fields, FIELDS);
  const parts = {
    name,
    password: passwordOf(where, name, fields["password"]),
    commands: textsOf(`${where}, commands`, fields["commands"]).map((rule) => rule.toLowerCase()),
    keys: textsOf(`${where}, keys`, fields["keys"]).map((prefix) => UTF8.encode(prefix)),
    channels: textsOf(`${where}, channels`, fields["channels"]).map((prefix) =>
      UTF8.encode(prefix)
    ),
  };
  return within(`${where}, commands`, () => new User(parts, TABLE));
}

function passwordOf(where: string, name: string, value: unknown): PasswordHash | undefined {
  if (value === undefined && name === DEFAULT_USER) return undefined;
  if (value === undefined) throw new RangeError(`${where}: a password is missing`);
  if (typeof value !== "string") throw new RangeError(`${where}, password: it must be a text`);
  return within(`${where}, password`, () => parseHash(value));
}

/** Says where the error is. */
function within<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RangeError(`${where}: ${cause.message}`);
  }
}

function textsOf(where: string, value: unknown): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new RangeError(`${where}: it must be a list of texts`);
}

function recordOf(where: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new RangeError(`${where}: it must be an object in braces`);
}

function checkNames(
  where: string,
  record: Record<string, unknown>,
  known: readonly string[],
): void {
  const odd = Object.keys(record).find((name) => !known.includes(name));
  if (odd === undefined) return;
  throw new RangeError(
    `${where}: ${JSON.stringify(odd)} is not known; there is ${known.join(", ")}`,
  );
}
