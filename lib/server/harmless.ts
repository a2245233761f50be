/**
 * A log that cannot end what it tells of.
 *
 * @module
 */

/** The log of a server: when it fails that is no reason to end. */
export function harmless(log: (line: string) => void): (line: string) => void {
  return (line) => {
    try {
      log(line);
    } catch {
      // There is nowhere to tell it.
    }
  };
}
