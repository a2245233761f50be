/**
 * The fields of a frame as controls.
 *
 * @module
 */

import {
  EXTENSION_FIELDS,
  FLAG_LAYOUT,
  FLAGS,
  messageOf,
  REQUEST_LAYOUT,
  RESPONSE_LAYOUT,
} from "../cafe/mod.ts";
import { BytesField } from "./bytes_field.ts";
import { choice, element, labelled, say } from "./dom.ts";
import { type ExtensionName, type FrameForm, writeForm } from "./frame_form.ts";

const EXTENSIONS = ["id", "ttl", "entry_version"] as const;

/** The fields of a frame, to be changed. */
export class FrameEditor {
  /** The controls. */
  readonly element: HTMLElement;
  readonly #changed: (frame: Uint8Array) => void;
  readonly #opcode = choice(
    [...REQUEST_LAYOUT, ...RESPONSE_LAYOUT].map(({ opcode, name }) => [
      String(opcode),
      `${opcode} ${name}${opcode < 128 ? "" : " (response)"}`,
    ]),
    () => this.#apply(),
  );
  readonly #about = element("p", { class: "summary" });
  readonly #version = this.#number("255");
  readonly #flags = FLAG_LAYOUT.map((flag) => {
    const box = element("input", { type: "checkbox", on: { change: () => this.#apply() } });
    const label = element("label", { title: flag.about }, box, ` ${flag.name}`);
    return { ...flag, box, label };
  });
  readonly #extensions: Readonly<Record<ExtensionName, HTMLInputElement>> = {
    id: this.#number("4294967295"),
    ttl: this.#number("18446744073709551615"),
    entry_version: this.#number("18446744073709551615"),
  };
  readonly #key = new BytesField("Key", 2, () => this.#apply());
  readonly #value = new BytesField("Value", 5, () => this.#apply());
  readonly #checksum = choice(
    [["right", "the right one"], ["wrong", "a wrong one"]],
    () => this.#apply(),
  );
  readonly #checksumField = labelled("Checksum", this.#checksum);
  readonly #error = element("p", { class: "error", role: "alert" });
  #form: FrameForm | undefined = undefined;

  /** Makes it; `changed` is told of the frame that the fields make, each time one is changed. */
  constructor(changed: (frame: Uint8Array) => void) {
    this.#changed = changed;
    const flags = element(
      "fieldset",
      {},
      element("legend", {}, "Flags"),
      ...this.#flags.map(({ label }) => label),
    );
    this.element = element(
      "div",
      { class: "editor" },
      labelled("Opcode", this.#opcode),
      this.#about,
      labelled("Version", this.#version, { class: "field narrow" }),
      flags,
      ...EXTENSIONS.map((name) => labelled(labelOf(name), this.#extensions[name])),
      this.#key.element,
      this.#value.element,
      this.#checksumField,
      this.#error,
    );
  }

  /** Shows a frame. */
  show(form: FrameForm): void {
    this.#key.reset();
    this.#value.reset();
    this.#key.bytes = form.key;
    this.#value.bytes = form.value;
    this.#version.value = String(form.version);
    this.#checksum.value = form.wrongChecksum === undefined ? "right" : "wrong";
    for (const name of EXTENSIONS) this.#extensions[name].value = String(form.extensions[name]);
    for (const { box, bits } of this.#flags) {
      box.checked = (form.flags & bits) !== 0;
      box.indeterminate = box.checked && (form.flags & bits) !== bits;
    }
    this.#showOpcode(form.opcode);
    this.#reveal(form);
  }

  /** An opcode that is not known has an option of its own. */
  #showOpcode(opcode: number): void {
    const value = String(opcode);
    if (![...this.#opcode.options].some((option) => option.value === value)) {
      this.#opcode.add(new Option(`${opcode} (not known)`, value));
    }
    this.#opcode.value = value;
  }

  /** Shows the fields that the flags say there are. */
  #reveal(form: FrameForm): void {
    this.#form = form;
    say(this.#about, messageOf(form.opcode)?.about ?? "No message has this opcode.");
    say(this.#error, "");
    for (const { name, flag } of EXTENSION_FIELDS) {
      const control = this.#extensions[name as ExtensionName];
      control.closest("label")!.hidden = (form.flags & FLAGS[flag]) === 0;
    }
    this.#checksumField.hidden = (form.flags & FLAGS.CHECKSUM) === 0;
  }

  #apply(): void {
    try {
      const form = this.#read();
      if (form === undefined) return;
      const frame = writeForm(form);
      this.#reveal(form);
      this.#changed(frame);
    } catch (cause) {
      if (!(cause instanceof RangeError || cause instanceof SyntaxError)) throw cause;
      say(this.#error, cause.message);
    }
  }

  /** What the controls say. */
  #read(): FrameForm | undefined {
    const [key, value] = [this.#key.bytes, this.#value.bytes];
    const before = this.#form;
    if (key === undefined || value === undefined || before === undefined) return undefined;
    const integer = (name: ExtensionName) => BigInt(this.#extensions[name].value || "0");
    return {
      version: Number(this.#version.value),
      opcode: Number(this.#opcode.value),
      flags: this.#flags.reduce((flags, { box, bits }) => {
        if (box.indeterminate) return flags | (before.flags & bits);
        return box.checked ? flags | bits : flags;
      }, 0),
      extensions: {
        id: integer("id"),
        ttl: integer("ttl"),
        entry_version: integer("entry_version"),
      },
      key,
      value,
      signature: before.signature,
      wrongChecksum: this.#checksum.value === "right" ? undefined : before.wrongChecksum ?? 0,
    };
  }

  #number(most: string): HTMLInputElement {
    return element("input", {
      inputmode: "numeric",
      pattern: "[0-9]+",
      autocomplete: "off",
      title: `0 to ${most}`,
      on: { input: () => this.#apply() },
    });
  }
}

function labelOf(name: ExtensionName): string {
  switch (name) {
    case "id":
      return "Id";
    case "ttl":
      return "Time to live, in ms";
    case "entry_version":
      return "Entry version";
  }
}
