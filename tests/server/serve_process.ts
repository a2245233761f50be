/** A server as a process of its own: it prints its ports, also that of HTTP, and then what its log is told. */

import { serve } from "../../lib/server/mod.ts";

const server = await serve({ port: 0, admin: { port: 0 }, log: say });
say(String(server.addr!.port));
say(String(server.adminAddr!.port));

function say(line: string): void {
  // deno-lint-ignore no-console -- the test reads it
  console.log(line);
}
