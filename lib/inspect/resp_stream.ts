/**
 * A stream of RESP to requests or replies, and on behind what is damaged.
 *
 * @module
 */

import type { Input } from "../bytes/mod.ts";
import type { Decoder } from "../codec/mod.ts";
import type { Exchange } from "./exchange.ts";
import type { Damage, Direction, Item, Resumed } from "./item.ts";
import { count, maySayPassword } from "./printable.ts";
import { inspectResp } from "./resp_frame.ts";
import { TokenError, TokenReader } from "./resp_tokens.ts";

/** What a stream of RESP is read with. */
export interface RespStreamOptions {
  /** How many bytes of a value are told. */
  readonly maxShown: number;
  /** The longest bulk string that is taken for one, in bytes. */
  readonly maxBulkSize: number;
  /** A frame of which so many bytes have come is told without its rest. */
  readonly maxHeld: number;
}

/** So many of damaged bytes are told. */
const SHOWN = 16;
const MAX_TOKENS = 256;
const LF = 0x0a;
const CR = 0x0d;
const RESUMED = { type: "resumed", protocol: "RESP", ended: false } as const;
const BEGINNINGS: Readonly<Record<Direction, string>> = {
  request: "*",
  response: "*~>%|$=!+-:_#,(",
};

/** Takes frames off one direction of a stream of RESP, and never throws. */
export class RespStream implements Decoder<readonly Item[]> {
  readonly #exchange: Exchange;
  /** Who sends it. */
  readonly direction: Direction;
  readonly #options: RespStreamOptions;
  readonly #tokens: TokenReader;
  /** Where bytes began that are skipped; `undefined` while frames follow one another. */
  #lostAt: number | undefined = undefined;
  /** Where it goes on, to be told with the next frame. */
  #resumed: Resumed | undefined = undefined;
  #hasEnded = false;
  /** Whether the rest of a frame is still to come that was told before it came whole. */
  #isPassing = false;

  /** Makes it for one direction, which begins inside a frame when `isLost`; both share an exchange. */
  constructor(
    exchange: Exchange,
    direction: Direction,
    options: RespStreamOptions,
    isLost = false,
  ) {
    if (isLost) this.#lostAt = 0;
    this.#exchange = exchange;
    this.direction = direction;
    this.#options = options;
    this.#tokens = new TokenReader(direction, {
      maxBlobSize: options.maxBulkSize,
      maxTokens: MAX_TOKENS,
      maxHeld: options.maxHeld,
    });
  }

  /** Takes the next frame, or what is damaged; `undefined` when it has not come whole. */
  decode(input: Input): readonly Item[] | undefined {
    if (this.#lostAt !== undefined && !this.#search(input)) return undefined;
    return this.#withResumed(this.#next(input));
  }

  /** Says that a frame was cut by the end. */
  end(input: Input): readonly Item[] | undefined {
    this.#hasEnded = true;
    if (this.#lostAt !== undefined && !this.#search(input)) return [this.#endLost(input)];
    if (input.length === 0) return undefined;
    const item = this.#next(input);
    return this.#withResumed(item ?? (input.length > 0 ? this.#cut(input) : undefined));
  }

  #withResumed(item: Item | undefined): readonly Item[] | undefined {
    if (item === undefined) return undefined;
    const resumed = this.#resumed;
    this.#resumed = undefined;
    return resumed === undefined ? [item] : [resumed, item];
  }

  #next(input: Input): Item | undefined {
    try {
      if (this.#isPassing && !this.#tokens.pass(input)) return undefined;
      this.#isPassing = false;
      while (this.#tokens.read(input)) {
        if (!this.#tokens.isBlank || this.direction === "response") return this.#take(input);
        input.skip(this.#tokens.size); // Redis skips empty lines.
        this.#tokens.reset();
      }
      const isLong = this.#tokens.size > 0 && input.length >= this.#options.maxHeld;
      return isLong ? this.#long(input) : undefined;
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      this.#isPassing = false;
      return this.#damage(input, error.message);
    }
  }

  #cut(input: Input): Damage {
    const { bytes, start, end, offset, length } = input;
    const come = count(length, "byte");
    const message = `cut: the stream ends inside a frame, of which ${come} had come`;
    const shown = bytes.slice(start, Math.min(end, start + SHOWN));
    const secret = maySayPassword(bytes.subarray(start, end));
    input.skip(length);
    this.#tokens.reset();
    return damageOf(offset, shown, message, secret);
  }

  #take(input: Input): Item {
    const { tokens, left, size } = this.#tokens;
    const { offset } = input;
    const bytes = input.take(size);
    this.#tokens.reset();
    const { maxShown } = this.#options;
    const parts = { bytes, offset, direction: this.direction, tokens, left, maxShown };
    return inspectResp(parts, this.#exchange);
  }

  /** The beginning of a frame that is not waited for. */
  #long(input: Input): Item {
    const { length, offset } = input;
    const { left } = this.#tokens;
    const part = this.#tokens.partOf(length);
    const tokens = [...this.#tokens.tokens, ...part === undefined ? [] : [part]];
    const bytes = input.bytes.slice(input.start, input.end);
    this.#isPassing = !this.#tokens.pass(input);
    const { direction } = this;
    const { maxShown } = this.#options;
    const parts = { bytes, offset, direction, tokens, left, maxShown, isCut: true };
    return inspectResp(parts, this.#exchange);
  }

  /** Takes a first byte; `undefined` when more bytes must come to show them. */
  #damage(input: Input, message: string): Damage | undefined {
    const { lastAt } = this.#tokens;
    if (input.length < lastAt + SHOWN && !this.#hasEnded) {
      input.need(lastAt + SHOWN);
      this.#tokens.reset(); // It is read again.
      return undefined;
    }
    const { bytes, start, end } = input;
    const offset = input.offset + lastAt;
    const shown = bytes.slice(start + lastAt, Math.min(end, start + lastAt + SHOWN));
    const secret = maySayPassword(bytes.subarray(start, end));
    this.#tokens.reset();
    this.#lostAt = input.offset;
    input.skip(1);
    return damageOf(offset, shown, message, secret);
  }

  /** Skips to the end of a line behind which a frame may begin; false when none has come. */
  #search(input: Input): boolean {
    const { bytes, start, end } = input;
    const beginnings = BEGINNINGS[this.direction];
    for (
      let at = bytes.indexOf(LF, start);
      at >= 0 && at + 1 < end;
      at = bytes.indexOf(LF, at + 1)
    ) {
      if (at > start && bytes[at - 1] !== CR) continue;
      if (!beginnings.includes(String.fromCharCode(bytes[at + 1]!))) continue;
      input.skip(at + 1 - start);
      const skipped = input.offset - this.#lostAt!;
      this.#resumed = { ...RESUMED, offset: input.offset, skipped };
      this.#lostAt = undefined;
      return true;
    }
    input.skip(Math.max(0, input.length - 2));
    return false;
  }

  #endLost(input: Input): Resumed {
    input.skip(input.length);
    const skipped = input.offset - this.#lostAt!;
    this.#lostAt = undefined;
    return { ...RESUMED, offset: input.offset, skipped, ended: true };
  }
}

function damageOf(offset: number, bytes: Uint8Array, message: string, secret: boolean): Damage {
  return {
    ...{ type: "damage", protocol: "RESP", offset, bytes, fields: [], message },
    ...secret && { secret },
  };
}
