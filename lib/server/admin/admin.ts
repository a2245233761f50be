/**
 * What operators and monitoring systems ask over HTTP.
 *
 * @module
 */

import { exposition, EXPOSITION_TYPE } from "../../handler/mod.ts";
import { acceptAll } from "../accept.ts";
import { DEFAULT_HOST } from "../address.ts";
import { checkExposure } from "../protected_mode.ts";
import { apiRoutes } from "./api.ts";
import { refusalOf } from "./guard.ts";
import { PAGE_ROUTES } from "./page.ts";
import { type Stage, whyNotReady } from "./readiness.ts";
import { type Answer, answerBy, plain, type Routes } from "./routes.ts";
import { MIN_TOKEN_LENGTH } from "./token.ts";

/** Where HTTP is answered, and to whom. */
export interface AdminOptions {
  /** The address to listen on. Default 127.0.0.1. */
  readonly hostname?: string;
  /** The port; 0 picks a free one. */
  readonly port: number;
  /** What callers must give, of 16 characters or more; empty: nothing. Default empty. */
  readonly token?: string;
}

/** So many requests are answered at once; the probes of health are answered beside them. */
export const MAX_ANSWERING = 64;

const PROBES: readonly string[] = ["/healthz", "/readyz"];

/** Answers over HTTP, from before the entries are loaded until the server has ended. */
export class Admin {
  /** Where it listens. */
  readonly addr: Deno.NetAddr;
  readonly #log: (line: string) => void;
  readonly #hasToken: boolean;
  readonly #answer: Answer;
  /** The requests that are being answered: each settles when its answer has been sent, or cannot be. */
  readonly #answering = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #stage: Stage = "loading";

  /**
   * Begins to listen.
   *
   * @throws {RangeError} When the token is too short.
   * @throws {ProtectedModeError} When other machines could ask, and no token is wanted.
   * @throws {Deno.errors.AddrInUse} When somebody listens there already.
   */
  constructor(options: AdminOptions, protectedMode: boolean, log: (line: string) => void) {
    const { hostname = DEFAULT_HOST, port, token = "" } = options;
    if (token !== "" && token.length < MIN_TOKEN_LENGTH) {
      throw new RangeError(
        `Cannot use a token of ${token.length} characters: it must have at least ${MIN_TOKEN_LENGTH}`,
      );
    }
    checkExposure({ hostname, port, password: token, protectedMode });
    this.#log = log;
    this.#hasToken = token !== "";
    this.#answer = answerBy(
      this.#routes(),
      (request, isOpen) =>
        this.#refuseBusy(request) ?? refusalOf({ hostname, token }, request, isOpen),
    );
    const first = this.#listen(hostname, port);
    this.addr = first.addr;
    this.#ended = this.#serve(first);
  }

  /** Told what the server does now. */
  set stage(stage: Stage) {
    this.#stage = stage;
  }

  /** Ends when what has been asked is answered, or with {@linkcode Admin.cut}. */
  async close(): Promise<void> {
    const { signal } = this.#stop;
    const cut = new Promise((resolve) => signal.addEventListener("abort", resolve));
    if (!signal.aborted) await Promise.race([Promise.all(this.#answering), cut]);
    await this.cut();
  }

  /** Ends at once, whatever is being answered. */
  cut(): Promise<void> {
    this.#stop.abort();
    return this.#ended;
  }

  #listen(hostname: string, port: number): Deno.HttpServer<Deno.NetAddr> {
    const options = { hostname, port, signal: this.#stop.signal, onListen() {} };
    return Deno.serve(
      { ...options, onError: (cause) => this.#tellDefect(cause) },
      (request, { remoteAddr, completed }) => {
        const sent = completed.catch(() => {}).finally(() => this.#answering.delete(sent));
        this.#answering.add(sent);
        return this.#answer(request, remoteAddr.hostname);
      },
    );
  }

  /** An accept that fails, as for want of file descriptors, ends what listens: something new does, on the same port. */
  #serve(first: Deno.HttpServer): Promise<void> {
    let http: Deno.HttpServer | undefined = first;
    const { hostname, port } = this.addr;
    return acceptAll({
      accept: async () => {
        http ??= this.#listen(hostname, port);
        await http.finished.finally(() => http = undefined);
      },
    }, {
      signal: this.#stop.signal,
      onConnection() {},
      onError: (cause, delay) => {
        const what = cause instanceof Error ? cause.message : cause;
        this.#log(`cannot accept HTTP: ${what}; trying again in ${delay} ms`);
      },
    });
  }

  #tellDefect(cause: unknown): Response {
    this.#log(`defect: ${cause instanceof Error ? cause.stack : cause}`);
    return plain(500, "A fault of the server, see its log.");
  }

  #refuseBusy({ url }: Request): Response | undefined {
    if (this.#answering.size <= MAX_ANSWERING || PROBES.includes(new URL(url).pathname)) return;
    return plain(503, `${MAX_ANSWERING} requests are being answered: try again later.`);
  }

  #routes(): Routes {
    return {
      "/healthz": { GET: () => plain(200, "ok"), isOpen: true },
      "/readyz": { GET: () => this.#tellReady(), isOpen: true },
      "/metrics": { GET: () => this.#tellMetrics() },
      ...PAGE_ROUTES,
      ...apiRoutes({ stage: () => this.#stage, hasToken: this.#hasToken }),
    };
  }

  #tellReady(): Response {
    const reason = whyNotReady(this.#stage);
    return reason === undefined ? plain(200, "ready") : plain(503, reason);
  }

  #tellMetrics(): Response {
    if (typeof this.#stage === "string") return plain(503, whyNotReady(this.#stage)!);
    return new Response(exposition(this.#stage), { headers: { "content-type": EXPOSITION_TYPE } });
  }
}
