/**
 * The claim that binary beats text: the same service as JSON over HTTP, as JSON lines, over gRPC, in RESP
 * and in CAFE.
 *
 * @module
 */

import { CAFE, type LoadProtocol, RESP } from "../../lib/load/mod.ts";
import { LARGE_VALUE, SMALL_VALUE } from "../messages.ts";
import { Meter, type ServerProcess, startServer } from "../processes.ts";
import { connectAndMeasure, contenderOf, startQuietly } from "./contender.ts";
import {
  always,
  type Bar,
  type Comparison,
  figuresFor,
  type Group,
  OWN_CAFE,
  OWN_RESP,
  type PeerFigures,
  type PeerOptions,
  ratio,
} from "./figures.ts";
import { grpcContender } from "./grpc.ts";
import { JSON_HTTP, JSON_LINES } from "./json_protocols.ts";
import { CONNECTIONS, loadName, type LoadShape, MIXES, optionsOf } from "./loads.ts";
import {
  type Asking,
  cafeClient,
  grpcClient,
  httpClient,
  linesClient,
  redisClient,
  type WireCost,
  wireCost,
} from "./set_up.ts";

const HTTP = "JSON over HTTP";
const LINES = "JSON lines";
const GRPC = "gRPC";

const KEYS_OF_SIZE: Readonly<Record<number, number>> = {
  [SMALL_VALUE]: 10_000,
  1_024: 5_000,
  [LARGE_VALUE]: 500,
};

/** What gRPC sends and gets besides the bytes of a value, which a GET gets and a SET sends. */
const VALUE_OF: Readonly<Record<string, keyof WireCost["request"]>> = {
  GET: "received",
  SET: "sent",
};

/** A server, what is spoken with it, and the client that people would use. */
interface Peer {
  readonly name: string;
  readonly server: ServerProcess;
  /** Undefined where the library's own client must drive it. */
  readonly protocol: LoadProtocol | undefined;
  readonly client: (port: number) => Promise<Asking>;
}

/** Makes the comparison. */
export async function compareText({ rounds, all }: PeerOptions): Promise<Comparison> {
  await using stack = new AsyncDisposableStack();
  const meter = stack.use(new Meter());
  const cortado = stack.use(await startQuietly());
  const http = stack.use(await startServer("json_http.ts"));
  const lines = stack.use(await startServer("json_lines.ts"));
  const grpc = stack.use(await startServer("grpc.ts", ["--allow-env"]));
  const peers: readonly Peer[] = [
    { name: HTTP, server: http, protocol: JSON_HTTP, client: httpClient },
    { name: LINES, server: lines, protocol: JSON_LINES, client: linesClient },
    { name: GRPC, server: grpc, protocol: undefined, client: grpcClient },
    { name: OWN_RESP, server: cortado, protocol: RESP, client: redisClient },
    { name: OWN_CAFE, server: cortado, protocol: CAFE, client: cafeClient },
  ];
  const costs = new Map<string, WireCost>();
  for (const { name, server, client } of peers) costs.set(name, await wireCost(server, client));

  const groups: Group[] = [];
  for (const size of all ? [SMALL_VALUE, 1_024, LARGE_VALUE] : [SMALL_VALUE, LARGE_VALUE]) {
    for (const mix of Object.keys(MIXES)) {
      for (const depth of all ? [1, 16, 64] : [1, 16]) {
        groups.push(await groupOf({ mix, depth, size }));
      }
    }
  }
  return {
    name: "text",
    title: "Binary and text: the same service",
    notes: [
      `${CONNECTIONS} connections. All but gRPC are driven by the same load, HTTP pipelined, with the`,
      "fewest headers; gRPC by its own client, in the process of the load. JSON has values in base64,",
      "and the servers of JSON and gRPC keep them in a Map, without limits. set-up: bytes both ways",
      "before the first request of fetch, of grpc-js, of node-redis (RESP3), of the typed client",
    ],
    groups,
    shown: Object.keys(MIXES).map((mix) => loadName({ mix, depth: 16, size: SMALL_VALUE })),
    bars: barsOf(groups),
    failures: [],
  };

  async function groupOf(shape: LoadShape): Promise<Group> {
    const options = optionsOf(shape, KEYS_OF_SIZE[shape.size]);
    const makers = peers.map(({ name, server, protocol }) => () =>
      protocol === undefined
        ? grpcContender(name, server, options, withValue(costs.get(name)!, shape))
        : contenderOf(name, server, { ...options, protocol })
    );
    const figures = await connectAndMeasure(makers, meter, rounds);
    return {
      load: loadName(shape),
      figures: figures.map((peer) => ({ ...peer, setUp: costs.get(peer.name)!.setUp })),
    };
  }
}

/** The field of a value: a tag and a length of two bytes, or three. */
function withValue({ request }: WireCost, { mix, size }: LoadShape): WireCost["request"] {
  const field = VALUE_OF[mix]!;
  return { ...request, [field]: request[field] + size + (size < 0x80 ? 2 : 3) };
}

function barsOf(groups: readonly Group[]): Bar[] {
  const of = (mix: string, name: string): PeerFigures | undefined =>
    figuresFor(groups, loadName({ mix, depth: 16, size: SMALL_VALUE }), name);
  const setUp = of("GET", OWN_CAFE)?.setUp ?? NaN;
  return [
    ...Object.keys(MIXES).flatMap((mix) =>
      Object.entries({ [HTTP]: 10, [LINES]: 5 }).map(([name, bar]): Bar => ({
        claim: `${mix}, depth 16: requests/s of CAFE to ${name}`,
        must: "least",
        bar,
        value: ratio(of(mix, OWN_CAFE)?.rate, of(mix, name)?.rate),
      }))
    ),
    {
      claim: "bytes that set a connection of CAFE up",
      must: "most",
      bar: 100,
      value: always(setUp),
    },
  ];
}
