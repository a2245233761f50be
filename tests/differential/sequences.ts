/** Random sequences, by what they are about. */

import { Random } from "../random.ts";
import type { Sequence } from "./compare.ts";
import { DATABASES, EXPIRIES, KEYSPACE, scanOptions } from "./keys.ts";
import { CONNECTION, PUBLISHING, SUBSCRIPTIONS, TRANSACTIONS, unknownName } from "./others.ts";
import type { Step } from "./player.ts";
import { Pools } from "./pools.ts";
import { BITS, type Group, NUMBERS, STRINGS } from "./strings.ts";

/** What a sequence is about. */
export interface Theme {
  readonly name: string;
  /** The groups that each connection takes its commands from; one named twice is taken more often. */
  readonly groups: readonly (readonly Group[])[];
  readonly notify?: boolean;
  /** Steps that every sequence begins with. */
  readonly first?: readonly Step[];
}

const DATA: readonly Group[] = [STRINGS, NUMBERS, BITS, KEYSPACE, EXPIRIES];
const IN_TRANSACTIONS: readonly Group[] = [TRANSACTIONS, TRANSACTIONS, ...DATA, DATABASES];
const LISTENING: readonly Group[] = [SUBSCRIPTIONS];

/** All of them. */
export const THEMES: readonly Theme[] = [
  { name: "strings", groups: [[STRINGS]] },
  { name: "numbers", groups: [[NUMBERS]] },
  { name: "bits", groups: [[BITS, BITS, STRINGS]] },
  { name: "keys, times to end and databases", groups: [[KEYSPACE, EXPIRIES, DATABASES, STRINGS]] },
  { name: "connections and unknown commands", groups: [[CONNECTION], [CONNECTION, STRINGS]] },
  { name: "transactions of three connections", groups: Array(3).fill(IN_TRANSACTIONS) },
  {
    name: "channels",
    groups: [[PUBLISHING, PUBLISHING, TRANSACTIONS, STRINGS], LISTENING, LISTENING],
  },
  {
    name: "published changes of keys",
    groups: [[...DATA, DATABASES, TRANSACTIONS], []],
    notify: true,
    first: [{ on: 1, words: ["PSUBSCRIBE", "__key*__:*"] }],
  },
];

/** Makes the sequence of a seed. */
export function makeSequence(theme: Theme, version: 2 | 3, seed: number, length: number): Sequence {
  const pools = new Pools(new Random(seed));
  const steps = [...theme.first ?? []];
  const speaking = theme.groups.flatMap((groups, on) => groups.length > 0 ? [on] : []);
  let on = speaking[0]!;
  while (steps.length < length) {
    if (pools.once(4)) on = pools.of(speaking); // Otherwise the same one goes on, in the same write.
    const group = pools.of(theme.groups[on]!);
    const whole = group === TRANSACTIONS && pools.once(3);
    steps.push(...whole ? makeTransaction(pools, theme, on) : [makeStep(pools, on, group)]);
  }
  const { notify = false } = theme;
  return { steps, connections: theme.groups.length, version, notify };
}

/** A transaction, of which single steps seldom make one; another connection may write before its end. */
function makeTransaction(pools: Pools, { groups }: Theme, on: number): Step[] {
  const group = (): Group => pools.of(groups[on]!.filter((one) => one !== TRANSACTIONS));
  const commands = pools.some(1, 5, () => makeStep(pools, on, group(), false));
  const others = groups.flatMap((some, i) => i !== on && some.includes(STRINGS) ? [i] : []);
  const meddling = others.length > 0 && pools.once(2);
  return [
    ...pools.some(0, 1, () => ({ on, words: ["WATCH", ...pools.some(1, 4, () => pools.key())] })),
    { on, words: ["MULTI"] },
    ...commands,
    ...(meddling ? [makeStep(pools, pools.of(others), STRINGS)] : []),
    { on, words: ["EXEC"] },
  ];
}

function makeStep(pools: Pools, on: number, group: Group, damage = true): Step {
  const name = pools.of(Object.keys(group));
  const command = name === "UNKNOWN" ? unknownName(pools) : pools.anyCase(name);
  const words = [command, ...group[name]!(pools)];
  if (group === KEYSPACE && pools.once(20)) {
    return { on, words: ["SCAN", ...scanOptions(pools)], as: "scan" };
  }
  if (group === STRINGS && pools.once(40)) return { on, words, as: pools.of(["off", "skip"]) };
  return { on, words: damage && pools.once(15) ? damaged(pools, words) : words };
}

/** A request with a word too few or too many, or a wrong one. The name of the command stays. */
function damaged(pools: Pools, words: readonly string[]): string[] {
  const at = 1 + pools.random.below(words.length);
  const [name = "", ...rest] = words;
  switch (pools.random.below(4)) {
    case 0:
      return [name, ...rest.slice(0, -1)];
    case 1:
      return [name];
    case 2:
      return words.toSpliced(at, 0, pools.integer());
    default:
      return at < words.length ? words.toSpliced(at, 1, pools.integer()) : [...words, "x"];
  }
}

/** Each command with 0 to 5 arguments, most of them too many or too few. */
export function arityOf(name: string, version: 2 | 3): Sequence {
  const steps = Array.from({ length: 6 }, (_, count) => ({
    on: 0,
    words: [...name.split(" "), ...Array<string>(count).fill("a")],
  }));
  return { steps, connections: 1, version };
}

const SUBCOMMANDS: readonly string[] = [
  ...["SETNAME", "GETNAME", "ID", "NO-EVICT", "NO-TOUCH", "NOPE"].map((name) => `CLIENT ${name}`),
  ...["COUNT", "GETKEYS", "INFO", "NOPE"].map((name) => `COMMAND ${name}`),
  ...["ENCODING", "FREQ", "HELP", "IDLETIME", "REFCOUNT", "NOPE"].map((name) => `OBJECT ${name}`),
  ...["CHANNELS", "HELP", "NUMPAT", "NUMSUB", "NOPE"].map((name) => `PUBSUB ${name}`),
];

/** The names of all commands, and of their subcommands. */
export const NAMES: readonly string[] = [
  ...new Set(
    [...DATA, DATABASES, CONNECTION, TRANSACTIONS, SUBSCRIPTIONS, PUBLISHING]
      .flatMap((group) => Object.keys(group).map((name) => name.toUpperCase())),
  ),
  ...SUBCOMMANDS,
  "QUIT",
];
