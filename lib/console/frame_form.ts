/**
 * A frame of CAFE as fields that can be edited, and back.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { readU32, WriteBuffer } from "../bytes/mod.ts";
import {
  CafeRequestDecoder,
  CafeRequestEncoder,
  type DecodedRequest,
  EXTENSION_FIELDS,
  FLAGS,
  Head,
  MAGIC,
  placeFields,
} from "../cafe/mod.ts";
import { BatchDecoder, encodeAll } from "../codec/mod.ts";

/** The extensions of a frame; integers of up to 64 bits. */
export type ExtensionName = "id" | "ttl" | "entry_version";

/** A frame as its fields. The lengths follow from the key and the value. */
export interface FrameForm {
  /** The version of the protocol. */
  readonly version: number;
  /** What it asks or answers. */
  readonly opcode: number;
  /** Its flags; they say which extensions and trailers it has. */
  readonly flags: number;
  /** The extensions; those without their flags are 0. */
  readonly extensions: Readonly<Record<ExtensionName, bigint>>;
  /** The key. */
  readonly key: Uint8Array;
  /** The value. */
  readonly value: Uint8Array;
  /** A checksum that is not that of the frame; without it, the right one is written. */
  readonly wrongChecksum?: number | undefined;
  /** The signature; empty without its flag. */
  readonly signature: Uint8Array;
}

/** The fields of one whole frame. */
export function formOf(frame: Uint8Array): FrameForm {
  const head = new Head();
  head.readHeader(frame, 0);
  const places = placeFields(head);
  const field = (name: string): Uint8Array => {
    const found = places.find(({ field }) => field.name === name);
    return found ? frame.slice(found.at, found.at + found.field.size) : new Uint8Array();
  };
  const integer = (name: string) => BigInt(`0x0${field(name).toHex()}`);
  const { version, opcode, flags } = head;
  const form: FrameForm = {
    version,
    opcode,
    flags,
    extensions: {
      id: integer("id"),
      ttl: integer("ttl"),
      entry_version: integer("entry_version"),
    },
    key: field("key"),
    value: field("value"),
    signature: field("signature"),
  };
  const checksum = field("checksum");
  const isRight = checksum.length === 0 || checksum.toHex() === checksumIn(writeForm(form)).toHex();
  return isRight ? form : { ...form, wrongChecksum: readU32(checksum, 0) };
}

function checksumIn(frame: Uint8Array): Uint8Array {
  const head = new Head();
  head.readHeader(frame, 0);
  const { at } = placeFields(head).find(({ field }) => field.name === "checksum")!;
  return frame.subarray(at, at + 4);
}

const SIGNATURE = 32;

/**
 * The frame of fields.
 *
 * @throws {RangeError} When one does not fit its place.
 */
export function writeForm(form: FrameForm): Uint8Array {
  const { version, opcode, flags, extensions, key, value } = form;
  const out = new WriteBuffer();
  out.u16(MAGIC);
  out.u8(version);
  out.u8(opcode);
  out.u16(flags);
  out.u16(key.length);
  out.u32(value.length);
  for (const { name, flag, size } of EXTENSION_FIELDS) {
    if ((flags & FLAGS[flag]) !== 0) writeInteger(out, extensions[name as ExtensionName], size);
  }
  out.bytes(key);
  out.bytes(value);
  if ((flags & FLAGS.CHECKSUM) !== 0) out.u32(form.wrongChecksum ?? out.crc32(0));
  if ((flags & FLAGS.SIGNED) !== 0) {
    const signature = new Uint8Array(SIGNATURE);
    signature.set(form.signature.subarray(0, SIGNATURE));
    out.bytes(signature);
  }
  return concat(out.drain());
}

function writeInteger(out: WriteBuffer, value: bigint, size: number): void {
  if (value < 0n || value >= 1n << BigInt(8 * size)) {
    throw new RangeError(`${value} does not fit ${size} bytes`);
  }
  if (size === 4) out.u32(Number(value));
  else out.i64(BigInt.asIntN(64, value));
}

/**
 * What the encoder of requests writes for the request that a frame is: other bytes where there are several ways
 * to say it; `undefined` for what is no request that can be carried out.
 */
export function encodedAgain(frame: Uint8Array): Uint8Array | undefined {
  const requests: DecodedRequest[] = [];
  try {
    new BatchDecoder(new CafeRequestDecoder({ maxValueSize: 0xffff_ffff })).push(frame, requests);
  } catch {
    return undefined;
  }
  const [request] = requests;
  if (request === undefined || request.op === "INVALID") return undefined;
  return encodeAll(new CafeRequestEncoder(), [request]);
}
