/** A server as a process of its own: it prints its port, and then what its log is told. */

import { serve } from "../../lib/server/mod.ts";

const server = await serve({ port: 0, log: say });
say(String(server.addr!.port));

function say(line: string): void {
  // deno-lint-ignore no-console -- the test reads it
  console.log(line);
}
