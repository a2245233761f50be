/**
 * Logging in: credentials are looked at, and a failure is answered late.
 *
 * @module
 */

import { credentialsMatch, type Services, type User } from "../handler/mod.ts";
import type { Credentials } from "../model/mod.ts";
import type { Outbox } from "./conversation.ts";

/** A conversation whose client may log in. */
export interface Applicant {
  /** What it shares with all. */
  readonly services: Services;
  /** Where it waits. */
  readonly outbox: Outbox;
  /** How many logins have failed on its connection. */
  failures: number;
}

/** Who has come in; no user where the server has none but a password. */
export interface Entry {
  /** The user. */
  readonly user: User | undefined;
}

/** What became of credentials: who has come in, or why nobody; then the connection may end. */
export type Outcome = Entry | "wrong" | "tooMany";

/** What a login settles, once. */
export type Settle = (outcome: Outcome) => void;

/**
 * Looks at credentials. Requests behind this one wait until it is settled, which is at once where nothing
 * takes time: no hash is worked out and nothing fails.
 *
 * A session that waits for nothing ({@linkcode Session.receive}) settles what is not known yet as wrong.
 *
 * @param atOnce Whether the outcome is told before the wait for it: in EXEC, replies cannot wait.
 */
export function logIn(
  applicant: Applicant,
  credentials: Credentials,
  settle: Settle,
  atOnce = false,
): void {
  if (hasTooMany(applicant)) return settle("tooMany");
  const looked = lookAt(credentials, applicant.services);
  if (!(looked instanceof Promise)) return conclude(applicant, looked, settle, atOnce);
  let found: Entry | undefined;
  const until = looked.then((entry) => found = entry);
  const over = () => conclude(applicant, found, settle, false);
  applicant.outbox.pause({ timeout: 0, until, unread: true, over });
}

/** What is said to who has failed too often. */
export function tooManyFailures({ limits }: Services): string {
  return `Cannot log in: ${limits.maxAuthFailures} attempts have failed on this connection, which is ` +
    "the limit (option maxAuthFailures)";
}

function conclude(
  applicant: Applicant,
  entry: Entry | undefined,
  settle: Settle,
  atOnce: boolean,
): void {
  if (entry !== undefined) return settle(entry);
  const { services, outbox } = applicant;
  applicant.failures++;
  const host = hostOf(outbox.wire.address);
  services.system.log(`${outbox.wire.address}: a login has failed`);
  const delay = services.failedLogins.note(host, services.databases.now());
  const tell = () => settle(hasTooMany(applicant) ? "tooMany" : "wrong");
  const end = () => {
    if (hasTooMany(applicant)) outbox.finish();
  };
  if (atOnce) tell();
  outbox.pause({
    timeout: delay,
    until: new Promise(() => {}), // The end of the stream does not make it shorter.
    unread: true,
    over: () => {
      if (!atOnce) tell();
      end();
    },
  });
}

function hasTooMany({ services: { limits }, failures }: Applicant): boolean {
  return limits.maxAuthFailures > 0 && failures >= limits.maxAuthFailures;
}

/** Whom credentials let in. A name that is not known takes as long as one that is. */
export function lookAt(
  credentials: Credentials,
  services: Services,
): Entry | undefined | Promise<Entry | undefined> {
  const { users, settings } = services;
  if (users === undefined) {
    return credentialsMatch(credentials, settings.password) ? { user: undefined } : undefined;
  }
  const user = users.find(textOf(credentials.user));
  if (user !== undefined && user.password === undefined) return { user };
  const hash = user?.password ?? users.decoy;
  if (hash === undefined) return undefined;
  const entry = user === undefined ? undefined : { user };
  const right = services.checkPassword(credentials.password, hash);
  if (!(right instanceof Promise)) return right ? entry : undefined;
  return right.then((right) => right ? entry : undefined, (cause) => {
    services.onDefect(cause);
    return undefined;
  });
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

/** An address without its port, since a host may use any, and without the brackets of IPv6. */
function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1");
}
