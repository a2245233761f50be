/**
 * A command that talks to a server, as a command of the command line.
 *
 * @module
 */

import type { ClientCommand } from "./client_commands.ts";
import { type Command, command } from "./command.ts";
import { type Connect, CONNECTION_OPTIONS, targetOf } from "./connection.ts";
import type { Io } from "./io.ts";
import { Printer } from "./printer.ts";

/** Adds the connection to a command: the option that says where, connecting, and closing. */
export function connected(inner: ClientCommand, connect: Connect): Command<Io> {
  return command({
    ...inner,
    options: { ...inner.options, ...CONNECTION_OPTIONS },
    prepare(operands, values) {
      // What a command passes on to its calls is not to have what is said of the connection.
      const {
        connect: _to,
        timeout: _time,
        tls: _tls,
        ca: _ca,
        sign: _sign,
        encrypt: _encrypt,
        ...own
      } = values;
      const job = inner.prepare(operands, own);
      return async (io) => {
        await using client = await connect(...await targetOf(values, io, false));
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
