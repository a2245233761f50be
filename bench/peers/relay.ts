/**
 * A relay that counts: what is sent over it is what goes over the wire.
 *
 * @module
 */

/** Bytes that went through a relay. */
export interface Traffic {
  /** From clients to the server. */
  sent: number;
  /** From the server to clients. */
  received: number;
}

/** What went through for each of `count` requests between two looks. */
export function trafficBetween(before: Traffic, after: Traffic, count = 1): Traffic {
  return {
    sent: (after.sent - before.sent) / count,
    received: (after.received - before.received) / count,
  };
}

const ROOM = 65_536;

/** Passes on what comes, both ways, and counts it. */
export class Relay implements Disposable {
  /** What was passed on so far. */
  readonly traffic: Traffic = { sent: 0, received: 0 };
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  /** Makes a relay to a port of this machine. */
  constructor(port: number) {
    this.#accept(port);
  }

  /** Where clients connect to. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Accepts no more; connections end with their clients. */
  [Symbol.dispose](): void {
    this.#listener.close();
  }

  async #accept(port: number): Promise<void> {
    for await (const client of this.#listener) this.#join(client, port);
  }

  async #join(client: Deno.TcpConn, port: number): Promise<void> {
    using near = client;
    using far = await Deno.connect({ hostname: "127.0.0.1", port });
    near.setNoDelay(true);
    far.setNoDelay(true);
    await Promise.race([
      pass(near, far, (count) => this.traffic.sent += count),
      pass(far, near, (count) => this.traffic.received += count),
    ]);
  }
}

/** Passes on what comes until it ends, or one of both is closed. */
async function pass(
  from: Deno.TcpConn,
  to: Deno.TcpConn,
  count: (bytes: number) => void,
): Promise<void> {
  const room = new Uint8Array(ROOM);
  try {
    for (let length; (length = await from.read(room)) !== null;) {
      count(length);
      for (let at = 0; at < length;) at += await to.write(room.subarray(at, length));
    }
  } catch {
    // Whoever goes first ends the other one.
  }
}
