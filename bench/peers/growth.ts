/**
 * What a request costs as the work grows: connections, depth, the size of values, the number of keys.
 *
 * @module
 */

import { CAFE, type LoadOptions, RESP } from "../../lib/load/mod.ts";
import { Meter } from "../processes.ts";
import { startRedis } from "../redis_server.ts";
import {
  connectAndMeasure,
  type Contender,
  contenderOf,
  type Peer,
  SLICE_TIME,
  startQuietly,
} from "./contender.ts";
import {
  type Comparison,
  type Group,
  OWN_CAFE,
  OWN_RESP,
  type PeerFigures,
  type PeerOptions,
  REDIS,
} from "./figures.ts";
import { CONNECTIONS } from "./loads.ts";

const MAX_CLIENTS = 16_000;

/** All values together are no larger than about so many bytes. */
const MOST_STORED = 67_108_864;

/** Files that a process has open besides its connections, at the most. */
const OTHER_FILES = 100;

/** Large values, many connections and deep batches take longer than a slice by itself: so many times. */
const PATIENCE = 4;

/** Something that grows. */
interface Axis {
  readonly name: string;
  /** What is measured always, and what only with the whole matrix. */
  readonly some: readonly number[];
  readonly more: readonly number[];
  readonly options: (value: number) => LoadOptions;
}

const AXES: readonly Axis[] = [
  {
    name: "connections",
    some: [1, 10, 100, 1_000],
    more: [4_000, 10_000],
    options: (connections) => ({ connections }),
  },
  {
    name: "depth",
    some: [1, 4, 16, 64, 256],
    more: [2, 8, 32, 128, 512],
    options: (depth) => ({ depth }),
  },
  {
    name: "bytes a value",
    some: [1, 64, 1_024, 16_384, 262_144, 1_048_576],
    more: [256, 4_096, 65_536, 4_194_304, 16_777_216],
    options: (size) => ({
      connections: 8,
      valueSize: [size, size],
      keys: Math.max(4, Math.min(10_000, Math.floor(MOST_STORED / size))),
    }),
  },
  {
    name: "keys",
    some: [1_000, 10_000, 100_000, 1_000_000],
    more: [10_000_000],
    options: (keys) => ({ keys, depth: 16 }),
  },
];

/** Makes the comparison. */
export async function compareGrowth({ rounds, all }: PeerOptions): Promise<Comparison> {
  const groups: Group[] = [];
  const failures: string[] = [];
  await using meter = new Meter();
  for (const axis of AXES) {
    const values = [...axis.some, ...all ? axis.more : []].sort((a, b) => a - b);
    // Each begins with servers that have nothing in memory.
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await startRedis(["--maxclients", String(MAX_CLIENTS)]));
    const cortado = stack.use(await startQuietly());
    const peers: readonly Peer[] = [
      [REDIS, redis, RESP],
      [OWN_RESP, cortado, RESP],
      [OWN_CAFE, cortado, CAFE],
    ];
    for (const value of values) {
      const { connections = CONNECTIONS, ...options } = axis.options(value);
      const makers = peers.map(([name, server, protocol]) => () =>
        contenderOf(name, server, { mix: { GET: 1 }, ...options, connections, protocol })
      );
      const limit = await meter.fileLimit() - OTHER_FILES;
      if (connections > limit) {
        failures.push(`Cannot measure ${connections} connections: ${limit} files may be open`);
        continue;
      }
      const together = connections * makers.length <= limit;
      const figures = await (together ? measureAll(makers) : measureEach(makers));
      groups.push({ load: `${axis.name}: ${value}`, at: { axis: axis.name, value }, figures });
    }
  }
  return {
    name: "growth",
    title: "GET as the work grows",
    notes: [
      `what does not grow: ${CONNECTIONS} connections (8 for the bytes of a value), ` +
      "depth 1 (16 for keys), 100,000",
      "keys, values of 64 bytes; both servers of cortado are one process, whose memory is that of both",
    ],
    groups,
    shown: [],
    bars: [],
    failures,
  };

  /** Measures all by turns. */
  function measureAll(makers: readonly (() => Promise<Contender>)[]): Promise<PeerFigures[]> {
    return connectAndMeasure(makers, meter, rounds, { duration: PATIENCE * SLICE_TIME });
  }

  /** Measures one after the other, where all connections together are more than a process may have. */
  async function measureEach(
    makers: readonly (() => Promise<Contender>)[],
  ): Promise<PeerFigures[]> {
    const figures: PeerFigures[] = [];
    for (const make of makers) figures.push(...await measureAll([make]));
    return figures;
  }
}
