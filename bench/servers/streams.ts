/**
 * The server as it is: streams around sessions. Prints its port.
 *
 * @module
 */

import { serve } from "../../lib/server/mod.ts";
import { print } from "../report.ts";

const server = await serve({ port: 0, limits: { maxConnections: 100_000 } });
print(String(server.addr!.port));
