/**
 * TLS on the command line: the options of the server and of its clients, and what can be wrong with them.
 *
 * @module
 */

import type { Address } from "../client/mod.ts";
import type { Server } from "../server/mod.ts";
import { TlsError, type TlsOptions } from "../server/tls.ts";
import { describe, UsageError } from "./error.ts";
import type { Io } from "./io.ts";
import type { Log } from "./log.ts";
import { type OptionValues, switchOption, valueOption } from "./options.ts";
import { parsePort } from "./quantities.ts";

/** The options of the server. */
export const TLS_OPTIONS = {
  tlsPort: valueOption("PORT", "listen with TLS as well, on this port; 0: a free one", parsePort),
  tlsCert: valueOption("FILE", "the certificate for it, in PEM", (path) => path),
  tlsKey: valueOption("FILE", "the private key of the certificate, in PEM", (path) => path),
};

/** What the help of the server says about them. */
export const TLS_NOTES: readonly string[] = [
  "With --tls-port there is a line: listening on tls:HOST:PORT (docs/tls.md); SIGHUP has the server",
  "read the certificate and its key again. Reading them needs --allow-read=CERT,KEY, which takes the",
  "place of what -P allows to read: with --data DIR it is --allow-read=CERT,KEY,DIR.",
];

/**
 * How the server listens with TLS; nothing when it does not.
 *
 * @throws {UsageError} When some of the options are given, and others not.
 */
export function tlsOf(
  { tlsPort, tlsCert, tlsKey }: OptionValues<typeof TLS_OPTIONS>,
): (TlsOptions & { readonly port: number }) | undefined {
  if (tlsPort !== undefined && tlsCert !== undefined && tlsKey !== undefined) {
    return { port: tlsPort, certificate: tlsCert, key: tlsKey };
  }
  if ((tlsPort ?? tlsCert ?? tlsKey) === undefined) return undefined;
  throw new UsageError(
    "Cannot listen with TLS: give all of --tls-port, --tls-cert and --tls-key",
  );
}

/** The error with the option that it is about; nothing when it has nothing to do with the files. */
export function tlsError(error: unknown, { certificate, key }: TlsOptions): Error | undefined {
  if (error instanceof TlsError) {
    const option = error.option === "key" ? "--tls-key" : "--tls-cert";
    return new Error(`Option ${option}: ${describe(error)}`);
  }
  const isReading = error instanceof Deno.errors.NotCapable &&
    [certificate, key].some((path) => error.message.includes(`read access to "${path}"`));
  if (!isReading) return undefined;
  return new Error(
    `Cannot read ${certificate} and ${key}: Deno does not permit it; run again with ` +
      `--allow-read=${certificate},${key}`,
  );
}

/** Has the server read its certificate again at each signal that asks for it, until that is ended. */
export function reloadAtSignal(
  server: Server,
  io: Pick<Io, "onReloadSignal">,
  log: Log,
): () => void {
  if (server.tlsAddr === undefined) return () => {};
  return io.onReloadSignal(() => {
    server.reloadTls().then(
      () => log.add("TLS: new connections see the certificate that was read now"),
      (error) => log.add(`TLS: the old certificate stays: ${describe(error)}`),
    );
  });
}

/** The options of a client. */
export const TLS_CLIENT_OPTIONS = {
  tls: switchOption("speak TLS, as with an address tls:HOST:PORT"),
  ca: valueOption(
    "FILE",
    "speak TLS, and trust the certificates in this file too; needs --allow-read=FILE",
    (path) => path,
  ),
};

/**
 * The address with what the options say of TLS.
 *
 * @throws {UsageError} When it is a Unix socket.
 * @throws {Error} When the file cannot be read.
 */
export async function withTls(
  address: Address,
  { tls, ca }: OptionValues<typeof TLS_CLIENT_OPTIONS>,
): Promise<Address> {
  if (tls === undefined && ca === undefined) return address;
  if ("path" in address) {
    throw new UsageError("Cannot speak TLS over a Unix socket; leave out --tls and --ca");
  }
  return { ...address, tls: ca === undefined ? true : { caCerts: [await readCa(ca)] } };
}

async function readCa(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch((cause) => {
    const reason = cause instanceof Deno.errors.NotCapable
      ? `Deno does not permit it; run again with --allow-read=${path}`
      : describe(cause);
    throw new Error(`Option --ca: cannot read ${path}: ${reason}`);
  });
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new Error(`Option --ca: ${path} has no certificate in PEM`);
}
