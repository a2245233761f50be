/** A server that runs as a process, and what it and the system say of it. */

import type { PortAddress } from "../../lib/client/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import { ServerProcess } from "../cli/process.ts";
import { RawClient } from "../server/raw_client.ts";
import { caCerts, FIRST } from "../tls/files.ts";
import { freePort, Inspector } from "./inspector.ts";
import type { Sample } from "./judge.ts";

/** What the server and its clients know. */
export const SECRET = "correct horse battery staple";

/** A message that waits for a subscriber makes this many bytes sooner or later: then it is cut. */
const MAX_OUTPUT = "256KiB";

const LIB = new URL("../../lib", import.meta.url).pathname;

/** A server under test. */
export class SoakedServer implements AsyncDisposable {
  readonly address: PortAddress;
  readonly tlsAddress: PortAddress;
  readonly #process: ServerProcess;
  /** The client that asks for figures: the only one that stays. */
  readonly #asker: RawClient;
  readonly #inspector: Inspector;
  /** Its output is read all the time, so that it never waits to be. */
  readonly #logged: Promise<string[]>;
  readonly #begin = performance.now();

  private constructor(
    process: ServerProcess,
    ports: readonly number[],
    asker: RawClient,
    inspector: Inspector,
  ) {
    this.#process = process;
    this.#asker = asker;
    this.#inspector = inspector;
    this.#logged = process.stderr.lines(Infinity);
    const [port, tlsPort] = ports as [number, number];
    this.address = { hostname: "127.0.0.1", port };
    this.tlsAddress = { hostname: "localhost", port: tlsPort, tls: { caCerts: caCerts() } };
  }

  /** Starts one with a journal in `directory`, which is compacted often. */
  static async start(directory: string): Promise<SoakedServer> {
    const inspectorPort = freePort();
    const permissions = [
      `--inspect=127.0.0.1:${inspectorPort}`,
      "--allow-net=127.0.0.1",
      // With CORTADO_WORKERS it reads the modules of workers when it starts them.
      `--allow-read=${directory},${FIRST.certificate},${FIRST.key},${LIB}`,
      `--allow-write=${directory}`,
      "--allow-env=CORTADO_*",
    ];
    const options = {
      port: "0",
      data: directory,
      "compact-min-size": "1MiB",
      "tls-port": "0",
      "tls-cert": FIRST.certificate,
      "tls-key": FIRST.key,
      secret: SECRET,
      "max-output-size": MAX_OUTPUT,
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const process = new ServerProcess(args, { permissions });
    const lines = await process.stdout.lines(2);
    const ports = lines.map((line) => Number(/\d+$/.exec(line)?.[0]));
    if (ports.length < 2) throw new Error((await process.end()).stderr.join("\n"));
    const address = { transport: "tcp", hostname: "127.0.0.1", port: ports[0]! } as const;
    const asker = await RawClient.connect(address);
    const inspector = await Inspector.connect(inspectorPort);
    return new SoakedServer(process, ports, asker, inspector);
  }

  /** Its figures now, without the client that asks for them. */
  async sample(): Promise<Sample> {
    const info = await this.#ask("INFO everything");
    const clients = await this.#ask("CLIENT LIST");
    const figure = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1]);
    const sum = (name: string) =>
      [...clients.matchAll(new RegExp(` ${name}=(\\d+)`, "g"))]
        .reduce((total, [, bytes]) => total + Number(bytes), 0);
    const asked = utf8("CLIENT LIST\r\n").length;
    return {
      seconds: (performance.now() - this.#begin) / 1_000,
      live: await this.#inspector.liveBytes(),
      ...await processFigures(this.#process.pid),
      accepted: figure("total_connections_received") - 1,
      connections: figure("connected_clients") - 1,
      subscriptions: figure("pubsub_channels") + figure("pubsub_patterns"),
      blocked: figure("blocked_clients"),
      buffered: Math.max(0, sum("qbuf") + sum("omem") + sum("multi-mem") - asked),
      keys: Number(/^db0:keys=(\d+)/m.exec(info)?.[1] ?? 0),
      entryBytes: figure("used_memory"),
    };
  }

  /** Ends it; the lines of its log. */
  async stop(): Promise<string[]> {
    this.#close();
    this.#process.kill("SIGTERM");
    await this.#process.end();
    return await this.#logged;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    await this.#process[Symbol.asyncDispose]();
  }

  #close(): void {
    this.#asker.close();
    this.#inspector[Symbol.dispose]();
  }

  /** The bulk string that is the reply to a request. */
  async #ask(request: string): Promise<string> {
    await this.#asker.send(utf8(`${request}\r\n`));
    let head = "";
    while (!head.endsWith("\r\n")) head += textOf(await this.#asker.readExactly(1));
    const size = Number(head.slice(1));
    if (!head.startsWith("$")) throw new Error(`${request} was answered with ${head}`);
    return textOf((await this.#asker.readExactly(size + 2)).subarray(0, size));
  }
}

/** What Linux tells of a process. Deno itself may read it only with all permissions; a shell may anyway. */
async function processFigures(pid: number): Promise<Pick<Sample, "rss" | "descriptors">> {
  const script = `grep VmRSS /proc/${pid}/status; ls /proc/${pid}/fd | wc -l`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  const [kib, descriptors] = textOf(stdout).match(/\d+/g) ?? [];
  return { rss: 1_024 * Number(kib), descriptors: Number(descriptors) };
}
