/**
 * Requests and answers in JSON.
 *
 * @module
 */

/** The longest request, in bytes: a value that can be edited, and a key, in hex. */
const MAX_BODY = 524_288;
/** How long it may take to come, in milliseconds. */
const BODY_TIMEOUT = 30_000;

/** Why something that was asked over HTTP is not done. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** The status of the answer. */
  readonly status: number;
  /** Whether it may be done by who logs in. */
  readonly login: boolean;

  /** Says why. */
  constructor(status: number, message: string, login: boolean = false) {
    super(message);
    this.status = status;
    this.login = login;
  }

  /** The answer. */
  get response(): Response {
    const { status, message, login } = this;
    return Response.json({ error: message, login }, { status });
  }
}

/**
 * The object that a request holds.
 *
 * @throws {Refusal} When it holds none, or does not come whole, or not in time.
 */
export async function objectIn(
  { body }: Request,
  timeout: number = BODY_TIMEOUT,
): Promise<Readonly<Record<string, unknown>>> {
  const value = body && parsed(await textIn(body.getReader(), timeout));
  if (typeof value === "object" && value !== null) return { ...value };
  throw new Refusal(400, "The request must hold an object of JSON.");
}

async function textIn(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  timeout: number,
): Promise<string> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {}); // The read that waits ends with it.
  }, timeout);
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read().catch(cutOff);
      if (isLate) throw new Refusal(408, `The request has not come within ${timeout} ms.`);
      if (done) return text + decoder.decode();
      size += value.length;
      if (size > MAX_BODY) throw new Refusal(413, `The request is over ${MAX_BODY} bytes long.`);
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    clearTimeout(timer);
  }
}

function cutOff(): never {
  throw new Refusal(400, "The request was cut off.");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A whole number from 0, or what stands for one; `absent` when it is not given. */
export function numberOf(name: string, value: unknown, absent?: number): number {
  if ((value === undefined || value === null) && absent !== undefined) return absent;
  const number = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Refusal(400, `${name} must be a whole number from 0.`);
}

/** A text. */
export function textOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new Refusal(400, `${name} must be a text.`);
}

/** Bytes that are given in hex. */
export function bytesOf(name: string, value: unknown): Uint8Array {
  if (typeof value === "string" && /^(?:[0-9a-f]{2})*$/i.test(value)) {
    return Uint8Array.fromHex(value);
  }
  throw new Refusal(400, `${name} must be bytes in hex.`);
}
