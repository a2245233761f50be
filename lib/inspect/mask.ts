/**
 * Items without the secrets in them.
 *
 * @module
 */

import { FLAGS } from "../cafe/mod.ts";
import type { Damage, InspectedField, InspectedFrame, Item } from "./item.ts";

const NO_BYTES = new Uint8Array();
const LATIN1 = new TextDecoder("latin1");
/** Errors that tell the arguments of the request. */
const QUOTING =
  /(with args beginning with:|in HELLO option|number of arguments for CONFIG SET -).*/s;

/**
 * Hides passwords, with the names of users that belong to them, in the items of one direction of a
 * connection, and the bytes of what is encrypted. Keys and values are shown.
 */
export class Mask {
  /** Whether the last frame may have a password: when its lengths are wrong, what follows is part of that. */
  #hadSecret = false;

  /** The item as others may see it. */
  apply(item: Item): Item {
    switch (item.type) {
      case "frame":
        // RESP says how long each argument is, and ends it: nothing of one is left behind.
        this.#hadSecret = item.protocol === "CAFE" && item.name === "HELLO";
        return maskedFrame(item);
      case "damage":
        return item.secret || this.#hadSecret ? maskedDamage(item) : item;
      default:
        return item;
    }
  }
}

function maskedFrame(frame: InspectedFrame): InspectedFrame {
  const hasSecret = frame.fields.some(({ secret }) => secret);
  const isSealed = frame.protocol === "CAFE" && frame.fields.some(isEncrypted);
  const faults = frame.faults.map(withoutQuotes);
  const title = withoutQuotes(frame.title);
  const answers = frame.answers && { ...frame.answers, title: withoutUser(frame.answers.title) };
  const fields = frame.fields.map(withoutQuotesIn);
  if (!hasSecret && !isSealed) return { ...frame, answers, title, faults, fields };
  return {
    ...frame,
    answers,
    title: hasSecret ? `${frame.name} (masked)` : title,
    equals: undefined,
    fields: fields.map((field) =>
      field.secret || (isSealed && field.kind === "value") ? hidden(field) : field
    ),
    faults: hasSecret ? frame.faults.map(() => "masked: it may tell a secret") : faults,
  };
}

/** A field that tells arguments of the request has no bytes, and a shorter meaning. */
function withoutQuotesIn(field: InspectedField): InspectedField {
  if (!QUOTING.test(LATIN1.decode(field.bytes))) return field;
  const meaning = withoutQuotes(field.meaning);
  return { ...field, bytes: NO_BYTES, value: undefined, meaning };
}

function isEncrypted({ name, value }: InspectedField): boolean {
  return name === "flags" && typeof value === "number" && (value & FLAGS.ENCRYPTED) !== 0;
}

function hidden({ meaning, ...field }: InspectedField): InspectedField {
  const shown = field.secret ? `${field.name} (masked)` : meaning;
  return { ...field, bytes: NO_BYTES, value: undefined, meaning: shown };
}

function maskedDamage(damage: Damage): Damage {
  return {
    ...damage,
    bytes: NO_BYTES,
    fields: [],
    message: "masked: it may be part of a password",
  };
}

function withoutQuotes(text: string): string {
  return text.replace(QUOTING, "$1 (masked)");
}

/** The title of a request as its response has it. */
function withoutUser(title: string): string {
  return title.replace(/^HELLO .*/, "HELLO");
}
