/**
 * The file of users that `serve` takes.
 *
 * @module
 */

import type { Users } from "../handler/mod.ts";
import { describe } from "./error.ts";

/**
 * Reads the users of a file.
 *
 * @throws {Error} When it cannot be read or is wrong; the message names the file, the user and the field.
 */
export async function readUsers(path: string): Promise<Users> {
  const { parseUsers } = await import("../server/users.ts");
  try {
    return parseUsers(await Deno.readTextFile(path));
  } catch (error) {
    const hint = error instanceof Deno.errors.NotCapable ? `; give --allow-read=${path}` : "";
    throw new Error(`Cannot use the users of ${path}: ${describe(error)}${hint}`);
  }
}
