/** Servers with users whose passwords are compared at once: no hash is worked out. */

import { type PasswordHash, type Services, User, Users } from "../../lib/handler/mod.ts";
import { ALL_COMMANDS, categoriesOf } from "../../lib/resp/mod.ts";
import { type Limits, newServices, NO_WIRE, Session, type Wire } from "../../lib/server/mod.ts";
import { Talker } from "./resp/talkers.ts";

const TABLE = ALL_COMMANDS.map((command) => ({
  name: command.name,
  categories: categoriesOf(command),
}));

/** A "hash" that is the password. */
export function plain(password: string): PasswordHash {
  const bytes = new TextEncoder().encode(password);
  return { cost: 1, blockSize: 1, parallelization: 1, salt: bytes, hash: bytes };
}

/** What a test says of a user; what is missing is everything. */
export interface GuestParts {
  readonly password?: string;
  readonly commands?: readonly string[];
  readonly keys?: readonly string[];
  readonly channels?: readonly string[];
}

/** A user. */
export function guest(name: string, parts: GuestParts): User {
  const { password, commands = ["@all"], keys = [""], channels = [""] } = parts;
  const utf8 = new TextEncoder();
  return new User({
    name,
    password: password === undefined ? undefined : plain(password),
    commands,
    keys: keys.map((prefix) => utf8.encode(prefix)),
    channels: channels.map((prefix) => utf8.encode(prefix)),
  }, TABLE);
}

/** The services of a server with users. */
export function guarded(
  users: Readonly<Record<string, GuestParts>>,
  limits: Limits = {},
): Services {
  return newServices({
    limits,
    now: () => 1_000_000,
    users: new Users(Object.entries(users).map(([name, parts]) => guest(name, parts))),
    checkPassword: (password, { hash }) => password.toHex() === hash.toHex(),
  });
}

/** A client of RESP. */
export function talkerOf(services: Services, wire: Wire = NO_WIRE): Talker {
  return new Talker(new Session(services, wire));
}
