import type { Server } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { textOf, utf8 } from "../../codec/helpers.ts";
import { RawClient } from "../raw_client.ts";

/** So many clients that some have one worker, and some the other one. */
export const MANY = 8;

/** A client of RESP. */
export class Caller implements Disposable {
  private constructor(readonly raw: RawClient) {}

  static async connect(server: Server): Promise<Caller> {
    return new Caller(await RawClient.connect(server.addr!));
  }

  static many(server: Server, count = MANY): Promise<Caller[]> {
    return Promise.all(Array.from({ length: count }, () => Caller.connect(server)));
  }

  /** Sends a line, and asserts what comes back; each end of a line is a space. */
  async call(line: string, expected: string): Promise<void> {
    await this.raw.send(utf8(`${line}\r\n`));
    await this.hear(expected, line);
  }

  async hear(expected: string, why?: string): Promise<void> {
    const bytes = await this.raw.readExactly(expected.length + expected.split(" ").length - 1);
    assertEquals(textOf(bytes).replaceAll("\r\n", " "), expected, why);
  }

  [Symbol.dispose](): void {
    this.raw.close();
  }
}

export function closeAll(callers: readonly Caller[]): void {
  for (const caller of callers) caller[Symbol.dispose]();
}

/** A GET as clients send it: lines are not answered by workers. */
export function plainGet(key: string): Uint8Array {
  return utf8(`*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`);
}
