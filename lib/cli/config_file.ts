/**
 * Options in a file: an object of JSON, `{"maxValueSize": "1MiB"}` for `--max-value-size 1MiB`.
 *
 * @module
 */

import { describe, UsageError } from "./error.ts";
import type { Option, OptionTable } from "./options.ts";
import type { Given, GivenOptions } from "./origin.ts";
import { didYouMean } from "./suggest.ts";

/**
 * Reads a file of options.
 *
 * @throws {UsageError} When it cannot be read, is no object of JSON, or has a field that is no option of the
 *   table, or a value that its option does not take.
 */
export async function readConfigFile(path: string, table: OptionTable): Promise<GivenOptions> {
  return parseConfig(await textOf(path), path, table);
}

/**
 * The options in the text of a file.
 *
 * @param path The file, for messages.
 * @throws {UsageError} As {@linkcode readConfigFile}.
 */
export function parseConfig(text: string, path: string, table: OptionTable): GivenOptions {
  const fields: unknown = parseJson(text, path);
  if (kindOf(fields) !== "an object") {
    throw wrong(path, `it is ${kindOf(fields)}; give an object, such as {"port": 51966}`);
  }
  const given = new Map<string, Given>();
  // It is an object, and `unknown` is what its values are.
  for (const [name, value] of Object.entries(fields as Record<string, unknown>)) {
    if (!Object.hasOwn(table, name)) throw wrong(path, unknownField(name, Object.keys(table)));
    const origin = { told: `file ${path}`, named: `Cannot use ${path}: ${name}` };
    given.set(name, { value: valueOf(value, table[name]!, origin.named), origin });
  }
  return given;
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${reasonOf(error, path)}`);
  }
}

function reasonOf(error: unknown, path: string): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) {
    return `Deno does not permit it; run again with --allow-read=${path}, and behind a comma what ` +
      "else is to be read, such as the directory of --data";
  }
  return describe(error);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    // Some messages show what is in the file, where a password may be.
    const reason = describe(error).replace(/, (?:\.\.\.)?".*" is not valid JSON$/, "");
    throw wrong(path, `it is not JSON: ${reason}`);
  }
}

/** The value of an option. Messages do not show what stands there in its place: it may be a password. */
function valueOf(value: unknown, option: Option<unknown>, named: string): unknown {
  const isSwitch = option.value === undefined;
  if (isSwitch ? typeof value === "boolean" : isText(value) || typeof value === "number") {
    const parsed = parsedBy(option, String(value), named);
    // A number stands for a number: a password or a directory of digits is a text as well.
    if (typeof value !== "number" || typeof parsed === "number") return parsed;
  }
  throw new UsageError(`${named} is ${kindOf(value)}; give ${whatFits(option)}`);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function parsedBy(option: Option<unknown>, text: string, named: string): unknown {
  try {
    return option.parse(text);
  } catch (error) {
    throw new UsageError(`${named}: ${describe(error)}`);
  }
}

/** What may stand in a file for an option. */
function whatFits(option: Option<unknown>): string {
  if (option.value === undefined) return "true or false";
  const text = `text for ${option.value}, in quotes`;
  return takesNumbers(option) ? `a number, or ${text}` : text;
}

function takesNumbers(option: Option<unknown>): boolean {
  try {
    return typeof option.parse("1") === "number";
  } catch {
    return false; // A time takes no number without a unit.
  }
}

function kindOf(value: unknown): string {
  if (value === "") return "empty";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function unknownField(name: string, known: readonly string[]): string {
  const alike = known.find((other) => plain(other) === plain(name));
  const hint = alike === undefined ? didYouMean(name, known) : `; did you mean ${alike}?`;
  return `there is no option ${name}${hint || "; main.ts serve --help lists them"}`;
}

/** A name without what tells notations apart: `max-value-size` is `maxValueSize`. */
function plain(name: string): string {
  return name.replace(/[-_]/g, "").toLowerCase();
}

function wrong(path: string, what: string): UsageError {
  return new UsageError(`Cannot use ${path}: ${what}`);
}
