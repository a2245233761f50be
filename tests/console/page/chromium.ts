/** Chromium without a window, driven over its DevTools protocol. */

import { assert } from "@std/assert";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The path of a browser; `undefined` where there is none. */
export const BROWSER: string | undefined = find();

function find(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`)).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** An answer, or an event. */
interface Told {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

/** A browser with one page. */
export class Browser implements AsyncDisposable {
  /** What the page has said to its console, its exceptions, and what its policy forbade. */
  readonly complaints: string[] = [];
  /** The requests that it made, to other places than it was told to open. */
  readonly requested: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (told: Told) => void>();
  #session: string | undefined = undefined;
  #lastId = 0;

  private constructor(process: Deno.ChildProcess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  /** Starts a browser that shows nothing. */
  static async start(): Promise<Browser> {
    const folder = await Deno.makeTempDir();
    const process = new Deno.Command(BROWSER!, {
      args: [
        ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        ...["--no-first-run", "--disable-background-networking", "--disable-component-update"],
        ...["--disable-extensions", "--disable-sync", "--mute-audio", "--hide-scrollbars"],
        ...["--remote-debugging-port=0", `--user-data-dir=${folder}`, "about:blank"],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const socket = new WebSocket(await endpointOf(process.stderr));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const browser = new Browser(process, folder, socket);
    await browser.#attach();
    return browser;
  }

  /** Opens an address, and waits until it has loaded. */
  async open(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
    await this.until("document.readyState === 'complete'");
  }

  /** What an expression is in the page; promises are waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    assert(exceptionDetails === undefined, `${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { readonly value: T }).value;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string, seconds = 20): Promise<void> {
    for (const end = Date.now() + seconds * 1_000; Date.now() < end;) {
      const isSo = await this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false);
      if (isSo) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const text = await this.evaluate("document.body.innerText");
    throw new Error(`Not so after ${seconds} s: ${expression}\n${text}\n${this.complaints}`);
  }

  /** Presses a key, as `Tab`, `ArrowDown` or `a`. */
  async press(key: string, shift = false): Promise<void> {
    const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
    const code = CODES[key] ?? key.toUpperCase().charCodeAt(0);
    const event = { key, windowsVirtualKeyCode: code, modifiers: shift ? 8 : 0 };
    await this.send("Input.dispatchKeyEvent", {
      type: text === undefined ? "rawKeyDown" : "keyDown",
      ...event,
      ...text !== undefined && { text },
    });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  /** Types a text where the focus is. */
  async type(text: string): Promise<void> {
    await this.send("Input.insertText", { text });
  }

  /** Clicks on the first element that fits. */
  async click(selector: string): Promise<void> {
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  /** A picture of the page, as PNG. */
  async picture(): Promise<Uint8Array> {
    const { data } = await this.send("Page.captureScreenshot", { captureBeyondViewport: true });
    return Uint8Array.fromBase64(data as string);
  }

  /** Asks for something of the DevTools protocol. */
  async send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Told>();
    this.#waiting.set(id, resolve);
    const sessionId = this.#session;
    this.#socket.send(JSON.stringify({ id, method, params, ...sessionId && { sessionId } }));
    const { result, error } = await promise;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#session = undefined;
    this.send("Browser.close").catch(() => {});
    await closed;
    await this.#process.status;
    await this.#process.stderr.cancel().catch(() => {});
    for (let tries = 0; tries < 20; tries++) {
      // Its children may still write there.
      const removed = await Deno.remove(this.#folder, { recursive: true }).then(
        () => true,
        () => false,
      );
      if (removed) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #attach(): Promise<void> {
    const { targetInfos } = await this.send("Target.getTargets");
    const { targetId } = (targetInfos as { readonly type: string; readonly targetId: string }[])
      .find(({ type }) => type === "page")!;
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    this.#session = sessionId as string;
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await this.send(`${domain}.enable`);
    await this.send("Emulation.setFocusEmulationEnabled", { enabled: true });
  }

  #take(told: Told): void {
    if (told.id !== undefined) {
      this.#waiting.get(told.id)?.(told);
      this.#waiting.delete(told.id);
      return;
    }
    const { method, params = {} } = told;
    if (method === "Network.requestWillBeSent") {
      this.requested.push((params["request"] as { readonly url: string }).url);
    }
    if (COMPLAINTS.includes(method ?? "")) this.complaints.push(JSON.stringify(params));
  }
}

const COMPLAINTS = ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"];

const CODES: Readonly<Record<string, number>> = {
  Tab: 9,
  Enter: 13,
  Escape: 27,
  End: 35,
  Home: 36,
  ArrowUp: 38,
  ArrowDown: 40,
};

/** Where a browser is to be driven, which it says on its standard error. */
async function endpointOf(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const reader = stderr.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The browser did not start: ${text}`);
    text += decoder.decode(value, { stream: true });
    const found = /ws:\/\/\S+/.exec(text)?.[0];
    if (found === undefined) continue;
    void drain(reader);
    return found;
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): Promise<void> {
  while (!(await reader.read()).done);
  reader.releaseLock();
}
