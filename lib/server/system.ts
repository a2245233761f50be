/**
 * The process that a server runs in.
 *
 * @module
 */

import type { CpuFigures, MemoryFigures, System } from "../handler/mod.ts";
import process from "node:process";
import { isLoopback } from "./protected_mode.ts";

/** What a server does for itself when a client asks for it. */
export interface ServerControls {
  /** The address listened on; empty without TCP. */
  readonly hostname: string;
  /** The TCP port listened on; 0 without TCP. */
  readonly port: number;
  /** The path of the Unix socket listened on; empty when there is none. */
  readonly unix: string;
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
  unix: "",
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
    return this.hostname !== "" && !isLoopback(this.hostname);
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
