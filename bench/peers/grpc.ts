/**
 * A load over gRPC, by the client of the same library as the server.
 *
 * @module
 */

import { Client, credentials } from "@grpc/grpc-js";
import { type LoadOptions, type Slice, Tally, Workload } from "../../lib/load/mod.ts";
import { type Entry, METHODS } from "../grpc_service.ts";
import type { ServerProcess } from "../processes.ts";
import { type Contender, NANOS, ownCpu } from "./contender.ts";
import { CONNECTIONS } from "./loads.ts";
import type { Traffic } from "./relay.ts";

/** So many requests are drawn, and sent round and round. */
const DRAWN = 20_000;

/** A channel of its own, which one call is made after the other on, or several at once. */
export class GrpcChannel {
  readonly #client: Client;

  /** Connects with the first call. */
  constructor(port: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      // Else channels to one address share a connection.
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /** Gets the value of a key, or stores it. */
  call(entry: Entry): Promise<Entry> {
    const { path, requestSerialize, responseDeserialize } = entry.value === undefined
      ? METHODS.get
      : METHODS.set;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        entry,
        (error, reply) => error === null ? resolve(reply!) : reject(error),
      );
    });
  }

  /** Ends it. */
  close(): void {
    this.#client.close();
  }
}

/**
 * Connects, and stores all keys. It is a closed loop as that of a load: the next `depth` calls are made
 * when the last ones are answered.
 *
 * @param traffic The bytes of a request and its reply, which the library does not tell.
 */
export async function grpcContender(
  name: string,
  server: ServerProcess,
  options: LoadOptions,
  traffic: Traffic,
): Promise<Contender> {
  const { connections = CONNECTIONS, depth = 1 } = options;
  const workload = new Workload(options);
  const channels = Array.from({ length: connections }, () => new GrpcChannel(server.port));
  let filled = 0;
  await Promise.all(channels.map(async (channel) => {
    while (filled < workload.keys) {
      const { key, value } = workload.set(filled++);
      await channel.call({ key, value });
    }
  }));
  const entries = Array.from({ length: DRAWN }, (): Entry => {
    const request = workload.draw();
    if (request.op === "SET") return { key: request.key, value: request.value };
    if (request.op === "GET") return { key: request.key };
    throw new TypeError(`Cannot call ${request.op}: the service has GET and SET only`);
  });
  let next = 0;

  async function run({ duration = Infinity }: Slice): Promise<Tally> {
    const tally = new Tally();
    const [start, cpu] = [performance.now(), ownCpu()];
    await Promise.all(channels.map(async (channel) => {
      while (performance.now() - start < duration) {
        const begin = performance.now();
        await Promise.all(Array.from({ length: depth }, async () => {
          await channel.call(entries[next++ % DRAWN]!);
          tally.latency.add((performance.now() - begin) * NANOS);
          tally.requests++;
        }));
      }
    }));
    tally.time = performance.now() - start;
    tally.cpu = ownCpu() - cpu;
    tally.bytesSent = traffic.sent * tally.requests;
    tally.bytesReceived = traffic.received * tally.requests;
    return tally;
  }

  return {
    name,
    server,
    run,
    [Symbol.dispose]: () => channels.forEach((channel) => channel.close()),
  };
}
