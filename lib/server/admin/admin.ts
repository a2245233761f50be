/**
 * What operators and monitoring systems ask over HTTP.
 *
 * @module
 */

import { exposition, EXPOSITION_TYPE } from "../../handler/mod.ts";
import { DEFAULT_HOST } from "../address.ts";
import { checkExposure } from "../protected_mode.ts";
import { apiRoutes } from "./api.ts";
import { refusalOf } from "./guard.ts";
import { PAGE_ROUTES } from "./page.ts";
import { type Stage, whyNotReady } from "./readiness.ts";
import { answerBy, plain, type Routes } from "./routes.ts";
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

/** Answers over HTTP, from before the entries are loaded until the server has ended. */
export class Admin {
  readonly #http: Deno.HttpServer<Deno.NetAddr>;
  readonly #hasToken: boolean;
  #stage: Stage = "loading";

  /**
   * Begins to listen.
   *
   * @throws {RangeError} When the token is too short.
   * @throws {ProtectedModeError} When other machines could ask, and no token is wanted.
   * @throws {Deno.errors.AddrInUse} When somebody listens there already.
   */
  constructor(options: AdminOptions, protectedMode: boolean) {
    const { hostname = DEFAULT_HOST, port, token = "" } = options;
    if (token !== "" && token.length < MIN_TOKEN_LENGTH) {
      throw new RangeError(
        `Cannot use a token of ${token.length} characters: it must have at least ${MIN_TOKEN_LENGTH}`,
      );
    }
    checkExposure({ hostname, port, password: token, protectedMode });
    this.#hasToken = token !== "";
    const answer = answerBy(
      this.#routes(),
      (request, isOpen) => refusalOf({ hostname, token }, request, isOpen),
    );
    this.#http = Deno.serve(
      { hostname, port, onListen() {} },
      (request, { remoteAddr }) => answer(request, remoteAddr.hostname),
    );
  }

  /** Where it listens. */
  get addr(): Deno.NetAddr {
    return this.#http.addr;
  }

  /** Told what the server does now. */
  set stage(stage: Stage) {
    this.#stage = stage;
  }

  /** Answers no more. */
  close(): Promise<void> {
    return this.#http.shutdown();
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
