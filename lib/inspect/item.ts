/**
 * What the inspector finds in a stream.
 *
 * @module
 */

/** A protocol that is understood. */
export type Protocol = "CAFE" | "RESP";

/** Who sends: requests come from clients, responses from servers. */
export type Direction = "request" | "response";

/** What a field is about, for colours. */
export type FieldKind = "head" | "extension" | "key" | "value" | "trailer";

/** A field of a frame. */
export interface InspectedField {
  /** Its name. */
  readonly name: string;
  /** What it is about. */
  readonly kind: FieldKind;
  /** Where it begins, in bytes from the start of the stream. */
  readonly offset: number;
  /** Its bytes as they are in the stream; none when it is part of a value that was inflated. */
  readonly bytes: Uint8Array;
  /** How deep it is inside others: 0 for a field of the frame itself. */
  readonly depth: number;
  /** What it says, for programs; `undefined` when only its bytes do. */
  readonly value: string | number | bigint | undefined;
  /** What it says, for people. */
  readonly meaning: string;
  /** Whether it is, or has, a password or the name of a user that belongs to one. */
  readonly secret?: boolean;
}

/** The request that a response answers. */
export interface Answered {
  /** The number of the request's frame. */
  readonly number: number;
  /** The request in a few words. */
  readonly title: string;
  /** The time from the request to the response, in milliseconds; `undefined` when times are not known. */
  readonly milliseconds: number | undefined;
}

/** A message, whole or cut. */
export interface InspectedFrame {
  /** It is a frame. */
  readonly type: "frame";
  /** Its number among all frames, from 1. */
  readonly number: number;
  /** The protocol. */
  readonly protocol: Protocol;
  /** Who sends it. */
  readonly direction: Direction;
  /** Where it begins, in bytes from the start of the stream. */
  readonly offset: number;
  /** How many bytes it takes; of a cut frame, how many had come. */
  readonly size: number;
  /** What it is: an opcode, a command, or the type of a reply. */
  readonly name: string;
  /** It in a few words. */
  readonly title: string;
  /** The request in the words of the other protocol, when that has the same. */
  readonly equals: string | undefined;
  /** Its id, when it has one. */
  readonly id: number | undefined;
  /** Its fields, in their order. */
  readonly fields: readonly InspectedField[];
  /** How many fields more it has, that are not listed. */
  readonly fieldsLeft: number;
  /** What is wrong, and what that probably means: a sentence each. */
  readonly faults: readonly string[];
  /** The request that it answers, when it is a response whose request was seen. */
  readonly answers: Answered | undefined;
}

/** Bytes that cannot be read, so that the place of the next frame is not known. */
export interface Damage {
  /** It is damage. */
  readonly type: "damage";
  /** The protocol that was expected. */
  readonly protocol: Protocol;
  /** Where it begins, in bytes from the start of the stream. */
  readonly offset: number;
  /** The first of the bytes. */
  readonly bytes: Uint8Array;
  /** The fields that could be read. */
  readonly fields: readonly InspectedField[];
  /** What is wrong, and what that probably means. */
  readonly message: string;
  /** Whether it may have a password. */
  readonly secret?: boolean;
}

/** Where it goes on behind damage. */
export interface Resumed {
  /** It is a new beginning, or the end. */
  readonly type: "resumed";
  /** The protocol. */
  readonly protocol: Protocol;
  /** Where the next frame begins, or the stream ends. */
  readonly offset: number;
  /** How many bytes before it were skipped. */
  readonly skipped: number;
  /** Whether the stream ended before another frame was found. */
  readonly ended: boolean;
}

/** Bytes of a stream that are not in the capture. */
export interface Gap {
  /** It is a gap. */
  readonly type: "gap";
  /** Where it is, in bytes from the start of the stream. */
  readonly offset: number;
  /** How many bytes are missing. */
  readonly missing: number;
  /** Why, as far as that is known. */
  readonly message: string;
}

/** One thing that is found in a stream. */
export type Item = InspectedFrame | Damage | Resumed | Gap;

/** An item, and where it comes from. */
export interface Located {
  /** What was found. */
  readonly item: Item;
  /** The two ends, the sender first: `10.0.0.1:40000 > 10.0.0.2:51966`; `undefined` without a capture. */
  readonly connection: string | undefined;
  /** When its last byte came, in milliseconds since 1970; `undefined` when that is not known. */
  readonly time: number | undefined;
}

/** An item whose place is counted from elsewhere. */
export function moved(item: Item, by: number): Item {
  if (by === 0) return item;
  const offset = item.offset + by;
  if (!("fields" in item)) return { ...item, offset };
  const fields = item.fields.map((field) => ({ ...field, offset: field.offset + by }));
  return { ...item, offset, fields };
}
