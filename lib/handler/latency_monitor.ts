/**
 * The times when the server was slow.
 *
 * @module
 */

/** How long something took. */
export interface LatencySample {
  /** When, in whole seconds since 1970. */
  readonly time: number;
  /** How long, in milliseconds: the longest of that second. */
  readonly ms: number;
}

/** What is known of one kind of event. */
export interface LatencyEvent {
  /** The last samples, the oldest first. */
  readonly samples: LatencySample[];
  /** The longest time ever, in milliseconds. */
  max: number;
}

/** So many samples are kept of each kind of event. */
const MAX_SAMPLES = 160;

/** Keeps the long times of each kind of event, one a second. */
export class LatencyMonitor {
  /** What is known, by the name of the event. */
  readonly events: Map<string, LatencyEvent> = new Map();

  /** Keeps a time in milliseconds of an event at `now`, in milliseconds since 1970. */
  add(event: string, ms: number, now: number): void {
    let known = this.events.get(event);
    if (known === undefined) this.events.set(event, known = { samples: [], max: 0 });
    const { samples } = known;
    const time = Math.floor(now / 1_000);
    const last = samples.at(-1);
    known.max = Math.max(known.max, ms);
    if (last?.time === time) samples[samples.length - 1] = { time, ms: Math.max(last.ms, ms) };
    else samples.push({ time, ms });
    if (samples.length > MAX_SAMPLES) samples.shift();
  }

  /** Forgets the events of some names, or all; returns how many there were. */
  reset(names: readonly string[]): number {
    const wanted = names.length === 0 ? [...this.events.keys()] : names;
    return wanted.filter((name) => this.events.delete(name)).length;
  }
}
