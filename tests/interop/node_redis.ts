/** Connections of node-redis, the client of the Redis project for Node. */

import { createClient, type RedisClientOptions } from "redis";
import { scenario, type ScenarioOptions } from "./scenario.ts";
import type { TestServer } from "./servers.ts";

/** Both versions as one type: the replies that the scenarios look at are the same in both. */
type Options = RedisClientOptions<
  Record<never, never>,
  Record<never, never>,
  Record<never, never>,
  2
>;

export type Client = ReturnType<typeof create>;

function create(options: Options) {
  return createClient(options);
}

/** Tries to connect this often, then an error: a test is not to wait for ever. */
const ATTEMPTS = 50;

/** Clients of one server, in one version of the protocol; those that are open end with it. */
export class NodeRedis implements Disposable {
  readonly server: TestServer;
  /** The version that is asked for with HELLO; 2 is what a connection speaks without it. */
  readonly resp: 2 | 3;
  readonly #clients: Client[] = [];

  constructor(server: TestServer, resp: 2 | 3) {
    this.server = server;
    this.resp = resp;
  }

  /** A client that has shaken hands. */
  async connect(options: Options = {}): Promise<Client> {
    const { hostname, port } = this.server;
    const client = create({
      ...(this.resp === 3 && { RESP: 3 as 2 }),
      socket: { host: hostname, port, connectTimeout: 30_000, reconnectStrategy },
      ...options,
    });
    client.on("error", () => {}); // Without a listener a lost connection would end the test.
    this.#clients.push(client);
    await client.connect();
    return client;
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) if (client.isOpen) client.destroy();
  }
}

/** An answer that says what is wrong is final: only a connection that is refused or lost is tried again. */
function reconnectStrategy(retries: number, cause: Error): number | Error {
  return retries >= ATTEMPTS || /^[A-Z]+ /.test(cause.message) ? cause : 20;
}

/** Registers a scenario for node-redis, in RESP2 and in RESP3. */
export function nodeRedis(
  claim: string,
  body: (clients: NodeRedis) => Promise<void>,
  options: ScenarioOptions = {},
): void {
  for (const resp of [2, 3] as const) {
    scenario(`node-redis in RESP${resp}: ${claim}`, async (server) => {
      using clients = new NodeRedis(server, resp);
      await body(clients);
    }, options);
  }
}
