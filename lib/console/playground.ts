/**
 * The frame playground: bytes to fields, and back, with the codec of the server.
 *
 * @module
 */

import { concat } from "@std/bytes";
import { BatchDecoder, DecodeError } from "../codec/mod.ts";
import { Counter, Exchange } from "../inspect/exchange.ts";
import { HexDecoder } from "../inspect/hex_text.ts";
import type { InspectedFrame, Item } from "../inspect/item.ts";
import { InspectedStream } from "../inspect/stream.ts";
import { TextView } from "../inspect/text_view.ts";
import { choice, element, labelled, say } from "./dom.ts";
import { encodedAgain, formOf, writeForm } from "./frame_form.ts";
import { FrameEditor } from "./frame_editor.ts";
import { hexOf } from "./text.ts";
import type { View } from "./view.ts";

const EXAMPLES: readonly (readonly [name: string, hex: string])[] = [
  ["SET with an id, a time to live and a checksum", exampleOf(0x02, 0x0034, "greeting", "hello")],
  ["GET with an id", exampleOf(0x01, 0x0010, "greeting", "")],
  ["PING", exampleOf(0x04, 0, "", "")],
  ["ERR", exampleOf(0x81, 0x0010, "CONFLICT", "Cannot write: there is no entry")],
  ["RESP: SET", "2a330d0a24330d0a5345540d0a24330d0a666f6f0d0a24330d0a6261720d0a"],
];

/** It is written by the encoder of frames, as whatever is edited. */
function exampleOf(opcode: number, flags: number, key: string, value: string): string {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const extensions = { id: 7n, ttl: 60_000n, entry_version: 1n };
  const payload = { key: bytes(key), value: bytes(value), signature: new Uint8Array() };
  return writeForm({ version: 1, opcode, flags, extensions, ...payload }).toHex();
}

/** Paste bytes, see and change what they say, encode them again. */
export class PlaygroundView implements View {
  readonly period = 0;
  readonly isPrivate = false;
  readonly element: HTMLElement;
  readonly #input = element("textarea", {
    id: "frame-hex",
    rows: 8,
    spellcheck: "false",
    class: "code",
    on: { input: () => this.#read() },
  });
  readonly #example = choice(
    [["", "Choose one…"], ...EXAMPLES.map(([name], at) => [String(at), name] as const)],
    () => this.#useExample(),
  );
  readonly #which = choice([], () => this.#edit());
  readonly #chooser = labelled("Frame", this.#which);
  readonly #editor: FrameEditor;
  readonly #status = element("p", { role: "status", id: "frame-status" });
  readonly #again = element("p", { class: "summary", id: "frame-again" });
  readonly #output = element("textarea", {
    id: "frame-encoded",
    rows: 8,
    readonly: true,
    class: "code",
  });
  readonly #dump = element("pre", {
    id: "frame-dump",
    class: "code",
    tabindex: 0,
    "aria-label": "Fields",
  });
  /** What was read, and the frames of CAFE that are whole, which can be edited. */
  #bytes = new Uint8Array();
  #frames: readonly InspectedFrame[] = [];

  /** Makes it with an example. */
  constructor() {
    this.#editor = new FrameEditor((frame) => this.#replace(frame));
    this.element = element(
      "div",
      { class: "playground" },
      element(
        "section",
        { class: "panel", "aria-label": "Bytes" },
        labelled("Example", this.#example),
        labelled(
          "Bytes in hex, with or without comments, as docs/cafe.md and xxd have them",
          this.#input,
        ),
        this.#status,
        labelled("Encoded again", this.#output),
        this.#again,
      ),
      element(
        "section",
        { class: "panel", "aria-label": "Fields of the frame" },
        this.#chooser,
        this.#editor.element,
      ),
      element(
        "section",
        { class: "panel dump", "aria-label": "What it says" },
        element("h2", {}, "What it says"),
        this.#dump,
      ),
    );
    this.#example.value = "0";
    this.#useExample();
  }

  refresh(): void {}

  #useExample(): void {
    const example = EXAMPLES[Number(this.#example.value)];
    if (this.#example.value === "" || example === undefined) return;
    this.#input.value = hexOf(Uint8Array.fromHex(example[1]));
    this.#read();
  }

  /** Reads what was pasted. */
  #read(): void {
    const { bytes, fault } = bytesIn(this.#input.value);
    this.#show(bytes, fault);
    const number = Math.min(Math.max(0, this.#which.selectedIndex), this.#frames.length - 1);
    this.#which.replaceChildren(
      ...this.#frames.map(({ number, title }) => new Option(`#${number} ${title}`)),
    );
    this.#which.selectedIndex = number;
    this.#chooser.hidden = this.#frames.length < 2;
    this.#edit();
  }

  /** Says what bytes say. */
  #show(bytes: Uint8Array<ArrayBuffer>, fault: string | undefined): void {
    this.#bytes = bytes;
    const items = inspected(bytes);
    const view = new TextView();
    say(
      this.#dump,
      items.flatMap((item) => view.lines({ item, connection: undefined, time: undefined })).join(
        "\n",
      ),
    );
    this.#frames = items.filter((item) => item.type === "frame")
      .filter(isEditable);
    const encoded = this.#encoded();
    this.#output.value = encoded === undefined ? "" : hexOf(encoded);
    say(this.#status, fault ?? this.#verdict(items, encoded));
    say(this.#again, this.#againText());
  }

  /** All bytes, with each frame written anew from its fields; `undefined` without one. */
  #encoded(): Uint8Array | undefined {
    if (this.#frames.length === 0) return undefined;
    const encoded = this.#bytes.slice();
    for (const { offset, size } of this.#frames) {
      encoded.set(writeForm(formOf(encoded.subarray(offset, offset + size))), offset);
    }
    return encoded;
  }

  #verdict(items: readonly Item[], encoded: Uint8Array | undefined): string {
    const faults = items.flatMap((item) => {
      if (item.type === "frame") return item.faults;
      return item.type === "damage" ? [item.message] : [];
    });
    if (this.#bytes.length === 0) return "There are no bytes.";
    if (faults.length > 0) return faults.join("\n");
    if (encoded === undefined) return "RESP is shown, and not edited.";
    return encoded.toHex() === this.#bytes.toHex()
      ? "Right: encoded again they are the same bytes."
      : "Encoded again they are other bytes.";
  }

  #againText(): string {
    if (this.#frames.length !== 1) return "";
    const { offset, size } = this.#frames[0]!;
    const frame = this.#bytes.subarray(offset, offset + size);
    const again = encodedAgain(frame);
    if (again === undefined) return "";
    return again.toHex() === frame.toHex()
      ? "The encoder of requests writes these bytes too."
      : `The encoder of requests writes it as ${hexOf(again)}.`;
  }

  #edit(): void {
    const frame = this.#frames[this.#which.selectedIndex];
    this.#editor.element.hidden = frame === undefined;
    if (frame === undefined) return;
    const { offset, size } = frame;
    this.#editor.show(formOf(this.#bytes.subarray(offset, offset + size)));
  }

  /** Puts a frame that was edited in the place of the one that was read. */
  #replace(frame: Uint8Array): void {
    const at = this.#which.selectedIndex;
    const { offset, size } = this.#frames[at]!;
    const bytes = new Uint8Array(this.#bytes.length - size + frame.length);
    bytes.set(this.#bytes.subarray(0, offset));
    bytes.set(frame, offset);
    bytes.set(this.#bytes.subarray(offset + size), offset + frame.length);
    this.#input.value = hexOf(bytes);
    this.#example.value = "";
    const before = this.#frames.length;
    this.#show(bytes, undefined);
    if (this.#frames.length !== before) this.#read();
  }
}

/** The bytes of a text in hex, as far as it is some. */
function bytesIn(text: string): { bytes: Uint8Array<ArrayBuffer>; fault: string | undefined } {
  const pieces: Uint8Array[] = [];
  let fault: string | undefined;
  const decoder = new BatchDecoder(new HexDecoder());
  try {
    decoder.push(new TextEncoder().encode(text), pieces);
    decoder.end(pieces);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    fault = cause.message;
  }
  return { bytes: concat(pieces), fault };
}

function inspected(bytes: Uint8Array): Item[] {
  const found: (readonly Item[])[] = [];
  const decoder = new BatchDecoder(new InspectedStream(new Exchange(new Counter())));
  decoder.push(bytes, found);
  decoder.end(found);
  return found.flat();
}

/** Whether a frame has come whole, of CAFE. */
function isEditable({ protocol, size, fields }: InspectedFrame): boolean {
  if (protocol !== "CAFE") return false;
  const last = fields.at(-1);
  return size >= 12 && last !== undefined;
}
