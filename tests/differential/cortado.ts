/** This project as one of the sides. */

import { serve } from "../../lib/server/mod.ts";
import type { Side } from "./sides.ts";

/** Starts a server of this project, in this process. */
export async function startCortado(): Promise<Side> {
  const server = await serve({ port: 0 });
  const { hostname, port } = server.addr!;
  return {
    name: "cortado",
    connect: () => Deno.connect({ hostname, port }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
