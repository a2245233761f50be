/**
 * What an operator can do when a data directory cannot be used.
 *
 * @module
 */

import { DataDirectoryError } from "../server/data_directory_error.ts";
import { JournalError } from "../store/mod.ts";
import { describe } from "./error.ts";

/**
 * The error with what to do about it; nothing when it has nothing to do with the directory.
 *
 * @param others What else Deno must permit to read: a flag takes the place of all that `-P` permits.
 */
export function dataError(
  error: unknown,
  directory: string,
  others: readonly string[] = [],
): Error | undefined {
  if (error instanceof JournalError) {
    return new Error(
      `${error.message}; nothing was changed. main.ts repair ${directory} shows what is whole`,
    );
  }
  if (error instanceof DataDirectoryError) {
    return new Error(`${describe(error)}; give another --data, or mend that`);
  }
  if (error instanceof Deno.errors.Busy) {
    return new Error(`${describe(error)}; stop it, or give another --data`);
  }
  if (
    error instanceof Deno.errors.NotCapable && error.message.includes(`access to "${directory}`)
  ) {
    return new Error(
      `Cannot open ${directory}: Deno does not permit it; run again with ` +
        `--allow-read=${[directory, ...others].join()} --allow-write=${directory}`,
    );
  }
  return undefined;
}
