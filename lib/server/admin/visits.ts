/**
 * Who looks at the console, and what that one may do.
 *
 * @module
 */

import type { Services, User } from "../../handler/mod.ts";
import { DEFAULT_USER } from "../../model/mod.ts";
import { ALL_COMMANDS } from "../../resp/mod.ts";
import { lookAt } from "../login.ts";
import { Refusal } from "./json.ts";

/** Who looks; where there is no user, everything is allowed. */
export interface Visitor {
  /** The user. */
  readonly user: User | undefined;
}

/** What has to be given before more than figures is shown. */
export type Wanted = "nothing" | "password" | "user";

/** What the console sends a visit's number in. */
const VISIT_HEADER = "cortado-visit";
/** A visit ends when so long nothing was asked, in milliseconds. */
const IDLE = 1_800_000;
/** So many visits there may be: the one that is idle for longest makes room. */
const MAX_VISITS = 64;
/** So many logins of a host may wait for their answers, failed ones among them. */
const MAX_PENDING = 8;

const UTF8 = new TextEncoder();

/** The visits of those who have logged in. */
export class Visits {
  readonly #hasToken: boolean;
  /** By their numbers; the one that is idle for longest is the first. */
  readonly #visits = new Map<string, Visitor & { readonly seen: number }>();
  /** How many logins wait, by the hosts that have some. */
  readonly #pending = new Map<string, number>();

  /** Without a visit; `hasToken`: whether whoever asks has shown that they are an operator. */
  constructor(hasToken: boolean) {
    this.#hasToken = hasToken;
  }

  /** What has to be given. Where there are users, they decide; otherwise the token does. */
  wanted({ users, settings }: Services): Wanted {
    if (users !== undefined) return "user";
    return settings.password === "" || this.#hasToken ? "nothing" : "password";
  }

  /**
   * Begins a visit; returns its number. A failure is answered as late as on a connection.
   *
   * @throws {Refusal} When the credentials are wrong, or too many logins wait.
   */
  async begin(services: Services, name: string, password: string, host: string): Promise<string> {
    const pending = this.#pending.get(host) ?? 0;
    if (pending >= MAX_PENDING) {
      throw new Refusal(429, `${MAX_PENDING} logins wait for their answers: try again later.`);
    }
    this.#pending.set(host, pending + 1);
    try {
      const user = UTF8.encode(name || DEFAULT_USER);
      const entry = await lookAt({ user, password: UTF8.encode(password) }, services);
      if (entry !== undefined) return this.#add(entry, services);
      services.system.log(`${host}: a login at the console has failed`);
      const delay = services.failedLogins.note(host, services.databases.now());
      await new Promise((resolve) => setTimeout(resolve, delay));
      throw new Refusal(401, "The name or the password is wrong.", true);
    } finally {
      const rest = this.#pending.get(host)! - 1;
      if (rest > 0) this.#pending.set(host, rest);
      else this.#pending.delete(host);
    }
  }

  /** Ends the visit that a request belongs to. */
  end(request: Request): void {
    this.#visits.delete(request.headers.get(VISIT_HEADER) ?? "");
  }

  /** Who sends a request; nobody when a login is wanted. */
  find(services: Services, request: Request): Visitor | undefined {
    if (this.wanted(services) === "nothing") return { user: undefined };
    const number = request.headers.get(VISIT_HEADER) ?? "";
    const visit = this.#visits.get(number);
    const now = services.databases.now();
    this.#visits.delete(number);
    if (visit !== undefined && now - visit.seen < IDLE) {
      this.#visits.set(number, { ...visit, seen: now }); // It is the last one now.
      return visit;
    }
    const user = services.users?.everybody;
    return user && { user };
  }

  #add(visitor: Visitor, { databases }: Services): string {
    const number = crypto.getRandomValues(new Uint8Array(32)).toHex();
    this.#visits.set(number, { ...visitor, seen: databases.now() });
    if (this.#visits.size > MAX_VISITS) this.#visits.delete(this.#visits.keys().next().value!);
    return number;
  }
}

/** What the console does besides entries, and the command of Redis whose permission that takes. */
const DEEDS = {
  connections: "client|list",
  kill: "client|kill",
  slowLog: "slowlog|get",
  hotKeys: "slowlog|get",
  keys: "scan",
  look: "get",
  edit: "set",
  delete: "del",
} as const;

/** Something that a visitor may be allowed to do. */
export type Deed = keyof typeof DEEDS;

const INDEX_OF: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(DEEDS).map(([deed, name]) => [
    deed,
    ALL_COMMANDS.find((command) => command.name === name)!.index,
  ]),
);

/** Whether a visitor may do something, with the keys that are allowed. */
export function may({ user }: Visitor, deed: Deed): boolean {
  return user === undefined || user.mayRun(INDEX_OF[deed]!);
}

/** All that a visitor may do. */
export function deedsOf(visitor: Visitor): readonly Deed[] {
  // The names are those of the table.
  return (Object.keys(DEEDS) as Deed[]).filter((deed) => may(visitor, deed));
}
