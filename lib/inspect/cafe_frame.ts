/**
 * A whole frame of CAFE to its fields, and to what is wrong with it.
 *
 * @module
 */

import { crc32, readU32 } from "../bytes/mod.ts";
import {
  CafeReplyDecoder,
  CafeRequestDecoder,
  ERROR_LAYOUT,
  FLAG_LAYOUT,
  FLAGS,
  type Head,
  type LayoutPayload,
  type LayoutRequest,
  type LayoutResponse,
  messageOf,
  opcodeName,
  type PlacedField,
  placeFields,
  PROTOCOL_VERSION,
  REQUEST_LAYOUT,
} from "../cafe/mod.ts";
import { BatchDecoder, DecodeError } from "../codec/mod.ts";
import type { ErrorCode } from "../model/mod.ts";
import { asResp, basicRequest } from "./equivalent.ts";
import type { Exchange, PendingRequest } from "./exchange.ts";
import { inflate } from "./inflate.ts";
import type { Direction, FieldKind, InspectedField, InspectedFrame } from "./item.ts";
import { narrow, splitPayload } from "./payload.ts";
import { count, oneLine, word } from "./printable.ts";

/** What is done with a frame. */
export interface FrameOptions {
  /** How many bytes of a value are told. */
  readonly maxShown: number;
  /** How many bytes a value may inflate to. */
  readonly maxInflated: number;
  /** A frame of which so many bytes have come is told without its rest. */
  readonly maxHeld: number;
}

/** What of the value of a HELLO is no secret. */
const OPEN_PARTS: readonly string[] = ["form", "password_len", "offer"];
const FIRST_RESPONSE = 128;
const KINDS: Readonly<Record<string, FieldKind>> = {
  id: "extension",
  ttl: "extension",
  entry_version: "extension",
  key: "key",
  value: "value",
  checksum: "trailer",
  signature: "trailer",
};
const ANY: LayoutPayload = { parts: [{ name: "value", type: "bytes" }], optional: true };
const ANY_KEY: LayoutPayload = { parts: [{ name: "key", type: "bytes" }], optional: true };
const MORE_SIZE: LayoutPayload = { parts: [{ name: "size", type: "u64" }], optional: false };
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Who sends a frame with this opcode. */
function directionOfOpcode(opcode: number): Direction {
  return opcode < FIRST_RESPONSE ? "request" : "response";
}

/** The fields of the header and the extensions that have come, for frames of which no more is known. */
export function headFields(head: Head, bytes: Uint8Array, offset: number): InspectedField[] {
  const placed = placeFields({ flags: head.flags, keyLength: 0, valueLength: 0 });
  return placed
    .filter(({ field, at }) => field.size > 0 && at + field.size <= bytes.length)
    .filter(({ field }) => KINDS[field.name] !== "trailer")
    .map((field) => plainField(field, head, bytes, offset));
}

/** One frame, with what it answers. */
export class FrameView {
  readonly #head: Head;
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  readonly #options: FrameOptions;
  readonly #key: Uint8Array;
  readonly #raw: Uint8Array;
  /** The value, inflated where it can be. */
  readonly #value: Uint8Array;
  readonly #faults: string[] = [];
  readonly #isWhole: boolean;
  /** Whether the frame has a checksum that is not its own. */
  readonly isDamaged: boolean;

  /**
   * Looks at a frame.
   *
   * @param bytes The frame; fewer bytes than its head says when it was cut.
   * @param offset Where it begins in its stream.
   */
  constructor(head: Head, bytes: Uint8Array, offset: number, options: FrameOptions) {
    this.#head = head;
    this.#bytes = bytes;
    this.#offset = offset;
    this.#options = options;
    this.#isWhole = bytes.length >= head.frameSize;
    this.isDamaged = this.#isWhole && (head.flags & FLAGS.CHECKSUM) !== 0 &&
      !hasChecksum(head, bytes);
    this.#key = this.#slice("key");
    this.#raw = this.#slice("value");
    this.#value = this.#isWhole ? this.#inflated() : this.#raw;
  }

  /** The frame as it is told; `more` are faults that were found outside. */
  inspect(exchange: Exchange, more: readonly string[] = []): InspectedFrame {
    const head = this.#head;
    const direction = directionOfOpcode(head.opcode);
    const number = exchange.nextNumber();
    const request = direction === "response" && this.#isWhole ? this.#match(exchange) : undefined;
    const answers = request === undefined ? undefined : exchange.lastAnswered;
    const title = this.#title(request);
    const name = opcodeName(head.opcode);
    if (direction === "request") this.#announce(exchange, number, name, title);
    const { faults, equals } = this.#check();
    return {
      type: "frame",
      number,
      protocol: "CAFE",
      direction,
      offset: this.#offset,
      size: this.#bytes.length,
      name,
      title,
      id: head.id,
      fields: this.#fields(request),
      fieldsLeft: 0,
      equals,
      faults: [...this.#faults, ...faults, ...more],
      answers,
    };
  }

  #slice(name: string): Uint8Array {
    const { field, at } = placeFields(this.#head).find(({ field }) => field.name === name)!;
    return this.#bytes.subarray(at, at + field.size);
  }

  #inflated(): Uint8Array {
    const { flags } = this.#head;
    if ((flags & FLAGS.COMPRESSED) === 0 || (flags & FLAGS.ENCRYPTED) !== 0) return this.#raw;
    const { bytes, fault } = inflate(this.#raw, this.#options.maxInflated);
    if (fault !== undefined) this.#faults.push(fault);
    return bytes ?? this.#raw;
  }

  /** The request that this response answers. */
  #match(exchange: Exchange): PendingRequest | undefined {
    const { opcode, flags, id } = this.#head;
    const name = opcodeName(opcode);
    const isPart = name === "PART" && id !== undefined;
    if (!isPart && !isAnswer(opcode)) return undefined;
    const isLast = (flags & FLAGS.MORE) === 0;
    const canBeQuiet = (request: PendingRequest) =>
      name === "ERR" || (name === "OK" && request.name === "GET");
    return exchange.answered(id, isLast, canBeQuiet);
  }

  #announce(exchange: Exchange, number: number, name: string, title: string): void {
    const { opcode, flags, id } = this.#head;
    const layout = messageOf(opcode);
    if (layout !== undefined && "takes" in layout && layout.reply === undefined) return;
    const quiet = (flags & FLAGS.QUIET) !== 0;
    exchange.sent({ number, name, title, id, quiet, replies: 1 });
  }

  #title(request: PendingRequest | undefined): string {
    const { opcode, flags, id } = this.#head;
    const words = [opcodeName(opcode)];
    if (this.#key.length > 0) words.push(word(this.#key));
    const isSecret = words[0] === "HELLO" || (flags & FLAGS.ENCRYPTED) !== 0;
    const parts = splitPayload(this.#layout(request), this.#value, "value", 64);
    if (!isSecret && parts.length > 0 && this.#isWhole) {
      const { value, name, bytes } = parts[0]!;
      if (typeof value === "number" || typeof value === "bigint") words.push(`${name} ${value}`);
      else words.push(word(bytes));
    }
    return `${words.join(" ")}${id === undefined ? "" : `, id ${id}`}`;
  }

  /** What the value is. */
  #layout(request: PendingRequest | undefined): LayoutPayload {
    const { opcode, flags } = this.#head;
    if ((flags & FLAGS.ENCRYPTED) !== 0) return ANY;
    const message = messageOf(opcode);
    const more = (flags & FLAGS.MORE) !== 0;
    if (message === undefined) return ANY;
    if (message.name !== "OK") return more ? message.valueWithMore : message.value;
    if (more) return MORE_SIZE;
    return REQUEST_LAYOUT.find(({ name }) => name === request?.name)?.reply ?? ANY;
  }

  #fields(request: PendingRequest | undefined): InspectedField[] {
    const fields: InspectedField[] = [];
    for (const placed of placeFields(this.#head)) {
      const { field: { name, size }, at } = placed;
      if (size === 0 || at >= this.#bytes.length) continue;
      if (name === "key" || name === "value") fields.push(...this.#payload(name, at, request));
      else fields.push(this.#headField(placed));
    }
    return fields;
  }

  #headField(placed: PlacedField): InspectedField {
    const field = plainField(placed, this.#head, this.#bytes, this.#offset);
    if (placed.field.name !== "checksum" || !this.#isWhole) return field;
    const covered = `CRC-32 of the ${count(placed.at, "byte")} before it`;
    if (!this.isDamaged) return { ...field, meaning: covered };
    const computed = crc32(this.#bytes.subarray(0, placed.at)).toString(16).padStart(8, "0");
    return { ...field, meaning: `wrong: the ${covered} is ${computed}` };
  }

  #payload(
    name: "key" | "value",
    at: number,
    request: PendingRequest | undefined,
  ): InspectedField[] {
    const { flags, opcode } = this.#head;
    const offset = this.#offset + at;
    const secret = opcodeName(opcode) === "HELLO" && { secret: true };
    const whole = (bytes: Uint8Array, meaning: string): InspectedField => (
      { name, kind: name, offset, bytes, depth: 0, value: undefined, meaning, ...secret }
    );
    const isSealed = name === "value" && (flags & FLAGS.ENCRYPTED) !== 0;
    if (isSealed) return [whole(this.#raw, "AES-256-GCM, not opened: nonce, ciphertext and tag")];
    const isInflated = name === "value" && this.#value !== this.#raw;
    const bytes = name === "key" ? this.#key : this.#value;
    const layout = name === "key" ? messageOf(opcode)?.key ?? ANY_KEY : this.#layout(request);
    const parts = splitPayload(layout, bytes, name, this.#options.maxShown).map((part) => ({
      ...!OPEN_PARTS.includes(part.name) && secret,
      name: part.name,
      kind: name,
      offset: isInflated ? offset : offset + part.at,
      bytes: isInflated ? this.#raw.subarray(0, 0) : part.bytes,
      depth: isInflated ? 1 : 0,
      value: part.value,
      meaning: part.meaning + aboutCode(opcode, name, part.bytes),
    }));
    if (!isInflated) return parts;
    return [whole(this.#raw, `deflate, ${count(bytes.length, "byte")} when inflated`), ...parts];
  }

  /** What the codec says of the frame when it is plain: without signature, encryption and compression. */
  #check(): Checked {
    const head = this.#head;
    if (!this.#isWhole) {
      const what = this.#bytes.length < this.#options.maxHeld ? "had come" : "are shown";
      return { faults: [`cut: ${this.#bytes.length} of ${head.frameSize} bytes ${what}`] };
    }
    const faults = this.isDamaged
      ? ["the checksum is wrong: the frame was damaged on its way"]
      : [];
    if (head.version !== PROTOCOL_VERSION) {
      return {
        faults: [...faults, `version ${head.version} is not known: only the length rule holds`],
      };
    }
    if (this.#faults.length > 0 || (head.flags & FLAGS.ENCRYPTED) !== 0) return { faults };
    const read = readPlain(this.#plain(), directionOfOpcode(head.opcode));
    return { ...read, faults: [...faults, ...read.faults] };
  }

  #plain(): Uint8Array {
    const { flags, opcode } = this.#head;
    const off = FLAGS.COMPRESSED | FLAGS.ENCRYPTED | FLAGS.SIGNED | FLAGS.CHECKSUM;
    const extensions = placeFields(this.#head).find(({ field }) => field.name === "key")!.at;
    const plain = new Uint8Array(extensions + this.#key.length + this.#value.length);
    plain.set(this.#bytes.subarray(0, extensions));
    plain.set(this.#key, extensions);
    plain.set(this.#value, extensions + this.#key.length);
    const view = new DataView(plain.buffer);
    view.setUint8(3, opcode);
    view.setUint16(4, flags & ~off);
    view.setUint32(8, this.#value.length);
    return plain;
  }
}

function hasChecksum(head: Head, frame: Uint8Array): boolean {
  const { at } = placeFields(head).find(({ field }) => field.name === "checksum")!;
  return readU32(frame, at) === crc32(frame.subarray(0, at));
}

function isAnswer(opcode: number): boolean {
  const message: LayoutRequest | LayoutResponse | undefined = messageOf(opcode);
  return message !== undefined && "answers" in message && message.answers;
}

function plainField(
  { field: { name, size, type }, at }: PlacedField,
  head: Head,
  frame: Uint8Array,
  offset: number,
): InspectedField {
  const bytes = frame.subarray(at, at + size);
  const value = type === "bytes" || bytes.length < size
    ? undefined
    : narrow(BigInt(`0x${bytes.toHex()}`));
  const meaning = bytes.length < size ? `${name}, cut` : meaningOf(name, value, head);
  return {
    name,
    kind: KINDS[name] ?? "head",
    offset: offset + at,
    bytes,
    depth: 0,
    value,
    meaning,
  };
}

function meaningOf(name: string, value: number | bigint | undefined, head: Head): string {
  switch (name) {
    case "magic":
      return "magic";
    case "opcode": {
      const message = messageOf(head.opcode);
      if (message === undefined) return `opcode ${head.opcode}, which is not known`;
      return `opcode ${head.opcode}: ${message.name}. ${message.about}`;
    }
    case "flags":
      return `flags: ${namesOf(head.flags)}`;
    case "ttl":
      return `time to live ${value} ms`;
    case "entry_version":
      return `entry version ${value}`;
    case "signature":
      return "HMAC-SHA-256, not checked: it takes the secret";
    default:
      return value === undefined ? name : `${name} ${value}`;
  }
}

/** The names of the flags that are set. */
export function namesOf(flags: number): string {
  const names = FLAG_LAYOUT.filter(({ bits }) => (flags & bits) !== 0).map(({ name, bits }) =>
    name === "reserved" || name === "open"
      ? `0x${(flags & bits).toString(16).padStart(4, "0")} (${name})`
      : name
  );
  return names.join(", ") || "none";
}

function aboutCode(opcode: number, name: string, bytes: Uint8Array): string {
  if (opcodeName(opcode) !== "ERR" || name !== "key") return "";
  const about = ERROR_LAYOUT[UTF8.decode(bytes) as ErrorCode] as string | undefined;
  return about === undefined ? ", which is not known" : `. ${about}`;
}

/** What the codec says of a frame. */
interface Checked {
  readonly faults: readonly string[];
  readonly equals?: string | undefined;
}

function readPlain(frame: Uint8Array, direction: Direction): Checked {
  try {
    return direction === "request" ? readRequest(frame) : readReply(frame);
  } catch (error) {
    if (error instanceof DecodeError) {
      return { faults: [`${error.code}: ${oneLine(error.message)}`] };
    }
    throw error;
  }
}

function readRequest(frame: Uint8Array): Checked {
  const [request] = decodeOne(new BatchDecoder(new CafeRequestDecoder(WIDE)), frame);
  if (request === undefined) return { faults: [] };
  if (request.op === "INVALID") return { faults: [`${request.code}: ${request.message}`] };
  const basic = basicRequest(request);
  return { faults: [], equals: basic && asResp(basic) };
}

function readReply(frame: Uint8Array): Checked {
  const [reply] = decodeOne(new BatchDecoder(new CafeReplyDecoder(WIDE)), frame);
  if (reply?.type !== "INVALID") return { faults: [] };
  return { faults: [`${UTF8.decode(reply.key)}: ${oneLine(UTF8.decode(reply.value))}`] };
}

/** The stream has checked the lengths by limits of its own. */
const WIDE = { maxValueSize: 0xffff_ffff };

function decodeOne<T>(decoder: BatchDecoder<T>, frame: Uint8Array): T[] {
  const messages: T[] = [];
  decoder.push(frame, messages);
  return messages;
}
