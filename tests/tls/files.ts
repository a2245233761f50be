/**
 * A certificate authority for tests, and two certificates for localhost that it has signed. They were made
 * once, to be valid for 100 years; nobody has the key of the authority any more:
 *
 * ```sh
 * EC="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500"
 * openssl req -x509 $EC -subj "/CN=Cortado test CA" -keyout ca.key -out ca.crt \
 *   -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign"
 * for n in 1 2; do
 *   openssl req -x509 $EC -subj "/CN=Cortado test server $n" -CA ca.crt -CAkey ca.key \
 *     -addext "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1" \
 *     -addext "basicConstraints=critical,CA:FALSE" -addext "extendedKeyUsage=serverAuth" \
 *     -keyout server$n.key -out server$n.crt
 * done
 * ```
 */

const pathOf = (name: string) => `${import.meta.dirname}/${name}`;

/** The certificate of the authority. */
export const CA_PATH = pathOf("ca.crt");

/** A certificate and its key, as a server is told of them. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export const FIRST: Pair = { certificate: pathOf("server1.crt"), key: pathOf("server1.key") };
export const SECOND: Pair = { certificate: pathOf("server2.crt"), key: pathOf("server2.key") };

/** What a client trusts. */
export function caCerts(): string[] {
  return [Deno.readTextFileSync(CA_PATH)];
}

/** Puts another pair in the place of the files of a pair. */
export async function replace(pair: Pair, by: Pair): Promise<void> {
  await Deno.copyFile(by.certificate, pair.certificate);
  await Deno.copyFile(by.key, pair.key);
}

/** Runs with a copy of the first pair, in a directory of its own. */
export async function withPair(
  fn: (pair: Pair, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const pair = { certificate: `${directory}/server.crt`, key: `${directory}/server.key` };
    await replace(pair, FIRST);
    await fn(pair, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
