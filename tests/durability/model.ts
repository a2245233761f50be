/** What a state is after changes. */

import type { Change, End, Operation } from "./changes.ts";

/** Two times: something happened between them, or will. */
export type Span = readonly [number, number];

/** An entry, as far as it is known. */
export interface Kept {
  readonly value: string;
  /** When it ends; `Infinity` twice when it does not. */
  readonly end: Span;
  /** Its version, where that is known. */
  readonly version: number | undefined;
}

/** Entries by their places. */
export type State = Map<string, Kept>;

const NEVER: Span = [Infinity, Infinity];

/** The place of a key in a state. */
export function placeOf(database: number, key: string): string {
  return `${database} ${key}`;
}

/** Carries out an operation between two times; returns the places that it has changed. */
export function apply(
  state: State,
  { database, changes }: Operation,
  during: Span,
  version?: number,
): string[] {
  const model = new Model(state, database, during, version);
  return changes.flatMap((change) => model.take(change));
}

class Model {
  readonly #state: State;
  readonly #database: number;
  readonly #during: Span;
  readonly #version: number | undefined;

  constructor(state: State, database: number, during: Span, version: number | undefined) {
    this.#state = state;
    this.#database = database;
    this.#during = during;
    this.#version = version;
  }

  take(change: Change): string[] {
    switch (change.type) {
      case "set":
        return this.#put(change.key, change.value, this.#spanOf(change.end));
      case "setMany":
        return change.entries.flatMap(([key, value]) => this.#put(key, value, NEVER));
      case "append":
        return this.#edit(change.key, (value) => value + change.tail);
      case "incr":
        return this.#edit(change.key, (value) => String(Number(value) + change.by));
      case "overwrite":
        return this.#edit(change.key, (value) => overwritten(value, change.at, change.text));
      case "delete":
        return this.#remove(change.key);
      case "expire":
        return this.#expire(change.key, this.#spanOf(change.end));
      case "rename":
        return this.#rename(change.from, change.to);
      case "flush":
        return this.#flush();
      case "swap":
        return this.#swap(change.other);
      case "tag":
        return [];
    }
  }

  #put(key: string, value: string, end: Span): string[] {
    const place = placeOf(this.#database, key);
    this.#state.set(place, { value, end, version: this.#version });
    return [place];
  }

  #edit(key: string, edit: (value: string) => string): string[] {
    const { value = "", end = NEVER } = this.#state.get(placeOf(this.#database, key)) ?? {};
    return this.#put(key, edit(value), end);
  }

  #remove(key: string): string[] {
    const place = placeOf(this.#database, key);
    this.#state.delete(place);
    return [place];
  }

  #expire(key: string, end: Span): string[] {
    const kept = this.#state.get(placeOf(this.#database, key));
    return kept === undefined ? [] : this.#put(key, kept.value, end);
  }

  #rename(from: string, to: string): string[] {
    const kept = this.#state.get(placeOf(this.#database, from));
    if (kept === undefined) return [];
    return [...this.#remove(from), ...this.#put(to, kept.value, kept.end)];
  }

  #flush(): string[] {
    const places = [...this.#state.keys()].filter((place) =>
      place.startsWith(`${this.#database} `)
    );
    for (const place of places) this.#state.delete(place);
    return places;
  }

  #swap(other: number): string[] {
    const before = [...this.#state];
    this.#state.clear();
    for (const [place, kept] of before) this.#state.set(this.#swapped(place, other), kept);
    return before.flatMap(([place]) => [place, this.#swapped(place, other)]);
  }

  #swapped(place: string, other: number): string {
    const [number = "", key = ""] = place.split(" ");
    if (Number(number) === other) return placeOf(this.#database, key);
    return Number(number) === this.#database ? placeOf(other, key) : place;
  }

  #spanOf(end: End | undefined): Span {
    if (end === undefined) return NEVER;
    if ("at" in end) return [end.at, end.at];
    return [this.#during[0] + end.after, this.#during[1] + end.after];
  }
}

function overwritten(value: string, at: number, text: string): string {
  return value.padEnd(at, "\0").slice(0, at) + text + value.slice(at + text.length);
}
