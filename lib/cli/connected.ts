/**
 * A command that talks to a server, as a command of the command line.
 *
 * @module
 */

import type { ClientCommand } from "./client_commands.ts";
import { type Command, command } from "./command.ts";
import { DEFAULT_TIMEOUT } from "../client/options.ts";
import {
  addressFor,
  type Connect,
  CONNECTION_OPTIONS,
  passwordOf,
  protectionOf,
  userOf,
} from "./connection.ts";
import type { Io } from "./io.ts";
import { withTls } from "./tls.ts";
import { Printer } from "./printer.ts";

/** Adds the connection to a command: the option that says where, connecting, and closing. */
export function connected(inner: ClientCommand, connect: Connect): Command<Io> {
  return command({
    ...inner,
    options: { ...inner.options, ...CONNECTION_OPTIONS },
    prepare(operands, values) {
      const { connect: address, timeout = DEFAULT_TIMEOUT, tls, ca, sign, encrypt, ...own } =
        values;
      const job = inner.prepare(operands, own);
      return async (io) => {
        const password = passwordOf(io);
        const wanted = { ...sign && { sign }, ...encrypt && { encrypt } };
        const protection = protectionOf(wanted, io);
        const options = { timeout, reconnect: false, password, user: userOf(io), protection };
        const to = await withTls(addressFor(address, io), { ...tls && { tls }, ...ca && { ca } });
        await using client = await connect(to, options);
        const printer = new Printer(io.stdout, io.isTerminal.stdout ? "terminal" : "program");
        const readInput = () => new Response(io.stdin).bytes();
        // The command ends with the process: there is nothing to abort it by.
        const { signal } = new AbortController();
        try {
          return await job({ client, printer, readInput, signal });
        } finally {
          await printer.flush();
        }
      };
    },
  });
}
