/**
 * Which arguments of a request are secrets.
 *
 * @module
 */

/**
 * Whether a text is the name of a setting that is a secret, so that what follows it in a reply is not to be
 * shown: `requirepass`, `masterauth` and `tls-key-file-pass` are.
 */
export function isSecretSetting(name: string): boolean {
  return /^[a-z-]*(?:pass|auth)$/i.test(name);
}

/** How many secrets follow a word, in the commands that have some. In doubt it is a secret. */
const BEHIND: ReadonlyMap<string, (word: string) => number> = new Map([
  ["hello", (word: string) => word === "auth" ? Infinity : 0], // A password may have spaces.
  ["config", (word: string) => /pass|auth/.test(word) ? 1 : 0],
  ["migrate", (word: string) => word === "auth" ? 1 : word === "auth2" ? 2 : 0],
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
  const start = startOf(args);
  const [name, subcommand] = args.slice(start, start + 2).map(wordOf);
  if (name === "auth") return from(start + 1, args.length);
  if (name === "acl" && subcommand === "setuser") return from(start + 3, args.length);
  const behind = name === undefined ? undefined : BEHIND.get(name);
  const places = new Set<number>();
  for (let at = start + 1; behind !== undefined && at < args.length; at++) {
    const count = behind(wordOf(args[at]!));
    for (const place of from(at + 1, Math.min(at + 1 + count, args.length))) places.add(place);
    at += count;
  }
  return places;
}

/** Where the command begins that others are about: behind COMMAND GETKEYS. */
function startOf(args: readonly Uint8Array[]): number {
  const isAbout = (at: number) =>
    at + 2 < args.length && wordOf(args[at]!) === "command" &&
    wordOf(args[at + 1]!).startsWith("getkeys");
  let start = 0;
  while (isAbout(start)) start += 2;
  return start;
}

function from(start: number, end: number): Set<number> {
  return new Set(Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at));
}

/** The beginning of an argument in small letters: longer ones are no words of commands. */
function wordOf(argument: Uint8Array): string {
  return String.fromCharCode(...argument.subarray(0, 32)).toLowerCase();
}
