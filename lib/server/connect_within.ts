/**
 * Connecting, but not for ever.
 *
 * @module
 */

/**
 * Connects to a port.
 *
 * @param limit How long it may take, in milliseconds.
 * @throws {Error} When it takes longer, or what `Deno.connect` throws, also when the signal aborts.
 */
export async function connectWithin(
  to: { readonly hostname: string; readonly port: number },
  limit: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const { hostname, port } = to;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limit);
  try {
    const either = AbortSignal.any([signal, late.signal]);
    const socket = await Deno.connect({ hostname, port, signal: either });
    if (!signal.aborted) return socket;
    socket.close();
    throw signal.reason;
  } catch (error) {
    if (signal.aborted || !late.signal.aborted) throw error;
    throw new Error(`Cannot connect to ${hostname}:${port}: it took over ${limit} ms`);
  } finally {
    clearTimeout(timer);
  }
}
