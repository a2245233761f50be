/** What V8 tells of a process that was started with `--inspect`. */

/** A conversation with the inspector of a process. */
export class Inspector implements Disposable {
  readonly #socket: WebSocket;
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Begins one with the process whose inspector listens on a port of this machine. */
  static async connect(port: number): Promise<Inspector> {
    const targets: unknown = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
    const [{ webSocketDebuggerUrl }] = targets as [{ webSocketDebuggerUrl: string }];
    const socket = new WebSocket(webSocketDebuggerUrl);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`cannot connect to ${webSocketDebuggerUrl}`));
    await promise;
    return new Inspector(socket);
  }

  /** How many bytes live: objects and array buffers, when those that nobody can reach are gone. */
  async liveBytes(): Promise<number> {
    await this.#call("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = await this.#call("Runtime.getHeapUsage");
    return Number(usedSize) + Number(backingStorageSize);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  /** One call at a time. */
  #call(method: string): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    this.#socket.onmessage = ({ data }: MessageEvent<string>) => {
      const answer = JSON.parse(data);
      if (answer.id === id) resolve(answer.result);
    };
    this.#socket.onclose = () => reject(new Error("the process has ended"));
    this.#socket.send(JSON.stringify({ id, method }));
    return promise;
  }
}

/** A port that is free now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
