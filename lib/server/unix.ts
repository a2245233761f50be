/**
 * Unix sockets.
 *
 * @module
 */

/**
 * Listens on a Unix socket. A socket file that nobody listens on any more, as a server that was killed
 * leaves it, is removed first.
 *
 * @throws {Deno.errors.AddrInUse} When a server listens on it, or when the path is another file.
 */
export async function listenUnix(path: string): Promise<Deno.UnixListener> {
  try {
    return Deno.listen({ transport: "unix", path });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse) || !await isStale(path)) throw cause;
    await Deno.remove(path);
    return Deno.listen({ transport: "unix", path });
  }
}

async function isStale(path: string): Promise<boolean> {
  if (!(await Deno.lstat(path)).isSocket) return false;
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return false;
  } catch (cause) {
    return cause instanceof Deno.errors.ConnectionRefused;
  }
}
