/** Tests of a server, once as it is and once with workers: what clients see is the same. */

import { serve, type ServeOptions, type Server } from "../../lib/server/mod.ts";

/** Starts a server with the workers of the test. */
export type Serve = (options: ServeOptions) => Promise<Server>;

/** Registers a test twice. */
export function testWithAndWithoutWorkers(name: string, fn: (serve: Serve) => Promise<void>): void {
  for (const workers of [0, 2]) {
    Deno.test({
      name: workers === 0 ? name : `${name}, with workers`,
      // Deno reads the modules of a worker when it starts.
      permissions: { net: ["127.0.0.1", "localhost"], read: workers > 0 },
      fn: () => fn((options) => serve({ ...options, workers })),
    });
  }
}
