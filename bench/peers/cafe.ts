/**
 * CAFE beside RESP of the same server, and beside both protocols of memcached; and what the streams of
 * the server cost.
 *
 * @module
 */

import { CAFE, MEMCACHED_BINARY, MEMCACHED_META, RESP } from "../../lib/load/mod.ts";
import { startMemcached } from "../memcached_server.ts";
import { LARGE_VALUE, SMALL_VALUE } from "../messages.ts";
import { Meter, startServer } from "../processes.ts";
import { connectAndMeasure, contenderOf, type Peer, startQuietly } from "./contender.ts";
import {
  type Bar,
  type Comparison,
  figuresFor,
  type Group,
  OWN_CAFE,
  OWN_RESP,
  type PeerOptions,
  ratio,
} from "./figures.ts";
import {
  CONNECTIONS,
  DEPTHS,
  loadName,
  type LoadShape,
  MIXES,
  MOST_WAITING,
  optionsOf,
} from "./loads.ts";

const BINARY = "memcached, binary";
const META = "memcached, meta";
const LOOP = "raw loop";
const STREAMS = "streams";

const KEYS_OF_SIZE: Readonly<Record<number, number>> = {
  [SMALL_VALUE]: 100_000,
  1_024: 20_000,
  [LARGE_VALUE]: 2_000,
};

/** Makes the comparison. */
export async function compareCafe({ rounds, all }: PeerOptions): Promise<Comparison> {
  await using stack = new AsyncDisposableStack();
  const meter = stack.use(new Meter());
  const cortado = stack.use(await startQuietly());
  const memcached = stack.use(await startMemcached());
  const loop = stack.use(await startServer("raw_loop.ts"));
  const streams = stack.use(await startServer("streams.ts"));
  const peers: readonly Peer[] = [
    [OWN_RESP, cortado, RESP],
    [OWN_CAFE, cortado, CAFE],
    [BINARY, memcached, MEMCACHED_BINARY],
    [META, memcached, MEMCACHED_META],
  ];
  const shapes: readonly Peer[] = [[LOOP, loop, CAFE], [STREAMS, streams, CAFE]];
  const groups: Group[] = [];
  for (const size of all ? [SMALL_VALUE, 1_024, LARGE_VALUE] : [SMALL_VALUE]) {
    for (const shape of matrix(size)) groups.push(await groupOf(loadName(shape), peers, shape));
  }
  for (const mix of Object.keys(MIXES)) {
    groups.push(await groupOf(streamsName(mix), shapes, { mix, depth: 16, size: SMALL_VALUE }));
  }
  return {
    name: "cafe",
    title: "CAFE, RESP of the same server, and memcached",
    notes: [
      `${CONNECTIONS} connections, keys of 16 bytes; driver: how busy the load keeps a processor`,
      "the first server of a load is what the others are compared with",
    ],
    groups,
    shown: matrix(SMALL_VALUE).filter(({ depth }) => depth > 1).map(loadName),
    bars: barsOf(groups),
    failures: [],
  };

  async function groupOf(load: string, peers: readonly Peer[], shape: LoadShape): Promise<Group> {
    const options = optionsOf(shape, KEYS_OF_SIZE[shape.size]);
    const makers = peers.map(([name, server, protocol]) => () =>
      contenderOf(name, server, { ...options, protocol })
    );
    return { load, figures: await connectAndMeasure(makers, meter, rounds) };
  }
}

function matrix(size: number): LoadShape[] {
  return Object.keys(MIXES).flatMap((mix) =>
    DEPTHS.filter((depth) => size * depth * CONNECTIONS <= MOST_WAITING)
      .map((depth) => ({ mix, depth, size }))
  );
}

/** Streams beside a plain loop: the shape of a connection is what differs. */
function streamsName(mix: string): string {
  return `${mix}, depth 16, shape`;
}

function barsOf(groups: readonly Group[]): Bar[] {
  return Object.keys(MIXES).flatMap((mix): Bar[] => {
    const at = (depth: number, name: string) =>
      figuresFor(groups, loadName({ mix, depth, size: SMALL_VALUE }), name);
    const shape = (name: string) => figuresFor(groups, streamsName(mix), name)?.cpu;
    return [
      ...[16, 128].map((depth): Bar => ({
        claim: `${mix}, depth ${depth}: CPU of RESP to that of CAFE`,
        must: "least",
        bar: 1.3,
        value: ratio(at(depth, OWN_RESP)?.cpu, at(depth, OWN_CAFE)?.cpu),
      })),
      {
        claim: `${mix}, depth 16: requests/s of CAFE to memcached's binary protocol`,
        must: "least",
        bar: 1,
        value: ratio(at(16, OWN_CAFE)?.rate, at(16, BINARY)?.rate),
      },
      {
        claim: `${mix}, depth 16: CPU of the streams to the raw loop's`,
        must: "most",
        bar: 1.15,
        value: ratio(shape(STREAMS), shape(LOOP)),
      },
    ];
  });
}
