import { runRounds } from "./kill_rounds.ts";
import { assert } from "@std/assert";
import { PROCESS_PERMISSIONS } from "../cli/process.ts";

const ROUNDS = 20;

Deno.test({
  name:
    `a server that is killed ${ROUNDS} times while it is written to has what was acknowledged, ` +
    "and of each client all up to one of its requests",
  permissions: { ...PROCESS_PERMISSIONS as Deno.PermissionOptionsObject, write: true },
  ignore: Deno.build.os === "windows",
  async fn() {
    const seed = Date.now() % 0x1_0000_0000;
    const { rounds, acknowledged } = await runRounds(ROUNDS, seed);
    assert(rounds === ROUNDS && acknowledged > 0);
  },
});
