/**
 * The lines of CLIENT LIST.
 *
 * @module
 */

import type { ClientFigures } from "../../handler/mod.ts";

/** About what a connection takes without what waits in it, in bytes: an idle one was measured. */
const CONNECTION_BYTES = 22_528;

/**
 * What is known of a connection, a line. What there is not has the value that Redis gives it: a descriptor
 * (-1), a buffer of its own for replies (0), tracking (-1).
 *
 * @param now By the server's clock, in milliseconds.
 * @param argumentBytes The bytes of the arguments of the request that is carried out.
 */
export function clientLine(
  id: number,
  figures: ClientFigures,
  now: number,
  argumentBytes: number,
): string {
  const { inputBytes, inputRoom, outputBytes, queuedBytes } = figures;
  const fields: Readonly<Record<string, string | number>> = {
    id,
    addr: figures.address,
    laddr: figures.localAddress,
    fd: -1,
    name: figures.name,
    age: secondsSince(figures.connectedAt, now),
    idle: secondsSince(figures.lastActive, now),
    flags: figures.flags || "N",
    db: figures.database,
    sub: figures.channels,
    psub: figures.patterns,
    ssub: 0,
    multi: figures.queued,
    qbuf: inputBytes,
    "qbuf-free": inputRoom,
    "argv-mem": argumentBytes,
    "multi-mem": queuedBytes,
    rbs: 0,
    rbp: 0,
    obl: 0,
    oll: figures.outputs,
    omem: outputBytes,
    "tot-mem": CONNECTION_BYTES + inputBytes + inputRoom + outputBytes + queuedBytes,
    events: figures.writing ? "rw" : "r",
    cmd: figures.command || "NULL",
    user: figures.user,
    redir: -1,
    resp: figures.version,
    "lib-name": figures.library,
    "lib-ver": figures.libraryVersion,
  };
  return Object.entries(fields).map(([name, value]) => `${name}=${value}`).join(" ") + "\n";
}

/** A clock may go back. */
function secondsSince(time: number, now: number): number {
  return Math.max(0, Math.floor((now - time) / 1_000));
}
