/**
 * What handlers ask of the process that they run in.
 *
 * @module
 */

/** The process, and the server as a whole. A server gives it; tests make their own. */
export interface System {
  /** The number of the process. */
  readonly pid: number;
  /** 40 hexadecimal digits that no other run of a server has. */
  readonly runId: string;
  /** The operating system and the processor, as `linux x86_64`. */
  readonly platform: string;
  /** The path of the program. */
  readonly executable: string;
  /** What runs the program, with its version. */
  readonly runtime: string;
  /** The addresses listened on; none without TCP. */
  readonly hostname: string;
  /** The TCP port listened on; 0 without TCP. */
  readonly port: number;
  /** The path of the Unix socket listened on; empty when there is none. */
  readonly unix: string;
  /** Whether other machines can reach the server. */
  readonly isExposed: boolean;
  /** The memory of the process. */
  memory(): MemoryFigures;
  /** The garbage collections of the process, by their kind. */
  readonly collections: ReadonlyMap<string, CollectionFigures>;
  /** How many bytes of requests and replies all connections hold. */
  readonly bufferBytes: number;
  /** The processor time of the process. */
  cpu(): CpuFigures;
  /** Listens on another port instead; what is connected stays. Throws when that cannot be. */
  listen(port: number): void;
  /** Stops the whole process for a time in milliseconds. */
  sleep(ms: number): void;
  /** Ends the server, in order. */
  shutdown(): void;
  /** Writes a line to the log. */
  log(line: string): void;
}

/** Bytes of memory. */
export interface MemoryFigures {
  /** What the process has of the machine's memory. */
  readonly rss: number;
  /** The heap. */
  readonly heapTotal: number;
  /** What of the heap is used. */
  readonly heapUsed: number;
  /** Buffers outside the heap. */
  readonly external: number;
}

/** Garbage collections of one kind. */
export interface CollectionFigures {
  /** How many there were. */
  readonly count: number;
  /** How long the program stood still for them, in seconds. */
  readonly seconds: number;
}

/** Seconds of processor time. */
export interface CpuFigures {
  /** In the program. */
  readonly user: number;
  /** In the system, for the program. */
  readonly system: number;
}
