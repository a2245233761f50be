/** A scripted server, in memory: the test reads the client's requests and sends what it likes. */

import {
  CafeRequestDecoder,
  CafeResponseEncoder,
  type DecodedRequest,
} from "../../lib/cafe/mod.ts";
import { Client, type ClientOptions, type Duplex, type Transport } from "../../lib/client/mod.ts";
import { BatchDecoder, encodeAll } from "../../lib/codec/mod.ts";
import type { Response } from "../../lib/model/mod.ts";

/** What every test of the client is run with. */
export const HERMETIC = {
  permissions: "none",
  sanitizeOps: true,
  sanitizeResources: true,
} as const;

const UTF8 = new TextDecoder();

export function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && UTF8.decode(bytes);
}

/** Items that are waited for in order. */
export class Mailbox<T> {
  readonly #items: T[] = [];
  readonly #takers: ((item: T) => void)[] = [];

  get length(): number {
    return this.#items.length;
  }

  put(item: T): void {
    const taker = this.#takers.shift();
    if (taker) taker(item);
    else this.#items.push(item);
  }

  take(): Promise<T> {
    const item = this.#items.shift();
    return item === undefined
      ? new Promise((resolve) => this.#takers.push(resolve))
      : Promise.resolve(item);
  }
}

/** The server's end of one connection. */
export class PeerConnection {
  /** The client's end. */
  readonly duplex: Duplex;
  /** The chunks that the client wrote. */
  readonly writes: Uint8Array[] = [];
  /** Resolves when the client has closed the connection. */
  readonly closed: Promise<void>;
  readonly #requests = new Mailbox<DecodedRequest>();
  readonly #decoder = new BatchDecoder(new CafeRequestDecoder());
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #gate: PromiseWithResolvers<void> | undefined = undefined;
  #passOnClose = false;

  constructor() {
    const closed = Promise.withResolvers<void>();
    this.closed = closed.promise;
    let open = true;
    this.duplex = {
      readable: new ReadableStream({ start: (controller) => void (this.#controller = controller) }),
      writable: new WritableStream({ write: (chunk) => this.#receive(chunk) }),
      close: () => {
        if (!open) return;
        open = false;
        this.fail(new Error("closed by the client"));
        if (this.#passOnClose) this.#gate?.resolve();
        else this.#gate?.reject(new Error("closed by the client"));
        closed.resolve();
      },
    };
  }

  /** The next request. */
  take(): Promise<DecodedRequest> {
    return this.#requests.take();
  }

  /** The next requests. */
  async takeMany(count: number): Promise<DecodedRequest[]> {
    const requests: DecodedRequest[] = [];
    while (requests.length < count) requests.push(await this.take());
    return requests;
  }

  /** How many requests came and were not taken. */
  get waiting(): number {
    return this.#requests.length;
  }

  /** Answers a request. */
  answer({ id, checksum }: DecodedRequest, response: Response): void {
    this.send({ ...response, id, checksum });
  }

  /** Takes the next request and answers it. */
  async answerNext(response: Response): Promise<DecodedRequest> {
    const request = await this.take();
    this.answer(request, response);
    return request;
  }

  /** Sends responses as they are, in one chunk. */
  send(...responses: Response[]): void {
    this.sendBytes(encodeAll(new CafeResponseEncoder(), responses));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#controller.enqueue(bytes);
  }

  /** Ends what the server sends. */
  end(): void {
    this.#controller.close();
  }

  /** Loses the connection. */
  fail(cause: Error): void {
    this.#controller.error(cause);
  }

  /**
   * From now on writes are pending until they are let through. When the client closes the connection
   * before that, they are rejected, or resolve as if all were well.
   */
  hold(onClose: "reject" | "resolve" = "reject"): void {
    this.#passOnClose = onClose === "resolve";
    this.#gate = Promise.withResolvers<void>();
    this.#gate.promise.catch(() => {});
  }

  /** Lets writes through. */
  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async #receive(chunk: Uint8Array): Promise<void> {
    this.writes.push(chunk);
    const requests: DecodedRequest[] = [];
    this.#decoder.push(chunk, requests);
    for (const request of requests) this.#requests.put(request);
    await this.#gate?.promise;
  }
}

/** The server's end of all connections. */
export class Peer {
  /** Errors that the next attempts to connect fail with. */
  readonly refusals: Error[] = [];
  /** How often the client tried to connect. */
  attempts = 0;
  readonly #connections = new Mailbox<PeerConnection>();

  readonly transport: Transport = () => {
    this.attempts++;
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return Promise.reject(refusal);
    const connection = new PeerConnection();
    this.#connections.put(connection);
    return Promise.resolve(connection.duplex);
  };

  /** The next connection that the client opens. */
  accept(): Promise<PeerConnection> {
    return this.#connections.take();
  }
}

/** Pauses that take no time and are remembered. */
export class VirtualDelay {
  /** The pauses, in milliseconds. */
  readonly pauses: number[] = [];
  readonly delay = (milliseconds: number, signal: AbortSignal): Promise<void> => {
    this.pauses.push(milliseconds);
    return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve();
  };
}

/** A client, its peer and the first connection between them. Pauses take no time unless told otherwise. */
export async function connectPair(
  options: ClientOptions = {},
): Promise<{ client: Client; peer: Peer; connection: PeerConnection }> {
  const peer = new Peer();
  const { delay } = new VirtualDelay();
  const client = await Client.connect(peer.transport, { delay, ...options });
  return { client, peer, connection: await peer.accept() };
}
