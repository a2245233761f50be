/** A server that is killed again and again while clients write, and what it has each time after. */

import type { Client } from "../../lib/client/mod.ts";
import type { FsyncMode } from "../../lib/store/mod.ts";
import { Random } from "../random.ts";
import { connect, DATABASES, newPlayers, open, type Player } from "./cast.ts";
import { LOG_KEY } from "./changes.ts";
import { type Contents, readContents } from "./contents.ts";
import type { Found } from "./history.ts";
import { type DataServer, startOn } from "./server.ts";

/** What happened in one round. */
export interface Round {
  readonly number: number;
  readonly mode: FsyncMode;
  /** How many operations were acknowledged, and how many more were found after the restart. */
  readonly acknowledged: number;
  readonly more: number;
  /** How many operations were sent and not carried out. */
  readonly lost: number;
  /** Whether the server was killed while a snapshot was made. */
  readonly compacting: boolean;
  /** Whether the end of a write was cut at the restart. */
  readonly torn: boolean;
  /** Whether the server was asked to end instead. */
  readonly asked: boolean;
}

const MODES: readonly FsyncMode[] = ["always", "everysec", "never"];

/** A round is long once in so many: over a second, so that the journal is synced and compacted by itself. */
const LONG_ONCE_IN = 10;
const LONG_TIME = 1_200;
/** A server is killed so soon after the acknowledgement that decides it, in milliseconds. */
const AIM = 8;
/** And so soon after the file of a snapshot was made. */
const AIM_AT_SNAPSHOT = 25;

/** What is written to see a new version, and removed again. */
const PROBE_KEY = "probe";

/** How a round goes. */
interface Script {
  readonly number: number;
  readonly mode: FsyncMode;
  readonly long: boolean;
  readonly asked: boolean;
  /** Whether it is killed while a snapshot is made. */
  readonly compacts: boolean;
  /** After so many acknowledgements the snapshot is asked for, or the server killed. */
  readonly after: number;
  readonly delay: number;
}

/** What is left of a round when the server was killed. */
interface Left {
  readonly script: Script;
  readonly acknowledged: number;
  readonly sent: number;
  readonly endedAt: number;
  readonly compacting: boolean;
}

/** Kills servers on one directory. */
export class KillLoop {
  readonly #directory: string;
  readonly #random: Random;
  readonly #players: readonly Player[];
  #round = 0;
  #left: Left | undefined = undefined;
  /** The largest version that was ever seen. */
  #version = 0;

  /** Begins with an empty directory. */
  constructor(directory: string, seed: number) {
    this.#directory = directory;
    this.#random = new Random(seed);
    this.#players = newPlayers(this.#random);
  }

  /**
   * Starts a server, compares what it has with what was written to the one before, and kills it while it is
   * written to. Returns what became of the round before.
   */
  async next(): Promise<Round | undefined> {
    const script = this.#script();
    const small = script.long ? ["--compact-min-size", "64KiB"] : [];
    // What a client was told is on disk, whichever thread has told it.
    const workers = this.#round % 2 === 0 ? ["--workers", "2"] : [];
    const args = ["--fsync", script.mode, ...small, ...workers];
    await using server = await startOn(this.#directory, ...args);
    const round = await this.#settle(server);
    const { ended } = await this.#play(server, script);
    server.process.kill(script.asked ? "SIGTERM" : "SIGKILL");
    await ended;
    const { stderr } = await server.process.end();
    this.#left = await this.#leftOf(script);
    return round && { ...round, torn: stderr.some((line) => line.includes("torn write")) };
  }

  /** Compares for the last time. */
  async end(): Promise<Round | undefined> {
    await using server = await startOn(this.#directory);
    const round = await this.#settle(server);
    server.process.kill("SIGTERM");
    const { stderr } = await server.process.end();
    return round && { ...round, torn: stderr.some((line) => line.includes("torn write")) };
  }

  #script(): Script {
    const random = this.#random;
    const number = this.#round++;
    const compacts = random.once(2);
    return {
      number,
      mode: MODES[number % MODES.length]!,
      long: random.once(LONG_ONCE_IN),
      asked: random.once(LONG_ONCE_IN),
      compacts,
      after: 1 + random.below(1_500),
      delay: random.below(compacts ? AIM_AT_SNAPSHOT : AIM),
    };
  }

  /** Lets all clients write until the server is to be killed; `ended` resolves when they have noticed. */
  async #play(
    { address }: DataServer,
    script: Script,
  ): Promise<{ readonly ended: Promise<unknown> }> {
    const { promise: aimed, resolve: aim } = Promise.withResolvers<void>();
    const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
    const control = await connect(address);
    await control.delete(LOG_KEY);
    let count = 0;
    const onAcknowledged = () => {
      if (++count === script.after) aim();
    };
    const ended = Promise.all(this.#players.map(({ play }) => play(address, onAcknowledged)))
      .finally(() => control.close()).finally(lose); // A client that fails ends the round.
    await Promise.race([aimed, lost]);
    if (script.compacts) await Promise.race([this.#compact(control), lost]);
    const delay = script.delay + (script.long ? LONG_TIME : 0);
    await new Promise((resolve) => setTimeout(resolve, delay));
    return { ended };
  }

  /** Asks for a snapshot, and waits until its file is there. */
  async #compact(control: Client): Promise<void> {
    using watcher = Deno.watchFs(this.#directory);
    if (await control.compact() === "running") return; // By itself, in a long round.
    for await (const { paths } of watcher) {
      if (paths.some((path) => path.endsWith(".part"))) return;
    }
  }

  /** Compares what a server has with what was written to the one before. */
  async #settle(server: DataServer): Promise<Omit<Round, "torn"> | undefined> {
    const contents = await this.#read(server);
    const left = this.#left;
    if (left === undefined) return undefined;
    const differences: string[] = [];
    let more = 0;
    for (const player of this.#players) {
      const result = player.history.settle(partOf(contents, player), left.endedAt);
      if (typeof result === "number") more += result;
      else differences.push(result);
    }
    const strange = [...contents.state.keys()].filter((place) =>
      !this.#players.some(({ owns }) => owns(place))
    );
    differences.push(...strange.map((place) => `nobody has written ${place}`));
    if (differences.length > 0) throw new Error(`${told(left.script)}: ${differences.join("\n")}`);
    const { script: { number, mode, asked }, acknowledged, sent, compacting } = left;
    return {
      number,
      mode,
      asked,
      acknowledged,
      more,
      lost: sent - acknowledged - more,
      compacting,
    };
  }

  /** Reads all, and asserts that versions go on where they were. */
  async #read({ address }: DataServer): Promise<Contents> {
    await using client = await connect(address);
    using connection = await open(address);
    const contents = await readContents(client, connection, DATABASES);
    const seen = Math.max(this.#version, contents.version);
    await client.set(PROBE_KEY, "");
    const version = (await client.getEntry(PROBE_KEY))?.version ?? 0;
    await client.delete(PROBE_KEY);
    if (version <= seen) throw new Error(`version ${version} was given again: ${seen} was seen`);
    this.#version = version;
    return contents;
  }

  async #leftOf(script: Script): Promise<Left> {
    const histories = this.#players.map(({ history }) => history);
    return {
      script,
      acknowledged: histories.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
      sent: histories.reduce((sum, { sent }) => sum + sent, 0),
      endedAt: Date.now(),
      compacting: await isCompacting(this.#directory),
    };
  }
}

/** What of all belongs to one client. */
function partOf({ state, tags, asked }: Contents, { owns, prefix }: Player): Found {
  return {
    state: new Map([...state].filter(([place]) => owns(place))),
    tags: tags.filter((tag) => tag.startsWith(prefix)),
    asked,
  };
}

function told({ number, mode, asked, long, compacts }: Script): string {
  const how = [
    mode,
    ...asked ? ["asked to end"] : [],
    ...long ? ["long"] : [],
    ...compacts ? ["compacted"] : [],
  ];
  return `round ${number} (${how.join(", ")})`;
}

/** Whether a killed server has left a part of a snapshot. */
async function isCompacting(directory: string): Promise<boolean> {
  const names = await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
  return names.some((name) => name.endsWith(".part"));
}
