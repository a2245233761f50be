/**
 * The process that a server runs in.
 *
 * @module
 */

import type { CollectionFigures, CpuFigures, MemoryFigures, System } from "../handler/mod.ts";
import process from "node:process";
import { Collections } from "./collections.ts";
import { isLoopback } from "./protected_mode.ts";

/** What a server does for itself when a client asks for it. */
export interface ServerControls {
  /** The address listened on; empty without TCP. */
  readonly hostname: string;
  /** The TCP port listened on; 0 without TCP. */
  readonly port: number;
  /** The address listened on with TLS; empty without it. */
  readonly tlsHostname: string;
  /** The path of the Unix socket listened on; empty when there is none. */
  readonly unix: string;
  /** How many bytes of requests and replies all connections hold. */
  readonly bufferBytes: number;
  /** Listens on another port instead; throws when that cannot be. */
  listen(port: number): void;
  /** Ends the server, in order. */
  shutdown(): void;
  /** Writes a line to the log. */
  log(line: string): void;
}

/** Where no server listens. */
const NO_SERVER: ServerControls = {
  hostname: "",
  port: 0,
  tlsHostname: "",
  unix: "",
  bufferBytes: 0,
  listen() {
    throw new TypeError("there is no server");
  },
  shutdown() {},
  log() {},
};

const MICROS = 1_000_000;

/** This process, and a server in it once there is one. */
export class ServerSystem implements System {
  readonly pid: number = Deno.pid;
  readonly runId: string = crypto.getRandomValues(new Uint8Array(20)).toHex();
  readonly platform: string = `${Deno.build.os} ${Deno.build.arch}`;
  readonly runtime: string = `deno ${Deno.version.deno}`;
  /** Counts garbage collections while a server runs. */
  readonly garbage: Collections = new Collections();
  /** The server. */
  server: ServerControls = NO_SERVER;

  /** The path of the program; empty where it may not be known. */
  get executable(): string {
    try {
      return Deno.execPath();
    } catch {
      return ""; // Without the permission to read, some releases of Deno do not tell.
    }
  }

  get hostname(): string {
    return this.server.hostname;
  }

  get port(): number {
    return this.server.port;
  }

  get unix(): string {
    return this.server.unix;
  }

  get isExposed(): boolean {
    const hostnames = [this.hostname, this.server.tlsHostname];
    return hostnames.some((name) => name !== "" && !isLoopback(name));
  }

  get bufferBytes(): number {
    return this.server.bufferBytes;
  }

  get collections(): ReadonlyMap<string, CollectionFigures> {
    this.garbage.take();
    return this.garbage.figures;
  }

  memory(): MemoryFigures {
    return Deno.memoryUsage();
  }

  cpu(): CpuFigures {
    const { user, system } = process.cpuUsage();
    return { user: user / MICROS, system: system / MICROS };
  }

  listen(port: number): void {
    this.server.listen(port);
  }

  sleep(ms: number): void {
    // Nobody wakes it: it waits for the time to pass, and the whole process with it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }

  shutdown(): void {
    this.server.shutdown();
  }

  log(line: string): void {
    this.server.log(line);
  }
}
