/**
 * Which arguments of a request are secrets.
 *
 * @module
 */

/** Settings that are secrets: what follows one of these names, also in a reply, is not to be shown. */
export const SECRET_SETTINGS: readonly string[] = ["requirepass", "masterauth"];

/** How many secrets follow a word, in the commands that have some. */
const BEHIND: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  ["hello", new Map([["auth", 2]])],
  ["config", new Map(SECRET_SETTINGS.map((name) => [name, 1]))],
  ["migrate", new Map([["auth", 1], ["auth2", 2]])],
]);

/**
 * The places of passwords, and of the names of users that belong to them, among the arguments of a request,
 * also of one that is refused.
 *
 * @example
 * ```ts
 * import { secretArguments } from "@cortado/cortado/resp";
 * import { assertEquals } from "@std/assert";
 *
 * const words = "HELLO 3 AUTH me secret".split(" ");
 * const args = words.map((word) => new TextEncoder().encode(word));
 * assertEquals([...secretArguments(args)], [3, 4]);
 * ```
 */
export function secretArguments(args: readonly Uint8Array[]): ReadonlySet<number> {
  const [name, subcommand] = args.slice(0, 2).map(wordOf);
  if (name === "auth") return from(1, args.length);
  if (name === "acl" && subcommand === "setuser") return from(3, args.length);
  const behind = name === undefined ? undefined : BEHIND.get(name);
  const places = new Set<number>();
  for (let at = 1; behind !== undefined && at < args.length; at++) {
    const count = behind.get(wordOf(args[at]!)) ?? 0;
    for (const place of from(at + 1, Math.min(at + 1 + count, args.length))) places.add(place);
    at += count;
  }
  return places;
}

function from(start: number, end: number): Set<number> {
  return new Set(Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at));
}

/** The beginning of an argument in small letters: longer ones are no words of commands. */
function wordOf(argument: Uint8Array): string {
  return String.fromCharCode(...argument.subarray(0, 32)).toLowerCase();
}
