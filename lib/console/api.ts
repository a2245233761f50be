/**
 * Asking the server.
 *
 * @module
 */

/** Why the server did not do what it was asked. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The status of the answer; 0 when there was none. */
  readonly status: number;
  /** Whether a login may help. */
  readonly login: boolean;

  /** Says why. */
  constructor(status: number, message: string, login: boolean = false) {
    super(message);
    this.status = status;
    this.login = login;
  }

  /** Whether the token is wanted, or another one. */
  get wantsToken(): boolean {
    return this.status === 401 && !this.login;
  }
}

/** A method that the server knows. */
type Method = "GET" | "PUT" | "POST" | "DELETE";

const TOKEN = "cortado-token";
const VISIT = "cortado-visit";

/** Sets what later requests are sent with, until the tab is closed; nothing to forget it. */
export function remember(what: "token" | "visit", value: string | undefined): void {
  const name = what === "token" ? TOKEN : VISIT;
  if (value === undefined) sessionStorage.removeItem(name);
  else sessionStorage.setItem(name, value);
}

/**
 * Asks the server.
 *
 * @throws {ApiError} When it does not answer, or does not do what was asked.
 */
export async function ask<Answer>(
  method: Method,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await send(`api/${path}`, {
    method,
    headers: headers(),
    ...body !== undefined && { body: JSON.stringify(body) },
  });
  if (!response.ok) throw await errorOf(response);
  // The types of answers are those of lib/server/admin.
  return await response.json() as Answer;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, cache: "no-store", credentials: "omit" });
  } catch {
    throw new ApiError(0, "The server does not answer.");
  }
}

function headers(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN);
  const visit = sessionStorage.getItem(VISIT);
  return {
    "cortado-console": "1",
    ...token !== null && { authorization: `Bearer ${token}` },
    ...visit !== null && { "cortado-visit": visit },
  };
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const { error, login } = JSON.parse(text) as {
      readonly error: string;
      readonly login: boolean;
    };
    return new ApiError(response.status, error, login);
  } catch {
    return new ApiError(response.status, text.trim() || `The server answers ${response.status}.`);
  }
}
