/**
 * What goes over the wire before a client's first request, and with each one, by the clients that people
 * would use.
 *
 * @module
 */

import { createClient } from "redis";
import { Client } from "../../lib/client/mod.ts";
import { connectTo, converse } from "../load.ts";
import type { ServerProcess } from "../processes.ts";
import { GrpcChannel } from "./grpc.ts";
import { Relay, type Traffic, trafficBetween } from "./relay.ts";

/** A client that asks for one key, and closes. */
export interface Asking {
  /** Asks for a key that is not there. */
  ask(): Promise<unknown>;
  /** Ends it. */
  close(): unknown;
}

/** What a connection costs, and what a request of the same client. */
export interface WireCost {
  /** Bytes before the first request, both ways. */
  readonly setUp: number;
  /** Bytes of each request and its reply. */
  readonly request: Traffic;
}

const COUNTED = 100;

/** What is sent late, as an acknowledgement of settings, has come by then, in milliseconds. */
const SETTLE = 50;

const KEY = "key:000000000000";

/** Counts what a client sends and gets over a connection of its own. */
export async function wireCost(
  server: ServerProcess,
  connect: (port: number) => Promise<Asking>,
): Promise<WireCost> {
  using relay = new Relay(server.port);
  const client = await connect(relay.port);
  await client.ask();
  const first = await settled(relay);
  for (let i = 0; i < COUNTED; i++) await client.ask();
  const all = await settled(relay);
  await client.close();
  const request = trafficBetween(first, all, COUNTED);
  const setUp = first.sent + first.received - request.sent - request.received;
  return { setUp: Math.max(0, Math.round(setUp)), request };
}

async function settled({ traffic }: Relay): Promise<Traffic> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE));
  return { ...traffic };
}

/** The client of this project. */
export async function cafeClient(port: number): Promise<Asking> {
  const client = await Client.connect({ hostname: "127.0.0.1", port });
  return { ask: () => client.get(KEY), close: () => client.close() };
}

/** node-redis, in RESP3. */
export async function redisClient(port: number): Promise<Asking> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP: 3 });
  await client.connect();
  return { ask: () => client.get(KEY), close: () => client.close() };
}

/** `fetch`, which keeps its connection. */
export function httpClient(port: number): Promise<Asking> {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 1 });
  const ask = async () => await (await fetch(`http://127.0.0.1:${port}/${KEY}`, { client })).json();
  return Promise.resolve({ ask, close: () => client.close() });
}

/** A line out, and a line in. */
export async function linesClient(port: number): Promise<Asking> {
  const connection = await connectTo(port);
  const line = new TextEncoder().encode(JSON.stringify({ op: "GET", key: KEY }) + "\n");
  const reply = JSON.stringify({ miss: true }).length + 1;
  return { ask: () => converse(connection, line, reply), close: () => connection.close() };
}

/** The library of gRPC. */
export function grpcClient(port: number): Promise<Asking> {
  const channel = new GrpcChannel(port);
  const key = new TextEncoder().encode(KEY);
  return Promise.resolve({ ask: () => channel.call({ key }), close: () => channel.close() });
}
