/**
 * One entry: its value, its time to live; saved and deleted.
 *
 * @module
 */

import type { Entry } from "./answers.ts";
import { ApiError, ask } from "./api.ts";
import { BytesField } from "./bytes_field.ts";
import { confirmed } from "./dialogs.ts";
import { button, element, labelled, say } from "./dom.ts";
import { duration, labelOf, size } from "./text.ts";

/** What the panel tells the view around it. */
export interface EntryEvents {
  /** What went wrong. */
  failed(cause: unknown): void;
  /** An entry was made. */
  made(database: number, key: string): void;
  /** The entry is there no more. */
  gone(key: string): void;
}

/** Shows an entry, or a form for a new one. */
export class EntryPanel {
  /** The panel. */
  readonly element: HTMLElement;
  readonly #events: EntryEvents;
  readonly #title = element("h2", { tabindex: -1, class: "code" });
  readonly #about = element("p", { class: "summary" });
  readonly #status = element("p", { role: "status" });
  readonly #key = new BytesField("Key", 1, () => {});
  readonly #value = new BytesField("Value", 12, () => {});
  readonly #ttl = element("input", {
    inputmode: "decimal",
    placeholder: "never",
    autocomplete: "off",
    on: { input: () => this.#ttlChanged = true },
  });
  readonly #save = element("button", { class: "primary" }, "Save");
  readonly #delete = button("Delete", () => this.#do(() => this.#remove()), { class: "danger" });
  readonly #reload = button("Load again", () => this.#do(() => this.load()));
  /** What is answered about an entry that was shown before is passed over. */
  #openings = 0;
  #may: readonly string[] = [];
  #database = 0;
  /** In hex; `undefined` for a new entry. */
  #shownKey: string | undefined = undefined;
  #version = 0;
  #ttlChanged = false;
  /** When the entry ends, by `performance.now`. */
  #endsAt = Infinity;

  /** Makes it, hidden. */
  constructor(events: EntryEvents) {
    this.#events = events;
    const submit = (event: Event) => {
      event.preventDefault();
      this.#do(() => this.#store());
    };
    this.element = element(
      "form",
      { class: "panel entry", hidden: true, "aria-label": "Entry", on: { submit } },
      this.#title,
      this.#about,
      this.#key.element,
      this.#value.element,
      labelled("Time to live, in seconds; empty: it stays", this.#ttl),
      this.#status,
      element("div", { class: "actions" }, this.#save, this.#reload, this.#delete),
    );
  }

  /** Shows an entry. */
  async open(database: number, key: string, may: readonly string[]): Promise<void> {
    this.#begin(database, key, may);
    say(this.#title, labelOf(Uint8Array.fromHex(key)) || "(empty key)");
    const isShown = this.#watch();
    await this.load();
    if (isShown()) this.#title.focus();
  }

  /** Shows a form for a new entry. */
  create(database: number, may: readonly string[]): void {
    this.#begin(database, undefined, may);
    say(this.#title, "New key");
    say(this.#about, "It is stored if there is no such key yet.");
    this.#show(new Uint8Array(), null, 0);
    this.#key.bytes = new Uint8Array();
    this.#key.focus();
  }

  /** Shows what the server has now. */
  async load(): Promise<void> {
    const key = this.#shownKey!;
    const isShown = this.#watch();
    const entry = await ask<Entry>("POST", "entry", { key, database: this.#database })
      .catch((cause) => {
        if (isShown()) throw cause;
      });
    if (entry === undefined || !isShown()) return;
    const { size: length, isCut, ttl, version } = entry;
    const end = ttl === null ? "stays" : `ends in ${duration(ttl)}`;
    const cut = isCut
      ? `; only the first ${size(entry.value.length / 2)} are shown, it cannot be edited`
      : "";
    say(this.#about, `${size(length)}, version ${version}, ${end}${cut}.`);
    this.#show(Uint8Array.fromHex(entry.value), ttl, version);
    if (isCut) this.#save.disabled = this.#value.readOnly = true;
  }

  #begin(database: number, key: string | undefined, may: readonly string[]): void {
    this.#openings++;
    this.#may = may;
    this.#database = database;
    this.#shownKey = key;
    this.element.hidden = false;
    this.#key.element.hidden = key !== undefined;
    this.#reload.hidden = this.#delete.hidden = key === undefined;
    this.#value.reset();
    this.#show(new Uint8Array(), null, 0);
    this.#save.disabled = this.#delete.disabled = this.#value.readOnly = true; // Until there is one.
    for (const line of [this.#about, this.#status]) say(line, "");
  }

  /** Gives what tells whether the entry of now is still the one that is shown. */
  #watch(): () => boolean {
    const opening = this.#openings;
    return () => opening === this.#openings;
  }

  #show(value: Uint8Array, ttl: number | null, version: number): void {
    this.#save.disabled = this.#value.readOnly = !this.#may.includes("edit");
    this.#delete.disabled = !this.#may.includes("delete");
    this.#value.bytes = value;
    this.#version = version;
    this.#ttl.value = ttl === null ? "" : String(ttl / 1_000);
    this.#ttlChanged = false;
    this.#endsAt = ttl === null ? Infinity : performance.now() + ttl;
  }

  async #store(): Promise<void> {
    const key = this.#shownKey ?? this.#key.bytes?.toHex();
    const value = this.#value.bytes?.toHex();
    if (key === undefined || value === undefined) return;
    const body = {
      database: this.#database,
      key,
      value,
      ttl: this.#givenTtl(),
      version: this.#version,
    };
    const isShown = this.#watch();
    await ask("PUT", "entry", body);
    if (!isShown()) return;
    if (this.#shownKey === undefined) this.#events.made(this.#database, key);
    else {
      await this.load();
      if (!isShown()) return;
    }
    say(this.#status, "Saved.");
  }

  /** Milliseconds: what was given, or what is left of what the entry has. */
  #givenTtl(): number | null {
    if (!this.#ttlChanged) {
      return this.#endsAt === Infinity
        ? null
        : Math.max(1, Math.round(this.#endsAt - performance.now()));
    }
    const text = this.#ttl.value.trim();
    if (text === "") return null;
    const ttl = Math.round(Number(text) * 1_000);
    if (Number.isSafeInteger(ttl) && ttl > 0) return ttl;
    throw new ApiError(0, "The time to live must be a number of seconds above 0.");
  }

  async #remove(): Promise<void> {
    const key = this.#shownKey!;
    const name = labelOf(Uint8Array.fromHex(key));
    if (!await confirmed(`The key ${name} and its value are removed.`, "Delete the key")) return;
    const isShown = this.#watch();
    await ask("DELETE", "entry", { key, database: this.#database, version: this.#version });
    if (isShown()) this.element.hidden = true;
    this.#events.gone(key);
  }

  #do(deed: () => Promise<void>): void {
    say(this.#status, "");
    const isShown = this.#watch();
    deed().catch((cause) => {
      const isChanged = cause instanceof ApiError && cause.status === 409;
      if (!isChanged || !isShown()) return this.#events.failed(cause);
      const what = this.#shownKey === undefined
        ? "There is such a key already."
        : "Somebody has changed the entry meanwhile: load it again.";
      say(this.#status, what);
    });
  }
}
