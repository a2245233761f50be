/**
 * RESP, driven by redis-benchmark: beside redis-server.
 *
 * @module
 */

import { CAFE, type LoadOptions, RESP } from "../../lib/load/mod.ts";
import { LARGE_VALUE, SMALL_VALUE } from "../messages.ts";
import { Meter, type ServerProcess } from "../processes.ts";
import { type Load, run, type Settings, TESTS } from "../redis_benchmark.ts";
import type { Figures } from "../redis_figures.ts";
import { startRedis } from "../redis_server.ts";
import { type Outcome, sideBySide } from "../side_by_side.ts";
import { contenderOf, measure, startQuietly } from "./contender.ts";
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
  rateOf,
  ratio,
  REDIS,
} from "./figures.ts";
import { CONNECTIONS, DEPTHS, MOST_WAITING } from "./loads.ts";
import { Relay, type Traffic, trafficBetween } from "./relay.ts";

const HUGE_VALUE = 1_048_576;

/** All values together are no larger than about so many bytes. */
const MOST_STORED = 33_554_432;
const MOST_KEYS = 100_000;

/** Bytes are counted over so many requests. */
const COUNTED = 1_000;

/** The claim of each depth: so many times the requests of redis-server. */
const BARS: Readonly<Record<number, number>> = { 1: 1, 16: 1.5, 128: 2 };

/** The open loop: how long a slice is, in milliseconds, and which part of the highest load. */
const OPEN_SLICE = 300;
const PART = 0.5;
const OPEN = "open loop, half of the highest load";

/** One part of the matrix. */
interface Part {
  readonly settings: Settings & { readonly keys: number };
  readonly loads: readonly Load[];
}

/** Makes the comparison. */
export async function compareResp({ rounds, all }: PeerOptions): Promise<Comparison> {
  const groups: Group[] = [];
  const failures: string[] = [];
  for (const part of partsOf(all)) {
    const outcome = await sideBySide({
      servers: { [REDIS]: startRedis, [OWN_RESP]: startQuietly },
      loads: part.loads,
      settings: part.settings,
      rounds,
    });
    groups.push(...await groupsOf(part, outcome));
    failures.push(...outcome.failures);
  }
  groups.push(await openLoop(rounds));
  return {
    name: "resp",
    title: "RESP, driven by redis-benchmark, beside redis-server",
    notes: [
      "keys drawn from 100,000, and fewer where values are large; p50 and p99 are quartiles",
      "the open loop, whose latency counts from when a request is due, is driven by our own load",
    ],
    groups,
    shown: ["get", "set"].flatMap((test) =>
      DEPTHS.map((depth) => loadName({ test, depth }, { clients: CONNECTIONS, value: SMALL_VALUE }))
    ),
    bars: barsOf(groups),
    failures,
  };
}

function partsOf(all: boolean): Part[] {
  const some = [
    partOf(CONNECTIONS, SMALL_VALUE, TESTS, DEPTHS),
    partOf(CONNECTIONS, LARGE_VALUE, ["set", "get"], [1, 16]),
    partOf(CONNECTIONS, HUGE_VALUE, ["get"], [1]),
  ];
  if (!all) return some;
  const sizes = [3, SMALL_VALUE, 1_024, LARGE_VALUE];
  const matrix = [1, CONNECTIONS, 500].flatMap((clients) =>
    sizes.map((value) => partOf(clients, value, TESTS, DEPTHS))
  );
  return [...matrix, some.at(-1)!];
}

function partOf(
  clients: number,
  value: number,
  tests: readonly string[],
  depths: readonly number[],
): Part {
  const keys = Math.max(16, Math.min(MOST_KEYS, Math.floor(MOST_STORED / value)));
  const loads = tests.flatMap((test) => depths.map((depth) => ({ test, depth })))
    .filter(({ test, depth }) => {
      const each = test === "mset" ? 10 * value : value;
      return clients * depth * each <= MOST_WAITING;
    });
  return { settings: { clients, value, keys }, loads };
}

function loadName({ test, depth }: Load, { clients, value }: Settings): string {
  const name = test.replace("_mbulk", "").toUpperCase();
  return `${name}, depth ${depth}, ${clients} conn, ${value} B`;
}

/** The figures of a part, by load, with the bytes of its requests. */
async function groupsOf({ settings, loads }: Part, outcome: Outcome): Promise<Group[]> {
  const traffic = await countBytes(settings, new Set(loads.map(({ test }) => test)));
  return loads.map((load) => ({
    load: loadName(load, settings),
    figures: outcome.figures.filter((figures) => figures.load === load).map((figures) =>
      peerFigures(figures, outcome.memory[figures.server], traffic.get(load.test))
    ),
  }));
}

function peerFigures(
  { server, time, cpu, p50, p99 }: Figures,
  memory: number | undefined,
  traffic: Traffic | undefined,
): PeerFigures {
  return {
    name: server,
    rate: rateOf(time),
    cpu,
    p50: always(p50),
    p99: always(p99),
    sent: traffic?.sent,
    received: traffic?.received,
    memory,
  };
}

/** The bytes of a request and its reply by test. Replies are those of redis-server, and ours are the same. */
async function countBytes(
  { value, keys }: Part["settings"],
  tests: ReadonlySet<string>,
): Promise<Map<string, Traffic>> {
  await using server = await startRedis();
  using relay = new Relay(server.port);
  const settings = { clients: 1, value, keys: Math.min(keys, 10) };
  const ask = async (test: string, count: number): Promise<Traffic> => {
    const before = { ...relay.traffic };
    await run({ test, depth: 1 }, relay.port, count, settings, new AbortController().signal);
    return trafficBetween(before, relay.traffic);
  };
  await ask("set", COUNTED);
  const bytes = new Map<string, Traffic>();
  for (const test of tests) {
    const [few, many] = [await ask(test, 1), await ask(test, 1 + COUNTED)];
    bytes.set(test, trafficBetween(few, many, COUNTED));
  }
  return bytes;
}

/** GET at depth 1, at the same rate for all: half of what the slowest answers at the most. */
async function openLoop(rounds: number): Promise<Group> {
  await using stack = new AsyncDisposableStack();
  const meter = stack.use(new Meter());
  const redis = stack.use(await startRedis());
  const cortado = stack.use(await startQuietly());
  const contender = async (
    name: string,
    server: ServerProcess,
    protocol: LoadOptions["protocol"],
  ) =>
    stack.use(
      await contenderOf(
        name,
        server,
        { protocol, connections: CONNECTIONS, mix: { GET: 1 } },
      ),
    );
  const contenders = [
    await contender(REDIS, redis, RESP),
    await contender(OWN_RESP, cortado, RESP),
    await contender(OWN_CAFE, cortado, CAFE),
  ];
  const highest = await measure(contenders, meter, rounds);
  const rate = PART * Math.min(...highest.map((figures) => figures.rate.median));
  const slice = { duration: OPEN_SLICE, rate };
  return { load: OPEN, figures: await measure(contenders, meter, rounds, slice) };
}

function barsOf(groups: readonly Group[]): Bar[] {
  const rate = (test: string, depth: number, value: number): Bar["value"] => {
    const load = loadName({ test, depth }, { clients: CONNECTIONS, value });
    const of = (name: string) => figuresFor(groups, load, name)?.rate;
    return ratio(of(OWN_RESP), of(REDIS));
  };
  const late = (name: string) => figuresFor(groups, OPEN, name)?.p999;
  return [
    ...["get", "set"].flatMap((test) =>
      DEPTHS.map((depth): Bar => ({
        claim: `${test.toUpperCase()}, depth ${depth}: requests/s to redis-server's`,
        must: "least",
        bar: BARS[depth]!,
        value: rate(test, depth, SMALL_VALUE),
      }))
    ),
    ...[LARGE_VALUE, HUGE_VALUE].map((value): Bar => ({
      claim: `GET of ${value / 1_024} KiB: requests/s to redis-server's`,
      must: "least",
      bar: 0.9,
      value: rate("get", 1, value),
    })),
    {
      claim: "p99.9 at half of the highest load to redis-server's",
      must: "most",
      bar: 1,
      value: ratio(late(OWN_RESP), late(REDIS)),
    },
  ];
}
