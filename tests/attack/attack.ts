/**
 * What an attack is.
 *
 * @module
 */

import type { LatencyFigures } from "../../bench/latencies.ts";
import type { Tally } from "./tally.ts";

/**
 * What the memory of a server that is asked much grows by whoever asks: V8 takes it before it collects
 * garbage, and gives it back late.
 */
export const GARBAGE: number = 128 * 1_048_576;

/** An attack on a server, and what it is judged by. */
export interface Attack {
  /** Its name on the command line. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly what: string;
  /** The options of `serve`, as an operator would give them. */
  readonly options: readonly string[];
  /** The password that the normal client gives, where the options ask for one. */
  readonly password?: string;
  /** For how many milliseconds it goes on in each round. */
  readonly time: number;
  /** By how many bytes the memory of the server may grow. */
  readonly maxGrowth: number;
  /** How many times its p99 without the attack the one of the normal client may be. Default: it is only told. */
  readonly maxSlowdown?: number;
  /** How many milliseconds the server may take to let go of the attackers. Default 5,000. */
  readonly maxClearing?: number;
  /** Attacks until the signal is aborted; resolves when all that it has opened is closed. */
  run(field: Field): Promise<void>;
  /** What must hold besides. */
  judge(outcome: Outcome): readonly Criterion[];
}

/** Where an attack takes place. */
export interface Field {
  /** The port of the server. */
  readonly port: number;
  /** Ends the attack. */
  readonly signal: AbortSignal;
  /** What the attackers got. */
  readonly tally: Tally;
  /** To be called when the attack has its full strength: the normal client is measured from then on. */
  ready(): void;
}

/** Something that must hold. */
export interface Criterion {
  /** What, as a claim. */
  readonly claim: string;
  /** What was seen. */
  readonly seen: string;
  /** Whether it holds. */
  readonly holds: boolean;
}

/** What came of an attack. */
export interface Outcome {
  /** What the attackers got. */
  readonly tally: Tally;
  /** The log of the server. */
  readonly log: readonly string[];
  /** The normal client without the attack, and beside it. */
  readonly without: Windows;
  readonly beside: Windows;
  /** The part of a core that the server was busy. */
  readonly cpu: { readonly without: number; readonly beside: number };
  /** Resident memory of the server, in bytes. */
  readonly memory: { readonly before: number; readonly peak: number; readonly after: number };
  /** Open files of the server. */
  readonly files: { readonly before: number; readonly peak: number; readonly after: number };
}

/** What a client measured in many short windows. */
export interface Windows {
  /** Of each window. */
  readonly figures: readonly LatencyFigures[];
  /** Of all requests together. */
  readonly all: LatencyFigures;
}

/** A criterion with a number that may be at the most another one. */
export function atMost(claim: string, value: number, most: number, unit = ""): Criterion {
  const seen = `${Number(value.toFixed(2))}${unit}, and ${
    Number(most.toFixed(2))
  }${unit} at the most`;
  return { claim, seen, holds: value <= most };
}

/** A criterion with a number that must be at least another one. */
export function atLeast(claim: string, value: number, least: number, unit = ""): Criterion {
  const seen = `${Number(value.toFixed(2))}${unit}, and ${
    Number(least.toFixed(2))
  }${unit} at least`;
  return { claim, seen, holds: value >= least };
}
