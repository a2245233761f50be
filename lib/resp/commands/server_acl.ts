/**
 * The command ACL: it tells of users; a file says who they are.
 *
 * @module
 */

import { badRequest, textOf } from "./arguments.ts";
import type { Command, CommandFlag } from "./command.ts";
import { container } from "./container.ts";

const FLAGS: readonly CommandFlag[] = ["noscript", "loading", "stale"];
const ADMIN_FLAGS: readonly CommandFlag[] = ["admin", ...FLAGS];

/** What all subcommands have in common. */
const SHARED = { group: "server", since: "6.0.0" } as const;

/** ACL, which only its subcommands give a meaning. */
export const ACL: Command = container({
  ...SHARED,
  name: "acl",
  summary: "Tells of users, and what they may do",
  subcommands: [
    {
      ...SHARED,
      name: "acl|cat",
      arity: -2,
      flags: FLAGS,
      summary: "Lists the categories of commands, or the commands in one",
      complexity: "O(N) with N commands",
      syntax: "CAT [category]",
      parse(args) {
        if (args.length > 3) {
          throw badRequest(
            "unknown subcommand or wrong number of arguments for 'CAT'. Try ACL HELP.",
          );
        }
        const category = args[2] === undefined ? undefined : textOf(args[2]).toLowerCase();
        return { op: "ACL_CAT", category };
      },
    },
    {
      ...SHARED,
      name: "acl|getuser",
      arity: 3,
      flags: ADMIN_FLAGS,
      summary: "Tells what a user may do",
      complexity: "O(N) with N rules",
      syntax: "GETUSER username",
      parse: (args) => ({ op: "ACL_GETUSER", name: textOf(args[2]!) }),
    },
    {
      ...SHARED,
      name: "acl|list",
      arity: 2,
      flags: ADMIN_FLAGS,
      summary: "Tells what each user may do, a line each, without passwords and hashes",
      complexity: "O(N) with N users",
      syntax: "LIST",
      parse: () => ({ op: "ACL_LIST" }),
    },
    {
      ...SHARED,
      name: "acl|users",
      arity: 2,
      flags: ADMIN_FLAGS,
      summary: "Lists the names of all users",
      complexity: "O(N) with N users",
      syntax: "USERS",
      parse: () => ({ op: "ACL_USERS" }),
    },
    {
      ...SHARED,
      name: "acl|whoami",
      arity: 2,
      flags: FLAGS,
      summary: "Gives the name of the connection's user",
      complexity: "O(1)",
      syntax: "WHOAMI",
      parse: () => ({ op: "ACL_WHOAMI" }),
    },
  ],
});
