/** The notation of the examples: hex bytes, then `;` and a comment, a field a line. */

/** The bytes of a dump. */
export function bytesOf(dump: string): Uint8Array<ArrayBuffer> {
  const hex = dump.split("\n").map((line) => line.split(";")[0]!).join("");
  return Uint8Array.fromHex(hex.replaceAll(/\s/g, ""));
}

/** The dumps of a document: its code blocks marked `hex`. */
export function dumpsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^```hex\n(.*?)^```$/gms)].map(([, dump]) => dump!);
}

/** The fields of a dump without its indentation, to compare comments too. */
export function linesOf(dump: string): string {
  return dump.trim().split("\n").map((line) => line.trim()).join("\n");
}

const UTF8 = new TextEncoder();

/** Text as bytes. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return UTF8.encode(text);
}
