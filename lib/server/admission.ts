/**
 * Who may connect: how many in all, and from one address.
 *
 * @module
 */

import type { Limits } from "./limits.ts";
import { isUnix, type Socket } from "./socket.ts";

/** Counts connections, and says which are too many. */
export class Admission {
  readonly #limits: Required<Limits>;
  readonly #log: (line: string) => void;
  /** How many connections each network has. */
  readonly #counts = new Map<string, number>();
  /** How many there are in all. */
  #size = 0;
  /** Whether the last connection was refused. */
  #full = false;

  /** Makes one without connections; the limits may change. */
  constructor(limits: Required<Limits>, log: (line: string) => void) {
    this.#limits = limits;
    this.#log = log;
  }

  /**
   * Takes a connection in.
   *
   * @returns What is to be called once when it has ended, or why it is not taken.
   */
  admit(socket: Socket): (() => void) | string {
    const network = isUnix(socket) ? undefined : networkOf(socket.remoteAddr);
    const refusal = this.#refusal(network);
    // Once each time the limit is reached.
    if (refusal !== undefined && !this.#full) this.#log(refusal);
    this.#full = refusal !== undefined;
    if (refusal !== undefined) return refusal;
    this.#count(network, 1);
    return () => this.#count(network, -1);
  }

  #refusal(network: string | undefined): string | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (this.#size >= maxConnections) {
      return `Cannot accept: there are ${maxConnections} connections, which is the limit (option maxConnections)`;
    }
    if (network === undefined || maxConnectionsPerAddress === 0) return undefined;
    const count = this.#counts.get(network) ?? 0;
    if (count < maxConnectionsPerAddress) return undefined;
    return `Cannot accept: there are ${count} connections from ${network}, and the limit is ${maxConnectionsPerAddress} (option maxConnectionsPerAddress)`;
  }

  #count(network: string | undefined, by: number): void {
    this.#size += by;
    if (network === undefined) return;
    const count = (this.#counts.get(network) ?? 0) + by;
    if (count > 0) this.#counts.set(network, count);
    else this.#counts.delete(network);
  }
}

/**
 * What counts as one address: that of IPv4, and of IPv6 the first 64 bits, which is the least that a
 * subscriber of a provider is given; nothing where there is no address.
 */
export function networkOf(address: Deno.Addr | undefined): string | undefined {
  if (address === undefined || !("hostname" in address)) return undefined;
  const { hostname } = address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(hostname)?.[1];
  if (mapped !== undefined) return mapped;
  if (!hostname.includes(":")) return hostname;
  const [head = "", tail] = hostname.split("%")[0]!.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array.from({ length: zeros }, () => "0"), ...last].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "").toLowerCase()).join(":")}::/64`;
}
