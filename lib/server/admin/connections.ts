/**
 * The connections, as the console shows them.
 *
 * @module
 */

import type { Client } from "../../handler/mod.ts";
import type { Asked } from "./api.ts";
import { numberOf, objectIn, Refusal } from "./json.ts";

/** So many are told. */
const MAX_TOLD = 1_000;

/** The connections that came first, and how many there are. */
export function connections({ services: { clients, databases } }: Asked): unknown {
  const now = databases.now();
  const told = clientsOf(clients, MAX_TOLD).map((client) => row(client, now));
  return { connections: told, total: clients.size };
}

function clientsOf(clients: Asked["services"]["clients"], most: number): Client[] {
  const found: Client[] = [];
  for (const client of clients) {
    if (found.length >= most) break;
    found.push(client);
  }
  return found;
}

function row(client: Client, now: number): unknown {
  const { connectedAt, lastActive, ...figures } = client.figures();
  return {
    ...figures,
    id: client.id,
    protocol: client.protocol ?? "",
    blocked: client.blocked,
    age: Math.max(0, now - connectedAt),
    idle: Math.max(0, now - lastActive),
  };
}

/** Ends a connection. */
export async function kill({ services, request, host, visitor }: Asked): Promise<void> {
  const id = numberOf("id", (await objectIn(request))["id"]);
  const client = services.clients.find(id);
  if (client === undefined) throw new Refusal(404, `There is no connection ${id}.`);
  const { address } = client.figures();
  const who = visitor.user?.name ?? host;
  services.system.log(`${address}: ended from the console by ${who}`);
  client.kill();
}
