/**
 * The values in parts of one connection.
 *
 * @module
 */

import { type CafeRequest, type Reply, replySize } from "../cafe/mod.ts";
import { type Answer, type Call, serverError } from "./call.ts";
import { cutError, Download, Upload } from "./parts.ts";

/** Values that a connection sends and receives in parts, by the id of their request. */
export class Transfers {
  readonly #uploads = new Map<number, Upload>();
  readonly #downloads = new Map<number, Download>();
  /** WINDOW requests that wait to be sent. */
  readonly #windows: { readonly id: number; readonly bytes: number }[] = [];
  readonly #wake: () => void;

  /** Makes one without values; `wake` is called when there is something to send. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Whether parts come under an id. */
  has(id: number): boolean {
    return this.#downloads.has(id);
  }

  /** Begins to send a value: its request is sent. */
  openUpload(id: number, call: Call): void {
    const { request, source } = call;
    if (request.op !== "SET_PARTS" || source === undefined) return;
    this.#uploads.set(id, new Upload(call, source, request.size, this.#wake));
  }

  /** Stops to send a value: its request is answered. */
  closeUpload(id: number, reason: unknown): void {
    this.#uploads.get(id)?.cancel(reason);
    this.#uploads.delete(id);
  }

  /** Begins to receive a value; returns what its call is to be settled with. */
  openDownload(id: number, reply: Reply, window: number): Answer & { stream: ReadableStream } {
    const download = new Download(replySize(reply), window, (bytes) => this.#allow(id, bytes));
    this.#downloads.set(id, download);
    return { ...reply, stream: download.stream };
  }

  /**
   * Takes a part.
   *
   * @throws {Error} When no server sends such a one.
   */
  receive({ id, value, more }: Reply): void {
    const download = this.#downloads.get(id ?? -1);
    if (download === undefined) {
      throw new Error(`Cannot match a part: no value is received under id ${id}`);
    }
    download.add(value, !more);
    if (!more) this.#downloads.delete(id!);
  }

  /** Ends a value that comes with an error; false when none does under the id. */
  fail(id: number, reply: Reply): boolean {
    const download = this.#downloads.get(id);
    download?.fail(serverError(reply));
    return this.#downloads.delete(id);
  }

  /** Ends all. */
  end(cause: unknown): void {
    for (const upload of this.#uploads.values()) {
      upload.cancel(cause);
      upload.call.sent = 0; // Without its last part it was not carried out.
    }
    for (const download of this.#downloads.values()) download.fail(cutError(cause));
    this.#uploads.clear();
    this.#downloads.clear();
    this.#windows.length = 0;
  }

  /** Whether there is something to send. */
  isReady(mayAddParts: boolean): boolean {
    if (this.#windows.length > 0) return true;
    if (this.#uploads.size === 0) return false;
    return this.#uploads.values().some((upload) =>
      upload.call.settled || (mayAddParts && upload.ready)
    );
  }

  /**
   * What is to be sent next: one part of each value at the most, so that other requests come between.
   *
   * @param mayAddParts Asked for each part, when all before it are sent.
   */
  *take(mayAddParts: () => boolean): Generator<CafeRequest, void, void> {
    for (const { id, bytes } of this.#windows.splice(0)) {
      yield { op: "WINDOW", id, bytes, ...headOf(false) };
    }
    for (const [id, upload] of this.#uploads) {
      const { settled, request: { checksum } } = upload.call;
      if (settled) {
        this.closeUpload(id, "The request was given up");
        yield { op: "WINDOW", id, bytes: 0, ...headOf(checksum) };
        continue;
      }
      const part = mayAddParts() ? upload.take() : undefined;
      if (part === undefined) continue;
      if (part.last) this.#uploads.delete(id);
      yield { op: "PART", id, ...part, ...headOf(checksum) };
    }
  }

  #allow(id: number, bytes: number): void {
    this.#windows.push({ id, bytes });
    this.#wake();
  }
}

function headOf(checksum: boolean) {
  return { quiet: false, checksum, durable: false };
}
