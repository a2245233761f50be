import { Channels, handle, newCounters, type Services } from "../../lib/handler/mod.ts";
import type { ErrorCode, RequestHead, Response, ValidRequest } from "../../lib/model/mod.ts";
import { MemoryStore } from "../../lib/store/mod.ts";
import { assertEquals } from "@std/assert";

/** What most requests of a test have. */
export const HEAD: RequestHead = { id: undefined, quiet: false, checksum: false };

/** A request without its head. */
type Body<R> = R extends unknown ? Omit<R, keyof RequestHead> : never;

/** Services whose clock stands still until the test moves it, and one peer. */
export class Bench {
  /** The present time; the store's clock. */
  now = 1_000_000;
  /** What `onDefect` was told. */
  readonly defects: unknown[] = [];
  /** What the peer was given: channel, message, checksum. */
  readonly delivered: (readonly [Uint8Array, Uint8Array, boolean])[] = [];
  /** The peer that all requests come from. */
  readonly peer = {
    deliver: (channel: Uint8Array, message: Uint8Array, checksum: boolean): void => {
      this.delivered.push([channel, message, checksum]);
    },
  };
  readonly services: Services = {
    store: new MemoryStore({ now: () => this.tick() }),
    channels: new Channels(),
    counters: newCounters(),
    limits: { maxKeySize: 100, maxValueSize: 40, maxSubscriptions: 2 },
    startedAt: this.now,
    onDefect: (cause) => void this.defects.push(cause),
  };

  /** What the store's clock says; a test may make it go on with each look. */
  tick: () => number = () => this.now;

  /** Carries out a request. */
  run(body: Body<ValidRequest>): Response {
    return handle({ ...HEAD, ...body } as ValidRequest, this.services, this.peer);
  }

  /** Asserts that a request becomes an error. */
  assertError(body: Body<ValidRequest>, code: ErrorCode, message: string): void {
    assertEquals(this.run(body), { ...NO_HEAD, type: "ERR", code, message });
  }
}

/** What a response has before the session adds the request's. */
export const NO_HEAD = { id: undefined, checksum: false };
