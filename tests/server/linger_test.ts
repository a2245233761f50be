import { closeQuietly, linger, type Socket } from "../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";

/** A socket that gives these reads and notes what is done with it. */
function socketOf(
  reads: readonly (number | null | Error)[],
): Socket & { readonly calls: string[] } {
  const left = [...reads];
  const calls: string[] = [];
  return {
    calls,
    read() {
      calls.push("read");
      const next = left.shift() ?? null;
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite() {
      calls.push("closeWrite");
      return Promise.resolve();
    },
    close() {
      calls.push("close");
      throw new Deno.errors.BadResource("closed before");
    },
  };
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}

test("linger ends its side and reads what comes, until the peer has ended", async () => {
  const socket = socketOf([4_096, 1, null]);
  await linger(socket);
  assertEquals(socket.calls, ["closeWrite", "read", "read", "read"]);
});

test("linger ends when the peer is gone, and leaves no timer", async () => {
  const socket = socketOf([7, new Deno.errors.ConnectionReset("reset")]);
  await linger(socket);
  assertEquals(socket.calls, ["closeWrite", "read", "read"]);
  socket.closeWrite = () => Promise.reject(new Deno.errors.NotConnected("gone"));
  await linger(socket);
});

test("closeQuietly closes a socket that was closed before", async () => {
  const socket = socketOf([]);
  closeQuietly(socket);
  assertEquals(socket.calls, ["close"]);
  await Promise.resolve();
});
