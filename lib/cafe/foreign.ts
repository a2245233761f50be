/**
 * Guesses what bytes that are not CAFE are, for the error about a wrong magic.
 *
 * @module
 */

/** `ca fe ba be` is a Java class file: 0xba will never be a version of this protocol. */
export const JAVA_VERSION = 0xba;

/** How many bytes the error shows. */
const SHOWN = 8;

const LOOKS: readonly (readonly [RegExp, string])[] = [
  [/^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PRI) /, "an HTTP request"],
  [/^HTTP\//, "an HTTP response"],
  // deno-lint-ignore no-control-regex -- the record type and version of a TLS handshake
  [/^\x16\x03[\x00-\x04]/, "a TLS handshake"],
  [/^[*$][0-9-]/, "a RESP (Redis) request"],
  [/^(\+|-[A-Z]|:[0-9-])/, "a RESP (Redis) reply"],
  [/^(PING|INFO|AUTH|HELLO|QUIT|COMMAND|SET|EXISTS)([ \r\n]|$)/i, "an inline RESP (Redis) request"],
  [/^SSH-/, "an SSH greeting"],
  [/^\xca\xfe\xba\xbe/, "a Java class file"],
  [/^\xfe\xca/, "CAFE with its bytes swapped: all integers are big-endian"],
  // deno-lint-ignore no-control-regex -- the opcodes of memcached's binary protocol
  [/^[\x80\x81][\x00-\x1f]/, "a memcached binary frame"],
];

/**
 * Describes the first bytes of something that is not a CAFE frame: in hex, as text if they are printable,
 * and what they look like if that is known.
 */
export function describeForeign(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, SHOWN);
  const hex = Array.from(shown, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const latin1 = String.fromCharCode(...shown);
  const printable = /^[\x20-\x7e\r\n]+$/.test(latin1) ? ` (${JSON.stringify(latin1)})` : "";
  const look = LOOKS.find(([pattern]) => pattern.test(latin1));
  return `${hex}${printable}${look ? `: it looks like ${look[1]}` : ""}`;
}
