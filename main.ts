/**
 * The command line of Cortado: `deno run -P main.ts --help`.
 *
 * @module
 */

import { denoIo, main } from "./lib/cli/mod.ts";

if (import.meta.main) Deno.exit(await main(Deno.args, denoIo()));
