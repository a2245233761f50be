/** Changes to files that a page shows as blocks of `diff`. */

/** A change: to which file, and its lines, each with its sign. */
export interface Patch {
  readonly path: string;
  readonly lines: readonly string[];
}

/** The changes in a page. The file of each is named at the end of the text before it. */
export function patchesIn(page: string): Patch[] {
  return [...page.matchAll(/`(lib\/[^`]+)`:\n\n```diff\n([^]*?)\n```/g)].map(([, path, lines]) => ({
    path: path!,
    lines: lines!.split("\n"),
  }));
}

/**
 * The text with a change made.
 *
 * @throws {RangeError} When what the change shows of the file is not there once.
 */
export function patched(text: string, { path, lines }: Patch): string {
  const side = (sign: string) =>
    lines.filter((line) => !line.startsWith(sign)).map((line) => `${line.slice(1)}\n`).join("");
  const parts = text.split(side("+"));
  if (parts.length !== 2) throw new RangeError(`${path} does not have this once: ${side("+")}`);
  return parts.join(side("-"));
}
