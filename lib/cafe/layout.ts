/**
 * The layout of CAFE frames as data: fields, extensions, trailers and flags, with a sentence each.
 *
 * What shows frames to people (the inspector, the Wireshark dissector) is fed by this and by the messages in
 * `REQUEST_LAYOUT` and `RESPONSE_LAYOUT`. A test holds both against the codec and against docs/cafe.md.
 *
 * @module
 */

import { FLAGS } from "./flags.ts";
import { HEADER_SIZE, SIGNATURE_SIZE } from "./head.ts";

/** The name of a flag. */
export type FlagName = keyof typeof FLAGS;

/** How a field of a frame's head or end is written. Integers are big-endian. */
export type FieldType = "u8" | "u16" | "u32" | "u64" | "bytes";

/** A field of a header, an extension or a trailer. */
export interface LayoutField {
  /** Its name, as docs/cafe.md has it. */
  readonly name: string;
  /** How it is written. */
  readonly type: FieldType;
  /** How many bytes it takes. */
  readonly size: number;
  /** What it is, in a sentence. */
  readonly about: string;
}

/** A field that is there when its flag is set. */
export interface FlaggedField extends LayoutField {
  /** The flag. */
  readonly flag: FlagName;
}

/** The twelve bytes with which every frame begins, in their order. */
export const HEADER_FIELDS: readonly LayoutField[] = [
  { name: "magic", type: "u16", size: 2, about: "Always ca fe." },
  { name: "version", type: "u8", size: 1, about: "The version of the protocol, 1." },
  { name: "opcode", type: "u8", size: 1, about: "0 to 127 are requests, 128 to 255 responses." },
  { name: "flags", type: "u16", size: 2, about: "What else the frame has, or asks for." },
  { name: "key_len", type: "u16", size: 2, about: "How long the key is, in bytes." },
  { name: "value_len", type: "u32", size: 4, about: "How long the value is, in bytes." },
];

/** What stands between the header and the key, in its order. */
export const EXTENSION_FIELDS: readonly FlaggedField[] = [
  {
    name: "id",
    flag: "ID",
    type: "u32",
    size: 4,
    about: "The request's id; the reply has the same.",
  },
  {
    name: "ttl",
    flag: "TTL",
    type: "u64",
    size: 8,
    about: "The time to live, in milliseconds.",
  },
  {
    name: "entry_version",
    flag: "VERSION",
    type: "u64",
    size: 8,
    about: "The version of the entry: a condition of a SET or DELETE, or what it is.",
  },
];

/** What stands behind the value, in its order. */
export const TRAILER_FIELDS: readonly FlaggedField[] = [
  {
    name: "checksum",
    flag: "CHECKSUM",
    type: "u32",
    size: 4,
    about: "The CRC-32 of all bytes of the frame before it.",
  },
  {
    name: "signature",
    flag: "SIGNED",
    type: "bytes",
    size: SIGNATURE_SIZE,
    about: "The HMAC-SHA-256 of the frame's number and of all its bytes before it.",
  },
];

/** A flag, or several that are of one kind and have no name. */
export interface LayoutFlag {
  /** Its name; `reserved` and `open` are those without. */
  readonly name: FlagName | "reserved" | "open";
  /** Its bit, or its bits. */
  readonly bits: number;
  /** What it means, in a sentence. */
  readonly about: string;
}

/** All sixteen bits, from the lowest on. */
export const FLAG_LAYOUT: readonly LayoutFlag[] = [
  flag("COMPRESSED", "The value is raw deflate (RFC 1951)."),
  flag("ENCRYPTED", "The value is AES-256-GCM: a nonce, the ciphertext and a tag."),
  flag("CHECKSUM", "The frame ends with a CRC-32 of all before it."),
  flag("SIGNED", "The frame ends with an HMAC-SHA-256 of its number and of all before it."),
  flag("ID", "The frame has a request id."),
  flag("TTL", "The frame has a time to live."),
  flag("VERSION", "The frame has an entry version."),
  flag("MORE", "The value follows, or goes on, in frames of the same id."),
  flag("QUIET", "No reply, unless it is an ERR or the hit of a GET."),
  flag("DURABLE", "The reply comes when what was carried out is on stable storage."),
  {
    name: "reserved",
    bits: 0x0c00,
    about: "It must be 0: it may one day add bytes, so that the frame's end is not known.",
  },
  { name: "open", bits: 0xf000, about: "It may be set and changes nothing." },
];

function flag(name: FlagName, about: string): LayoutFlag {
  return { name, bits: FLAGS[name], about };
}

/** A field of one frame, and where it is. */
export interface PlacedField {
  /** The field; key and value have the type `bytes` and the size that the header says. */
  readonly field: LayoutField;
  /** Where it begins, in bytes from the start of the frame. */
  readonly at: number;
}

/** How the lengths in a header make the rest of its frame. */
export interface FrameLengths {
  /** The flags. */
  readonly flags: number;
  /** How long the key is, in bytes. */
  readonly keyLength: number;
  /** How long the value is, in bytes. */
  readonly valueLength: number;
}

/**
 * The fields of a frame in their order: the header, the extensions of its flags, the key, the value, and the
 * trailers of its flags.
 *
 * @example
 * ```ts
 * import { FLAGS, placeFields } from "@cortado/cortado/cafe";
 * import { assertEquals } from "@std/assert";
 *
 * const fields = placeFields({ flags: FLAGS.ID | FLAGS.CHECKSUM, keyLength: 3, valueLength: 2 });
 * const places = fields.slice(6).map(({ field, at }) => `${field.name} at ${at}`);
 * assertEquals(places, ["id at 12", "key at 16", "value at 19", "checksum at 21"]);
 * ```
 */
export function placeFields({ flags, keyLength, valueLength }: FrameLengths): PlacedField[] {
  const isSet = ({ flag }: FlaggedField) => (flags & FLAGS[flag]) !== 0;
  const fields = [
    ...HEADER_FIELDS,
    ...EXTENSION_FIELDS.filter(isSet),
    { name: "key", type: "bytes" as const, size: keyLength, about: "The key." },
    { name: "value", type: "bytes" as const, size: valueLength, about: "The value." },
    ...TRAILER_FIELDS.filter(isSet),
  ];
  let at = 0;
  return fields.map((field) => {
    const placed = { field, at };
    at += field.size;
    return placed;
  });
}

/** How long the longest head is, in bytes: the header with all extensions. */
export const MAX_HEAD_SIZE: number = EXTENSION_FIELDS.reduce(
  (sum, { size }) => sum + size,
  HEADER_SIZE,
);
