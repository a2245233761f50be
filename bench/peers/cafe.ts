/**
 * CAFE beside RESP of the same server, and beside both protocols of memcached; and what the streams of
 * the server cost.
 *
 * @module
 */

import {
  CAFE,
  type LoadProtocol,
  MEMCACHED_BINARY,
  MEMCACHED_META,
  type Mix,
  RESP,
} from "../../lib/load/mod.ts";
import { startMemcached } from "../memcached_server.ts";
import { Meter, type ServerProcess, startServer } from "../processes.ts";
import { contenderOf, measure, startQuietly } from "./contender.ts";
import {
  type Bar,
  type Comparison,
  figuresFor,
  type Group,
  type PeerOptions,
  ratio,
} from "./figures.ts";

const OWN_CAFE = "cortado, CAFE";
const OWN_RESP = "cortado, RESP";
const BINARY = "memcached, binary";
const META = "memcached, meta";
const LOOP = "raw loop";
const STREAMS = "streams";

const CONNECTIONS = 50;
const DEPTHS = [1, 16, 128];
const MIXES: Readonly<Record<string, Mix>> = { GET: { GET: 1 }, SET: { SET: 1 } };
const SMALL = 64;
/** What waits on all connections at once has no more bytes than this. */
const MOST_WAITING = 67_108_864;
const KEYS_OF_SIZE: Readonly<Record<number, number>> = {
  64: 100_000,
  1_024: 20_000,
  16_384: 2_000,
};

/** Something that is spoken with a server. */
type Peer = readonly [name: string, server: ServerProcess, protocol: LoadProtocol];

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
  for (const size of all ? [SMALL, 1_024, 16_384] : [SMALL]) {
    for (const [mix, depth] of matrix(size)) {
      groups.push(await groupOf(loadName(mix, depth, size), peers, mix, depth, size));
    }
  }
  for (const mix of Object.keys(MIXES)) {
    groups.push(await groupOf(shapeName(mix), shapes, mix, 16, SMALL));
  }
  return {
    name: "cafe",
    title: "CAFE, RESP of the same server, and memcached",
    notes: [
      `${CONNECTIONS} connections, keys of 16 bytes; driver: how busy the load keeps a processor`,
      "the first server of a load is what the others are compared with",
    ],
    groups,
    shown: [...matrix(SMALL)].filter(([, depth]) => depth > 1).map(([mix, depth]) =>
      loadName(mix, depth, SMALL)
    ),
    bars: barsOf(groups),
    failures: [],
  };

  async function groupOf(
    load: string,
    peers: readonly Peer[],
    mix: string,
    depth: number,
    size: number,
  ): Promise<Group> {
    using connected = new DisposableStack();
    const contenders = [];
    for (const [name, server, protocol] of peers) {
      contenders.push(connected.use(
        await contenderOf(name, server, {
          protocol,
          depth,
          connections: CONNECTIONS,
          keys: KEYS_OF_SIZE[size],
          valueSize: [size, size],
          mix: MIXES[mix],
        }, true),
      ));
    }
    return { load, figures: await measure(contenders, meter, rounds) };
  }
}

function matrix(size: number): (readonly [mix: string, depth: number])[] {
  return Object.keys(MIXES).flatMap((mix) =>
    DEPTHS.filter((depth) => size * depth * CONNECTIONS <= MOST_WAITING)
      .map((depth) => [mix, depth] as const)
  );
}

function loadName(mix: string, depth: number, size: number): string {
  return `${mix}, depth ${depth}, ${size} B`;
}

function shapeName(mix: string): string {
  return `${mix}, depth 16, shape`;
}

function barsOf(groups: readonly Group[]): Bar[] {
  return Object.keys(MIXES).flatMap((mix): Bar[] => {
    const at = (depth: number, name: string) =>
      figuresFor(groups, loadName(mix, depth, SMALL), name);
    const shape = (name: string) => figuresFor(groups, shapeName(mix), name)?.cpu;
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
