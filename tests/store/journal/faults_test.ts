import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { utf8 } from "../../codec/helpers.ts";
import { Random } from "../../random.ts";
import { dump, loaded, type Opened, openOn, turns } from "./helpers.ts";
import { History } from "./history.ts";
import { type Fault, MemoryDisk, type Operation } from "./memory_disk.ts";
import { Moments } from "./moments.ts";

/** What each operation says when it fails. */
const MESSAGES: Readonly<Record<Operation["kind"], string>> = {
  write: "ENOSPC",
  create: "ENOSPC",
  sync: "EIO",
  settle: "EIO",
  rename: "EIO",
  remove: "EIO",
  truncate: "EIO",
  list: "EIO",
};

/** The histories in which each operation has its turn to fail. */
const SEEDS = [1, 5, 24];

/** Which operations fail, by their numbers. */
type Plan = (number: number, random: Random) => boolean;

/** A history on a disk, some of whose operations fail until all is mended. */
class Trial {
  readonly #name: string;
  readonly #random: Random;
  readonly disk = new MemoryDisk();
  #history!: History;
  #moments!: Moments;
  #opened!: Opened;
  /** How many operations have failed. */
  failed = 0;

  constructor(name: string, seed: number) {
    this.#name = name;
    this.#random = new Random(seed);
  }

  get moments(): number {
    return this.#moments.all.length;
  }

  async run(plan: Plan): Promise<void> {
    const [disk, random] = [this.disk, this.#random];
    const largeWrite = random.of([1, 60, 100_000]);
    this.#opened = await openOn(disk, { pause: () => turns(1 + random.below(4)), largeWrite });
    this.#history = new History(this.#opened, random, { steps: 60, keys: 8, longest: 40 });
    this.#moments = new Moments(this.#name, disk, this.#history, random);
    disk.operations = 0;
    disk.onOperation = (operation) => this.#faultOf(operation, plan);
    await this.#history.run();
    await this.#mend();
    await this.#end();
  }

  #faultOf(operation: Operation, plan: Plan): Fault | undefined {
    const random = this.#random;
    if (this.failed > 0 && random.once(3)) this.#moments.add({ crashes: 1, kills: 1 }, operation);
    if (!plan(operation.number, random)) return undefined;
    this.failed++;
    const most = operation.bytes?.length ?? 0;
    return { message: MESSAGES[operation.kind], written: random.of([0, random.below(most + 1)]) };
  }

  /** The faults are over: reads have gone on, and at the second tick at the latest writes go on too. */
  async #mend(): Promise<void> {
    const { journal, databases, log } = this.#opened;
    this.disk.onOperation = () => undefined;
    await journal.compacted;
    databases.at(0).get(utf8("k"));
    for (let tick = 0; tick < 2; tick++) await journal.tick();
    assertEquals([journal.failure, this.#name], [undefined, this.#name], log.join("\n"));
    assertEquals(journal.figures.waitingBytes, 0);
    assertEquals(await journal.settle(true), undefined);
    this.#history.durable = this.#history.written = this.#history.length;
    this.#moments.add({ crashes: 2, kills: 1 });
  }

  /** And go on: all that is in memory is on the disk. */
  async #end(): Promise<void> {
    const { journal, databases, clock } = this.#opened;
    this.#history.request();
    journal.compact();
    this.#history.request();
    await journal.compacted;
    assertEquals(journal.figures.reason, undefined, this.#name);
    await journal.close();
    assertEquals(this.disk.open, 0, this.#name);
    assertEquals(dump(await loaded(this.disk.crashed(this.#random), clock)), dump(databases));
    await this.#moments.check(clock);
  }
}

/** The faults of a trial: from an operation on, or from each in its turn. */
const PLANS: Readonly<Record<string, (at: number) => Plan>> = {
  "one operation fails": (at) => (number) => number === at,
  "all fail from one on": (at) => (number) => number >= at,
  "one in three fails from one on": (at) => (number, random) =>
    number === at || (number > at && random.once(3)),
};

for (const [name, planOf] of Object.entries(PLANS)) {
  Deno.test({
    name: `Journal loses nothing that it told to be safe and writes again when ${name}`,
    permissions: "none",
    async fn() {
      let [trials, moments] = [0, 0];
      for (const seed of SEEDS) {
        for (let at = 0;; at++) {
          const trial = new Trial(`seed ${seed}, ${name}: ${at}`, seed);
          await trial.run(planOf(at));
          if (trial.failed === 0) break;
          trials++;
          moments += trial.moments;
        }
      }
      assertGreaterOrEqual(trials, 80);
      assertGreaterOrEqual(moments, 500);
    },
  });
}
