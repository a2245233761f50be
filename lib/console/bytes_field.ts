/**
 * A field for any bytes: as text where they are some, or in hex.
 *
 * @module
 */

import { choice, element, labelled } from "./dom.ts";
import { bytesOfHex, bytesOfText, hexOf, textOf } from "./text.ts";

/** A field for any bytes. */
export class BytesField {
  /** The field with its label, and the choice of how it is written. */
  readonly element: HTMLElement;
  readonly #input: HTMLTextAreaElement;
  readonly #form: HTMLSelectElement;
  readonly #changed: () => void;
  /** How the input is written now. */
  #written = "text";

  /** Makes an empty one; `changed` is told when somebody has changed the bytes. */
  constructor(label: string, rows: number, changed: () => void) {
    this.#changed = changed;
    this.#input = element("textarea", {
      rows,
      spellcheck: "false",
      autocomplete: "off",
      on: { input: () => this.#check() },
    });
    this.#form = choice([["text", "text"], ["hex", "hex"]], () => this.#rewrite(), {
      "aria-label": `${label} is written as`,
    });
    this.element = element(
      "div",
      { class: "bytes" },
      labelled(label, this.#input),
      this.#form,
    );
  }

  /** The bytes; `undefined` while they are no hex. */
  get bytes(): Uint8Array | undefined {
    const { value } = this.#input;
    return this.#written === "text" ? bytesOfText(value) : bytesOfHex(value);
  }

  /** Shows other bytes. */
  set bytes(bytes: Uint8Array) {
    const text = textOf(bytes);
    // An area for text would make CR LF one character.
    const isText = text !== undefined && this.#form.value !== "hex";
    this.#write(bytes, isText ? "text" : "hex");
    this.#form.disabled = text === undefined;
  }

  /** Whether it can be changed. */
  set readOnly(readOnly: boolean) {
    this.#input.readOnly = readOnly;
  }

  /** Shows text where it can again, as for another entry. */
  reset(): void {
    this.#form.value = "text";
  }

  focus(): void {
    this.#input.focus();
  }

  #write(bytes: Uint8Array, form: "text" | "hex"): void {
    this.#written = this.#form.value = form;
    this.#input.value = form === "text" ? textOf(bytes)! : hexOf(bytes);
    this.#input.setCustomValidity("");
  }

  #rewrite(): void {
    const { bytes } = this;
    const form = this.#form.value === "hex" ? "hex" : "text";
    if (bytes === undefined || (form === "text" && textOf(bytes) === undefined)) {
      this.#form.value = this.#written;
    } else this.#write(bytes, form);
  }

  #check(): void {
    const { bytes } = this;
    const isHex = this.#written === "hex";
    this.#form.disabled = bytes === undefined || (isHex && textOf(bytes) === undefined);
    this.#input.setCustomValidity(bytes === undefined ? "Not an even number of hex digits" : "");
    if (bytes === undefined) this.#input.reportValidity();
    else this.#changed();
  }
}
