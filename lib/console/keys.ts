/**
 * The key browser.
 *
 * @module
 */

import type { KeyPage, Visit } from "./answers.ts";
import { ApiError, ask } from "./api.ts";
import { button, choice, element, labelled, say } from "./dom.ts";
import { EntryPanel } from "./entry_panel.ts";
import { targetOf } from "./table.ts";
import { bytesOfText, labelOf } from "./text.ts";
import type { View } from "./view.ts";

/** So many keys are added to the list at once. */
const PAGE = 200;
/** So many requests are made for them: each looks at 2,000 entries. */
const REQUESTS = 50;
/** The list follows what is typed after so many milliseconds. */
const DELAY = 150;

/** Keys by prefix, and what stands under them. */
export class KeysView implements View {
  readonly period = 0;
  readonly isPrivate = true;
  readonly element: HTMLElement;
  readonly #failed: (cause: unknown) => void;
  readonly #database = choice([["0", "0"]], () => this.#search());
  readonly #prefix = element("input", {
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    on: { input: () => this.#searchSoon(), keydown: (event) => this.#enterList(event) },
  });
  readonly #list = element("ul", { class: "keys", "aria-label": "Keys" });
  readonly #summary = element("p", { class: "summary", role: "status" });
  readonly #more = button("More", () => void this.#extend(), { hidden: true });
  readonly #new = button("New key", () => this.#panel.create(this.#number, this.#may));
  readonly #panel: EntryPanel;
  #may: readonly string[] = [];
  #cursor = 0;
  /** A search that is not the last one adds nothing more. */
  #searches = 0;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;

  /** Makes it, empty. */
  constructor(failed: (cause: unknown) => void) {
    this.#failed = failed;
    this.#panel = new EntryPanel({
      failed,
      made: (database, key) => {
        this.#add([key]);
        this.#open(database, key);
      },
      gone: (key) => {
        this.#itemOf(key)?.closest("li")?.remove();
        this.#prefix.focus();
        say(this.#summary, "The key was deleted.");
      },
    });
    this.#list.addEventListener("keydown", (event) => this.#move(event));
    this.element = element(
      "div",
      { class: "browser" },
      element(
        "section",
        { class: "panel", "aria-label": "Keys" },
        element(
          "div",
          { class: "toolbar" },
          labelled("Database", this.#database, { class: "field narrow" }),
          labelled("Keys that begin with", this.#prefix, { class: "field wide" }),
          this.#new,
        ),
        this.#summary,
        this.#list,
        this.#more,
      ),
      this.#panel.element,
    );
  }

  refresh({ may, databases }: Visit): void {
    this.#may = may;
    this.#new.disabled = !may.includes("edit");
    for (let at = this.#database.length; at < databases; at++) {
      this.#database.add(new Option(String(at)));
    }
    this.#search();
  }

  get #number(): number {
    return Number(this.#database.value);
  }

  #searchSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), DELAY);
  }

  #search(): void {
    clearTimeout(this.#timer);
    this.#list.replaceChildren();
    this.#cursor = 0;
    void this.#extend();
  }

  /** Adds the next keys: pages are asked for until there are enough. */
  async #extend(): Promise<void> {
    const search = ++this.#searches;
    const prefix = bytesOfText(this.#prefix.value).toHex();
    say(this.#summary, "Looking…");
    try {
      let found = 0;
      for (let requests = 0; requests < REQUESTS && found < PAGE; requests++) {
        const from = { prefix, database: this.#number, cursor: this.#cursor };
        const page = await ask<KeyPage>("POST", "keys", from);
        if (search !== this.#searches) return;
        this.#add(page.keys);
        found += page.keys.length;
        this.#cursor = page.cursor;
        if (page.cursor === 0) break;
      }
      this.#more.hidden = this.#cursor === 0;
      const count = this.#list.childElementCount;
      const keys = `${count} ${count === 1 ? "key" : "keys"}`;
      say(this.#summary, this.#cursor === 0 ? `${keys}.` : `${keys}, and there may be more.`);
    } catch (cause) {
      if (search !== this.#searches) return;
      this.#more.hidden = true;
      const isForbidden = cause instanceof ApiError && cause.status === 403;
      say(this.#summary, isForbidden ? cause.message : "");
      if (!isForbidden) this.#failed(cause);
    }
  }

  #add(keys: readonly string[]): void {
    const made = keys.filter((key) => this.#itemOf(key) === undefined).map((key) => {
      const label = labelOf(Uint8Array.fromHex(key)) || "(empty key)";
      const open = () => this.#open(this.#number, key);
      const item = button(label, open, { class: "code", tabindex: -1, "data-key": key });
      return element("li", {}, item);
    });
    this.#list.append(...made);
    this.#stopAt(this.#items.find(({ tabIndex }) => tabIndex === 0) ?? this.#items[0]);
  }

  #open(database: number, key: string): void {
    for (const item of this.#items) {
      const isOpen = item.dataset["key"] === key;
      item.toggleAttribute("aria-current", isOpen);
      if (isOpen) this.#stopAt(item);
    }
    this.#panel.open(database, key, this.#may).catch(this.#failed);
  }

  #enterList(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" || this.#items.length === 0) return;
    event.preventDefault();
    this.#items.find(({ tabIndex }) => tabIndex === 0)?.focus();
  }

  #move(event: KeyboardEvent): void {
    const items = this.#items;
    const at = items.findIndex((item) => item === document.activeElement);
    if (at < 0) return;
    if (event.key === "ArrowUp" && at === 0) return this.#prefix.focus();
    const target = targetOf(event.key, at, items.length);
    if (target === undefined) return;
    event.preventDefault();
    this.#stopAt(items[target]);
    items[target]!.focus();
  }

  /** Tab stops at one key of the list. */
  #stopAt(stop: HTMLElement | undefined): void {
    for (const item of this.#items) item.tabIndex = item === stop ? 0 : -1;
  }

  get #items(): HTMLButtonElement[] {
    return [...this.#list.querySelectorAll("button")];
  }

  #itemOf(key: string): HTMLButtonElement | undefined {
    return this.#list.querySelector<HTMLButtonElement>(`[data-key="${key}"]`) ?? undefined;
  }
}
