/**
 * The page of the console. It runs in a browser: `deno task console` makes one script of it, which is part of
 * the server (lib/server/admin/page/console.js).
 *
 * @module
 */

import type { Visit } from "./answers.ts";
import { ApiError, ask, remember } from "./api.ts";
import { askToken } from "./dialogs.ts";
import { byId, element, say } from "./dom.ts";
import { KeysView } from "./keys.ts";
import { ConnectionsView, HotKeysView, SlowLogView } from "./lists.ts";
import { loginForm } from "./login.ts";
import { OverviewView } from "./overview.ts";
import { PlaygroundView } from "./playground.ts";
import { setUpTheme } from "./theme.ts";
import type { View } from "./view.ts";

const VIEWS: Readonly<Record<string, readonly [title: string, make: () => View]>> = {
  overview: ["Overview", () => new OverviewView()],
  connections: ["Connections", () => new ConnectionsView(failed)],
  slowlog: ["Slow log", () => new SlowLogView()],
  hotkeys: ["Hot keys", () => new HotKeysView()],
  keys: ["Keys", () => new KeysView(failed)],
  playground: ["Playground", () => new PlaygroundView()],
};

const made = new Map<string, View>();
const content = byId("main", "content");
const place = byId("div", "view");
const title = byId("h1", "title");
const alarm = byId("p", "alarm");
const who = byId("span", "who");
const leave = byId("button", "leave");
const links = byId("ul", "views");

let current = "";
let timer: ReturnType<typeof setTimeout> | undefined = undefined;
/** A refresh of a view that was left shows nothing. */
let opened = 0;
let asking = false;

/** The view that the address names. */
function nameOf(hash: string): string {
  const name = hash.replace(/^#\/?/, "");
  return Object.hasOwn(VIEWS, name) ? name : "overview";
}

function viewOf(name: string): View {
  const view = made.get(name) ?? VIEWS[name]![1]();
  made.set(name, view);
  return view;
}

/** Opens the view that the address names. */
async function open(focus: boolean): Promise<void> {
  const name = nameOf(location.hash);
  const view = viewOf(name);
  const number = ++opened;
  clearTimeout(timer);
  current = name;
  say(title, VIEWS[name]![0]);
  document.title = `${VIEWS[name]![0]} – Cortado`;
  say(alarm, "");
  for (const link of links.querySelectorAll("a")) {
    const isCurrent = nameOf(link.hash) === name;
    if (isCurrent) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else link.removeAttribute("aria-current");
  }
  if (focus) title.focus();
  place.replaceChildren();
  content.dataset["state"] = "opening";
  try {
    const visit = await ask<Visit>("GET", "visit");
    if (number !== opened) return;
    showVisit(visit);
    if (view.isPrivate && !visit.entered) return showLogin(visit, "This takes a login.");
    place.replaceChildren(view.element);
    await view.refresh(visit);
    if (number === opened) settle(view, visit, number);
  } catch (cause) {
    if (number === opened) failed(cause);
  }
}

/** Brings the view up to date from time to time, while somebody may see it. */
function settle(view: View, visit: Visit, number: number): void {
  content.dataset["state"] = "open";
  if (view.period === 0) return;
  const began = performance.now();
  const again = async () => {
    if (number !== opened) return;
    try {
      if (!document.hidden) await view.refresh(visit);
      if (number !== opened) return;
      say(alarm, "");
    } catch (cause) {
      if (number !== opened) return;
      failed(cause);
      if (cause instanceof ApiError && [401, 403].includes(cause.status)) return;
    }
    settle(view, visit, number);
  };
  timer = setTimeout(() => void again(), Math.max(100, view.period - (performance.now() - began)));
}

function showVisit({ user, wanted, entered }: Visit): void {
  say(who, user ?? "");
  leave.hidden = wanted === "nothing" || !entered;
}

function showLogin(visit: Visit, why: string): void {
  const form = loginForm(visit, why, () => void open(true));
  place.replaceChildren(form);
  content.dataset["state"] = "login";
  form.querySelector("input")?.focus();
}

/** Says what went wrong, or asks for what the server wants. */
function failed(cause: unknown): void {
  if (!(cause instanceof ApiError)) throw cause;
  if (cause.wantsToken) return void useToken();
  if (cause.login) {
    void ask<Visit>("GET", "visit").then((visit) => showLogin(visit, cause.message), failed);
    return;
  }
  content.dataset["state"] = "failed";
  say(alarm, cause.message);
}

async function useToken(): Promise<void> {
  if (asking) return;
  asking = true;
  const isWrong = sessionStorage.getItem("cortado-token") !== null;
  const token = await askToken(
    isWrong ? "That is not the token of this server." : "This server answers to who has its token.",
  );
  asking = false;
  if (token !== undefined) {
    remember("token", token);
    return open(true);
  }
  say(alarm, "Without the token nothing is shown; reload the page to give it.");
}

async function logOut(): Promise<void> {
  await ask("DELETE", "visit");
  remember("visit", undefined);
  await open(true);
}

function start(): void {
  const items = Object.entries(VIEWS).map(([name, [text]], at) =>
    element(
      "li",
      {},
      element("a", { href: `#/${name}`, "aria-keyshortcuts": String(at + 1) }, text),
    )
  );
  links.replaceChildren(...items);
  setUpTheme(byId("select", "theme"), () => {
    for (const view of made.values()) view.repaint?.();
  });
  byId("a", "skip").addEventListener("click", (event) => {
    event.preventDefault();
    title.focus();
  });
  leave.addEventListener("click", () => void logOut().catch(failed));
  addEventListener("hashchange", () => void open(true));
  addEventListener("keydown", openByDigit);
  void open(false);
}

/** The digits lead to the views, but where something is written. */
function openByDigit({ key, target, altKey, ctrlKey, metaKey }: KeyboardEvent): void {
  if (altKey || ctrlKey || metaKey) return;
  if (target instanceof Element && target.closest("input, textarea, select, dialog")) return;
  const name = Object.keys(VIEWS)[Number(key) - 1];
  if (name !== undefined && name !== current) location.hash = `#/${name}`;
}

start();
