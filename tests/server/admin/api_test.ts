import { parseUsers } from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { until } from "../raw_client.ts";
import { hex, testApi } from "./ask.ts";

const TOKEN = "0123456789abcdef";
/** Cheap to work out; the password is "secret". */
const USERS = parseUsers(JSON.stringify({
  users: {
    ann: {
      password: await hashOf("secret"),
      commands: ["get", "scan", "set"],
      keys: ["app:"],
    },
    root: { password: await hashOf("secret"), commands: ["@all"], keys: [""], channels: [""] },
  },
}));

async function hashOf(password: string): Promise<string> {
  const { formatHash, hashPassword } = await import("./hash.ts");
  return formatHash(await hashPassword(password));
}
