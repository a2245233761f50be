/**
 * Why there can be no workers.
 *
 * @module
 */

/** Workers cannot be started on this machine, or with these permissions; the message says what to do. */
export class WorkersError extends Error {
  /** The class's name, for logs. */
  override readonly name: string = "WorkersError";
}

/**
 * Checks that workers can listen on one address together, and that their modules can be read.
 *
 * @throws {WorkersError} When they cannot.
 */
export function checkWorkers(): void {
  const { os } = Deno.build;
  if (os !== "linux") {
    throw new WorkersError(
      `Cannot start workers: they share a port, which Deno does on Linux only, and this is ${os}; leave option workers at 0`,
    );
  }
  // To ask for it without the flag ends the process; this tells the same, and does not.
  if (!("listenDatagram" in Deno)) {
    throw new WorkersError(
      'Cannot start workers: they share a port, for which Deno needs "unstable": ["net"] in the deno.json that it uses, or --unstable-net',
    );
  }
  const lib = new URL("../../", import.meta.url);
  if (lib.protocol !== "file:") return;
  const { state } = Deno.permissions.querySync({ name: "read", path: lib });
  if (state === "granted") return;
  throw new WorkersError(
    `Cannot start workers: Deno reads the modules of a thread when it starts, and may not; give --allow-read=${lib.pathname}`,
  );
}
