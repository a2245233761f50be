/**
 * Bytes, numbers and times as text.
 *
 * @module
 */

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Characters that cannot be seen, or that change how others are shown. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Bytes as text, when they are UTF-8 that can be edited: of control characters there are only tabs and ends of lines. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = UTF8.decode(bytes);
    // deno-lint-ignore no-control-regex -- those are what is looked for
    return /[\x00-\x08\x0b-\x1f\x7f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The bytes of a text. */
export function bytesOfText(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** Bytes in a line: as text where they are some, with what is not seen escaped; otherwise in hex. */
export function labelOf(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes).replace(UNSEEN, escaped);
  } catch {
    return `0x${bytes.toHex()}`;
  }
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** Bytes in hex, with a space between two, and 16 in a line. */
export function hexOf(bytes: Uint8Array): string {
  return (bytes.toHex().match(/.{1,32}/g) ?? [])
    .map((line) => line.replace(/..(?=.)/g, "$& ")).join("\n");
}

/** The bytes of hex digits, with any space between them; none when there are others, or half a byte. */
export function bytesOfHex(hex: string): Uint8Array | undefined {
  const digits = hex.replace(/\s/g, "");
  return /^(?:[0-9a-f]{2})*$/i.test(digits) ? Uint8Array.fromHex(digits) : undefined;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A number of bytes. */
export function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; Math.abs(value) >= 1_024 && unit < UNITS.length - 1; unit++) value /= 1_024;
  return `${short(value)} ${UNITS[unit]}`;
}

/** A number, with fewer digits when it is large. */
export function amount(value: number): string {
  if (value >= 1e9) return `${short(value / 1e9)} G`;
  if (value >= 1e6) return `${short(value / 1e6)} M`;
  return value >= 1e4 ? `${short(value / 1e3)} k` : short(value);
}

/** A time that is given in microseconds. */
export function micros(value: number | undefined): string {
  if (value === undefined) return "–";
  if (value >= 1e6) return `${short(value / 1e6)} s`;
  return value >= 1e3 ? `${short(value / 1e3)} ms` : `${short(value)} µs`;
}

/** A time that is given in milliseconds, in its two largest units. */
export function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  if (seconds < 1) return `${Math.floor(milliseconds)} ms`;
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts.slice(first, first + 2).filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`).join(" ");
}

function short(value: number): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
