/** Connections of ioredis, and of iovalkey, which is a fork of it with the same interface. */

import { Redis, type RedisOptions } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { scenario, type ScenarioOptions } from "./scenario.ts";
import type { TestServer } from "./servers.ts";

type Library = typeof Redis;

const LIBRARIES: Readonly<Record<string, Library>> = {
  ioredis: Redis,
  // Its types are declared anew, with private fields, so that TypeScript takes them for others.
  iovalkey: Valkey as unknown as Library,
};

/** Tries to connect this often, then an error: a test is not to wait for ever. */
const ATTEMPTS = 50;

/** Clients of one server; those that are open end with it. */
export class IoRedis implements AsyncDisposable {
  readonly #library: Library;
  readonly #server: TestServer;
  readonly #clients: Redis[] = [];

  constructor(library: Library, server: TestServer) {
    this.#library = library;
    this.#server = server;
  }

  /** A client that has shaken hands. */
  async connect(options: RedisOptions = {}): Promise<Redis> {
    const client = this.create(options);
    await client.connect();
    return client;
  }

  /** A client that does not connect by itself. */
  create(options: RedisOptions = {}): Redis {
    const { hostname: host, port } = this.#server;
    const retryStrategy = (attempt: number) => attempt > ATTEMPTS ? null : 20;
    const own = { host, port, lazyConnect: true, connectTimeout: 30_000, retryStrategy };
    const client = new this.#library({ ...own, ...options });
    this.track(client);
    return client;
  }

  /** Ends a client together with the others. */
  track(client: Redis): void {
    client.on("error", () => {}); // Without a listener the client writes to the console.
    this.#clients.push(client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map(end));
  }
}

/** Closes a client, and waits until it has closed. */
async function end(client: Redis): Promise<void> {
  if (client.status === "end") return;
  const ended = new Promise((resolve) => client.once("end", resolve));
  client.disconnect();
  await ended;
}

/** Registers a scenario for both libraries; they speak RESP2 only. */
export function ioredis(
  claim: string,
  body: (clients: IoRedis) => Promise<void>,
  options: ScenarioOptions = {},
): void {
  for (const [name, library] of Object.entries(LIBRARIES)) {
    scenario(`${name}: ${claim}`, async (server) => {
      await using clients = new IoRedis(library, server);
      await body(clients);
    }, options);
  }
}
