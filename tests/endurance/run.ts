/** Lets clients come to a server and go, and measures it meanwhile. */

import { Random } from "../random.ts";
import { VISITS } from "./clients.ts";
import { isQuiet, type Run, type Sample } from "./judge.ts";
import { SoakedServer } from "./server.ts";

/** What a soak is to do. */
export interface SoakOptions {
  /** How long clients come, in milliseconds. */
  readonly duration: number;
  readonly seed: number;
  /** Told of each sample. */
  readonly onSample?: (sample: Sample) => void;
}

/** How many clients there are at once. */
const PLACES = 6;

/** How long a place is empty between two clients, at the most, in milliseconds: this leaves others a processor. */
const PAUSE = 150;

/** How many samples a run has. */
const SAMPLES = 60;

/** A client is there for less than a second, unless the server leaves it waiting. */
const VISIT_TIMEOUT = 120_000;

/** After this time what clients have left stays. */
const QUIET_TIMEOUT = 60_000;

/** Runs a soak with a new server. Throws when a client gets what it should not, or the server has a defect. */
export async function soak({ duration, seed, onSample }: SoakOptions): Promise<Run> {
  const directory = await Deno.makeTempDir();
  try {
    await using server = await SoakedServer.start(directory);
    const random = new Random(seed);
    await Promise.all(Object.keys(VISITS).map((name) => visit(server, name, random)));
    const before = await quiet(server, Infinity);
    const end = performance.now() + duration;
    const isOver = () => performance.now() >= end;
    const during: Sample[] = [];
    await Promise.all([
      ...Array.from({ length: PLACES }, () => fillPlace(server, random, isOver)),
      watch(server, duration / SAMPLES, isOver, (sample) => {
        during.push(sample);
        onSample?.(sample);
      }),
    ]);
    const after = await quiet(server, before.descriptors);
    onSample?.(after);
    const log = await server.stop();
    const defects = log.filter((line) => line.startsWith("defect:"));
    if (defects.length > 0) throw new Error(log.join("\n"));
    return { before, during, after };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Lets one client after another take a place. */
async function fillPlace(
  server: SoakedServer,
  random: Random,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    await visit(server, random.of(Object.keys(VISITS)), random);
    await pause(random.below(PAUSE));
  }
}

async function visit(server: SoakedServer, name: string, random: Random): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("it has not ended")), VISIT_TIMEOUT);
  try {
    await Promise.race([VISITS[name]!(server, random), late]);
  } catch (cause) {
    throw new Error(`client "${name}": ${cause}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function watch(
  server: SoakedServer,
  interval: number,
  isOver: () => boolean,
  onSample: (sample: Sample) => void,
): Promise<void> {
  while (!isOver()) {
    await pause(interval);
    onSample(await server.sample());
  }
}

/** What the server holds when nothing of its clients is left, or when it has had the time for that. */
async function quiet(server: SoakedServer, descriptors: number): Promise<Sample> {
  const end = performance.now() + QUIET_TIMEOUT;
  for (let still = 0, last = "";;) {
    const sample = await server.sample();
    const now = `${sample.descriptors}`;
    still = isQuiet(sample, descriptors) && now === last ? still + 1 : 0;
    last = now;
    if (still === 5 || performance.now() >= end) return sample;
    await pause(200);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
