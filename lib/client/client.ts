/**
 * The typed calls.
 *
 * @module
 */

import { NO_BYTES } from "../bytes/mod.ts";
import { type Reply, replyCount, replyInteger, replyKeys, type RequestHead } from "../cafe/mod.ts";
import type { Call, Outgoing } from "./call.ts";
import { Link } from "./link.ts";
import {
  type Bytes,
  type CallOptions,
  type ClientOptions,
  type DeleteOptions,
  type SetOptions,
  type Settings,
  settingsOf,
  type StreamOptions,
  toBytes,
  type TouchOptions,
} from "./options.ts";
import {
  type Compaction,
  type Entry,
  type KeyPage,
  readReply,
  replyCompaction,
  replyEntry,
  replyInfo,
  replyStats,
  type ServerInfo,
  type StreamedEntry,
  streamedEntry,
} from "./results.ts";
import { type Subscription, Subscriptions } from "./subscription.ts";
import { type Address, connectTo, type Transport } from "./transport.ts";

/** So many bytes of a value wait to be read at the most. */
const STREAM_WINDOW = 1_048_576;

/**
 * A client of one server.
 *
 * Any number of calls may be in flight at once: those that are made in one tick are sent in one write, and
 * none waits for the answer of another. Keys, values, channels and messages are any bytes, or text that is
 * sent as UTF-8.
 *
 * **Results** that are bytes are views of what was received: they stay unchanged, and keep the block of up
 * to 64 KiB that they lie in alive. Copy (`slice`) what is kept for long. Bytes that are given to a call
 * must stay unchanged until it has settled.
 *
 * **Quiet** calls resolve when they are written, and are answered only by an error, which
 * `onQuietError` gets. When the connection is lost after that, they may be lost with it.
 *
 * **Durable** calls resolve when what they have changed, and all that the server has carried out before,
 * is on stable storage: a `ping` with `durable` is a barrier for the calls before it. A server that keeps
 * nothing on disk refuses them with `NOT_DURABLE`. `NOT_STORED` says that it could not write to its disk,
 * and leaves open whether the request was carried out.
 *
 * **Rejections**: `ServerError` (the server answered with an error), `ConnectionError`, `TimeoutError`,
 * `ClosedError`, `LimitError` (more than `maxPending` calls), the reason of the call's signal, a
 * `RangeError` for what cannot be encoded, a `ReplyError` for an answer that is not laid out as it should
 * be.
 *
 * **A lost connection** is replaced when there is something to send. Calls that were not sent are sent
 * then; of those that were sent, the ones that may be carried out twice (GET, PING, HELLO, STATS, SCAN,
 * TOUCH, COMPACT, SET without a version) are sent again, the others (INCR, APPEND, PUBLISH, DELETE, SET
 * with a version) are rejected with a `ConnectionError` whose `maybeExecuted` is true. A request that was
 * sent three times is rejected like those. After a GOAWAY the server has not read what it did not answer:
 * all of it is sent again. When the server sends what cannot be understood, all that was sent is rejected.
 * Subscriptions are restored. After `attempts` failed attempts everything is rejected and the client is
 * closed.
 *
 * **A SET without a version that is sent again may undo the write of another client**: the first one may
 * have been carried out, and the other client may have written to the key before the second one comes. A
 * TOUCH that is sent again may do the same to an expiry. Give SET a `version`, or the client the option
 * `reconnect: false`, where that matters: then nothing is carried out twice.
 *
 * @example
 * ```ts
 * import { Client } from "@cortado/cortado/client";
 * import { serve } from "@cortado/cortado/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await serve({ port: 0 });
 * await using client = await Client.connect(server.addr!);
 * const answers = await Promise.all([client.set("greeting", "hey"), client.append("greeting", " ho")]);
 * assertEquals(answers, [undefined, 6]);
 * assertEquals(new TextDecoder().decode(await client.get("greeting")), "hey ho");
 * ```
 */
export class Client implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #link: Link;
  readonly #subscriptions: Subscriptions;

  private constructor(transport: Transport, settings: Settings) {
    this.#settings = settings;
    this.#subscriptions = new Subscriptions(settings, (call: Call) => this.#link.send(call));
    this.#link = new Link(transport, settings, this.#subscriptions);
  }

  /**
   * Connects to a server; resolves when connected. The first attempt is the only one: a wrong address
   * shows at once.
   *
   * @throws {ConnectionError} When there is no connection.
   * @throws {RangeError} When an option is out of range.
   */
  static async connect(to: Address | Transport, options: ClientOptions = {}): Promise<Client> {
    const transport = typeof to === "function" ? to : connectTo(to);
    const client = new Client(transport, settingsOf(options));
    await client.#link.open();
    return client;
  }

  /** Asks for an answer: `value`, or `PONG` when it is empty. */
  async ping(value: Bytes = "", options: CallOptions = {}): Promise<Uint8Array> {
    const reply = await this.#call({
      op: "PING",
      value: toBytes(value),
      ...this.#head(options),
    }, options);
    return reply.value;
  }

  /**
   * What the server says of itself.
   *
   * @throws {ReplyError} When the answer is not a JSON object, or a field is missing.
   */
  async hello(options: CallOptions = {}): Promise<ServerInfo> {
    const nobody = { user: NO_BYTES, password: NO_BYTES };
    const reply = await this.#call({ op: "HELLO", ...nobody, ...this.#head(options) }, options);
    return readReply("HELLO", reply, replyInfo);
  }

  /** The value of a key; `undefined` when there is none. */
  async get(key: Bytes, options: CallOptions = {}): Promise<Uint8Array | undefined> {
    const reply = await this.#get(key, false, options);
    return reply.type === "OK" ? reply.value : undefined;
  }

  /** The value of a key, its version and its time to live; `undefined` when there is none. */
  async getEntry(key: Bytes, options: CallOptions = {}): Promise<Entry | undefined> {
    const reply = await this.#get(key, true, options);
    return reply.type === "OK" ? readReply("GET", reply, replyEntry) : undefined;
  }

  /**
   * Stores a value. With `version` it resolves to the new version, otherwise to `undefined`. Without
   * `version` it is sent again when the connection is lost, and may then overwrite what another client has
   * written meanwhile: see {@linkcode Client}.
   *
   * @throws {ServerError} `OUT_OF_MEMORY`, or `CONFLICT` when the entry has another version.
   * @throws {TypeError} When it is quiet and the client has no ids.
   */
  async set(key: Bytes, value: Bytes, options: SetOptions = {}): Promise<number | undefined> {
    const reply = await this.#call({
      op: "SET",
      key: toBytes(key),
      value: toBytes(value),
      ttl: options.ttl,
      version: options.version,
      ...this.#head(options, options.quiet),
    }, options);
    return reply.version;
  }

  /**
   * Stores a value of any size from a stream, which is read as fast as the server takes it; other calls go on
   * meanwhile. The value is there, whole, when this resolves; until then others see the one before. Resolves
   * as {@linkcode Client.set} does. When it rejects, the stream is cancelled.
   *
   * @param size How many bytes the stream has.
   * @throws {RangeError} When it has more or fewer: nothing is stored then.
   * @throws {ServerError} `TOO_LARGE`, `OUT_OF_MEMORY` or `CONFLICT`.
   * @throws {TypeError} When the client has no ids, the stream is locked, or a chunk is no Uint8Array.
   *
   * @example
   * ```ts
   * import { Client } from "@cortado/cortado/client";
   * import { serve } from "@cortado/cortado/server";
   * import { assertEquals } from "@std/assert";
   *
   * await using server = await serve({ port: 0 });
   * await using client = await Client.connect(server.addr!);
   * const file = new Blob(["a long ", "value"]);
   * await client.setStream("file", file.stream(), file.size);
   * const entry = await client.getStream("file");
   * assertEquals([entry?.size, await new Response(entry?.value).text()], [12, "a long value"]);
   * ```
   */
  async setStream(
    key: Bytes,
    value: ReadableStream<Uint8Array>,
    size: number,
    options: StreamOptions = {},
  ): Promise<number | undefined> {
    const { timeout = 0, ttl, version } = options;
    this.#checkIds("SET from a stream");
    const source = value.getReader();
    try {
      const request = { op: "SET_PARTS", key: toBytes(key), size, ttl, version } as const;
      const call = { ...request, ...this.#head(options) };
      return (await this.#link.call(call, { ...options, timeout }, source)).version;
    } catch (cause) {
      source.cancel(cause).catch(() => {}); // It is not read to its end.
      throw cause;
    }
  }

  /**
   * The value of a key as a stream, `undefined` when there is none; other calls go on while it is read. It is
   * the value of this moment, whatever becomes of the entry. 1 MiB that is not read is held at the most;
   * cancel a stream that is not read to its end. The timeout is for the answer, the signal for both.
   *
   * @throws {TypeError} When the client has no ids.
   */
  async getStream(key: Bytes, options: CallOptions = {}): Promise<StreamedEntry | undefined> {
    this.#checkIds("GET as a stream");
    const answer = await this.#link.call({
      op: "GET_PARTS",
      key: toBytes(key),
      wantVersion: false,
      // A part is no longer than the window, and so no frame than the limit.
      window: Math.min(STREAM_WINDOW, this.#settings.limits.maxValueSize),
      ...this.#head(options),
    }, options);
    return answer.type === "OK" ? streamedEntry(answer, options.signal) : undefined;
  }

  /**
   * Removes a key; resolves to whether there was one. A quiet DELETE resolves to true in any case.
   *
   * @throws {ServerError} `CONFLICT` when the entry has another version.
   * @throws {TypeError} When it is quiet and the client has no ids.
   */
  async delete(key: Bytes, options: DeleteOptions = {}): Promise<boolean> {
    const reply = await this.#call({
      op: "DELETE",
      key: toBytes(key),
      version: options.version,
      ...this.#head(options, options.quiet),
    }, options);
    return reply.type === "OK";
  }

  /**
   * Adds to the 64-bit integer that a key holds, 0 when there is none; resolves to the sum.
   *
   * @throws {ServerError} `NOT_AN_INTEGER`, `OVERFLOW` or `OUT_OF_MEMORY`.
   */
  async incr(key: Bytes, delta: bigint | number = 1n, options: CallOptions = {}): Promise<bigint> {
    const reply = await this.#call({
      op: "INCR",
      key: toBytes(key),
      delta: BigInt(delta),
      ...this.#head(options),
    }, options);
    return readReply("INCR", reply, replyInteger);
  }

  /**
   * Appends to the value of a key; resolves to its new length in bytes.
   *
   * @throws {ServerError} `TOO_LARGE` or `OUT_OF_MEMORY`.
   */
  async append(key: Bytes, value: Bytes, options: CallOptions = {}): Promise<number> {
    const reply = await this.#call({
      op: "APPEND",
      key: toBytes(key),
      value: toBytes(value),
      ...this.#head(options),
    }, options);
    return readReply("APPEND", reply, replyCount);
  }

  /** Sets the time to live of a key, or removes it; resolves to whether there is such a key. */
  async touch(key: Bytes, options: TouchOptions = {}): Promise<boolean> {
    const reply = await this.#call({
      op: "TOUCH",
      key: toBytes(key),
      ttl: options.ttl,
      ...this.#head(options),
    }, options);
    return reply.type === "OK";
  }

  /**
   * All keys that begin with `prefix`, in no order; a page is asked for when the one before was taken. The
   * options are those of each page. A key that is there from the first page to the last shows at least
   * once, however often it is written; one that comes or goes meanwhile may show or not.
   */
  async *scan(prefix: Bytes = "", options: CallOptions = {}): AsyncIterableIterator<Uint8Array> {
    let cursor = 0;
    do {
      const page = await this.scanPage(prefix, cursor, options);
      yield* page.keys;
      cursor = page.cursor;
    } while (cursor !== 0);
  }

  /** One page of the keys that begin with `prefix`; the cursor of the first page is 0. */
  async scanPage(prefix: Bytes, cursor: number, options: CallOptions = {}): Promise<KeyPage> {
    const reply = await this.#call({
      op: "SCAN",
      prefix: toBytes(prefix),
      cursor,
      ...this.#head(options),
    }, options);
    return readReply("SCAN", reply, replyKeys);
  }

  /** The server's figures by name: those of one section, or all. */
  async stats(section: Bytes = "", options: CallOptions = {}): Promise<Map<string, string>> {
    const reply = await this.#call({
      op: "STATS",
      section: toBytes(section),
      ...this.#head(options),
    }, options);
    return replyStats(reply);
  }

  /**
   * The messages of a channel; resolves when the server has answered. The options are those of the call,
   * not of the subscription.
   *
   * @throws {ServerError} `SUBSCRIPTION_LIMIT` when the connection has too many.
   */
  subscribe(channel: Bytes, options: CallOptions = {}): Promise<Subscription> {
    return this.#subscriptions.subscribe(toBytes(channel), options);
  }

  /** Sends a message to all who are subscribed to a channel; resolves to how many those are. */
  async publish(channel: Bytes, message: Bytes, options: CallOptions = {}): Promise<number> {
    const reply = await this.#call({
      op: "PUBLISH",
      channel: toBytes(channel),
      message: toBytes(message),
      ...this.#head(options),
    }, options);
    return readReply("PUBLISH", reply, replyCount);
  }

  /**
   * Asks the server to write a snapshot of all entries and to drop the journal of their changes; resolves to
   * `started` when that has begun, and to `running` when it was under way already.
   *
   * @throws {ServerError} `NOT_DURABLE` when the server keeps nothing on disk.
   */
  async compact(options: CallOptions = {}): Promise<Compaction> {
    const reply = await this.#call({ op: "COMPACT", ...this.#head(options) }, options);
    return readReply("COMPACT", reply, replyCompaction);
  }

  /**
   * Closes the client at once: what is pending is rejected with a `ClosedError`, subscriptions end.
   * Resolves when nothing is left open; calls after the first do no more than wait for that. Await the
   * calls that are to be completed before it (a `ping` after quiet calls).
   */
  close(): Promise<void> {
    return this.#link.close();
  }

  /** Closes the client. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #get(key: Bytes, wantVersion: boolean, options: CallOptions): Promise<Reply> {
    return this.#call({
      op: "GET",
      key: toBytes(key),
      wantVersion,
      ...this.#head(options),
    }, options);
  }

  #call(request: Outgoing, options: CallOptions): Promise<Reply> {
    if (request.quiet) this.#checkIds(`a quiet ${request.op}`);
    return this.#link.call(request, options);
  }

  #checkIds(what: string): void {
    if (this.#settings.ids) return;
    throw new TypeError(
      `Cannot send ${what}: its frames could not be told from other answers (option ids)`,
    );
  }

  /** What every request has; the id is set when it is sent. */
  #head(options: CallOptions, quiet = false): RequestHead {
    const { checksum = this.#settings.checksum, durable = this.#settings.durable } = options;
    return { id: undefined, quiet, checksum, durable };
  }
}
