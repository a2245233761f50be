import {
  Connection,
  linger,
  newServices,
  serverLimits,
  type Socket,
} from "../../lib/server/mod.ts";
import { acceptAll } from "../../lib/server/accept.ts";
import { refuse } from "../../lib/server/refuse.ts";
import { closeQuietly } from "../../lib/server/socket.ts";
import { assertEquals } from "@std/assert";
import { settle } from "../codec/helpers.ts";
import { FakeSocket } from "./fake_socket.ts";
import { frame, PING, SUBSCRIBE } from "./frames.ts";

const OPERATIONS = ["read", "write", "closeWrite", "close"] as const;
type Operation = (typeof OPERATIONS)[number];

/** What may come out of an operation, sensible or not. */
const CAUSES: readonly (readonly [string, unknown])[] = [
  ["a reset", new Deno.errors.ConnectionReset("reset")],
  ["a bad resource", new Deno.errors.BadResource("closed")],
  ["a TypeError", new TypeError("a mistake")],
  ["a string", "no error at all"],
  ["nothing", undefined],
  ["null", null],
  ["an object that cannot be shown", Object.create(null)],
];

const HOWS = ["throws", "rejects"] as const;

/** A socket of which one operation fails, from the `nth` call on. */
function failing(operation: Operation, how: typeof HOWS[number], cause: unknown, nth: number) {
  const socket = new FakeSocket();
  const { [operation]: real } = socket;
  let calls = 0;
  const fail = (...args: unknown[]): unknown => {
    if (++calls < nth) return Reflect.apply(real, socket, args);
    if (how === "throws" || operation === "close") throw cause;
    return Promise.reject(cause);
  };
  Object.assign(socket, { [operation]: fail });
  return socket;
}

/** Runs with each operation failing in each way, and sees what nobody has caught. */
function test(name: string, run: (socket: FakeSocket) => Promise<unknown>): void {
  Deno.test({
    name: `nothing escapes ${name}, whatever a socket does`,
    permissions: "none",
    async fn() {
      const escaped: unknown[] = [];
      const onRejection = (event: PromiseRejectionEvent) => {
        event.preventDefault();
        escaped.push(event.reason);
      };
      globalThis.addEventListener("unhandledrejection", onRejection);
      try {
        for (const operation of OPERATIONS) {
          for (const how of HOWS) {
            for (const [label, cause] of CAUSES) {
              for (const nth of [1, 2]) {
                const what = `${operation} ${how} ${label} at call ${nth}`;
                await run(failing(operation, how, cause, nth))
                  .catch((error) => escaped.push(`${what}: ${error}`));
                await settle();
                assertEquals(escaped, [], what);
              }
            }
          }
        }
      } finally {
        globalThis.removeEventListener("unhandledrejection", onRejection);
      }
    },
  });
}

const PING_FRAME = frame({ opcode: PING });

function connect(socket: Socket): Connection {
  const services = newServices({ onDefect() {} });
  return new Connection(socket, services, serverLimits({}));
}

test("a connection that is served to its end", (socket) => {
  socket.give(PING_FRAME, PING_FRAME, null);
  return connect(socket).run();
});

test("a connection that breaks the protocol", (socket) => {
  socket.give(PING_FRAME, new Uint8Array([0xca, 0]), null);
  return connect(socket).run();
});

test("a connection that is drained, or over a limit", async (socket) => {
  const connection = connect(socket);
  const run = connection.run();
  socket.give(PING_FRAME, PING_FRAME.subarray(0, 5));
  await settle();
  connection.drain("shutdown");
  connection.look(0);
  await settle();
  socket.give(null);
  await settle();
  connection.close("shutdown deadline");
  await run;
});

test("a subscriber that gets messages", async (socket) => {
  const services = newServices({ onDefect() {} });
  const connection = new Connection(socket, services, serverLimits({}));
  const run = connection.run();
  socket.give(frame({ opcode: SUBSCRIBE, key: "c" }));
  await settle();
  for (let i = 0; i < 3; i++) {
    services.channels.publish(Uint8Array.of(99), Uint8Array.of(1));
    await settle();
  }
  socket.give(null);
  await settle();
  connection.kill();
  await run;
});

test("a connection that is refused", (socket) => {
  socket.give(PING_FRAME, null);
  return refuse(socket, "no room", new AbortController().signal);
});

test("a connection that is refused, whose read fails when nobody waits for it any more", async (socket) => {
  const read = Promise.withResolvers<null>();
  socket.read = () => read.promise;
  const stop = new AbortController();
  const refused = refuse(socket, "no room", stop.signal);
  stop.abort();
  await settle();
  read.reject(new Deno.errors.BadResource("closed"));
  await refused;
});

test("a connection that lingers", (socket) => {
  socket.give(PING_FRAME, null);
  return linger(socket);
});

test("a socket that is closed twice", (socket) => {
  closeQuietly(socket);
  closeQuietly(socket);
  return Promise.resolve();
});

test("the loop that accepts", async (socket) => {
  const stop = new AbortController();
  let accepted = 0;
  await acceptAll<Socket>({
    accept: () => accepted++ === 0 ? Promise.resolve(socket) : Promise.reject(new Error("none")),
  }, {
    signal: stop.signal,
    onConnection: (taken) => taken.close(),
    onError: () => accepted > 1 && stop.abort(),
    delay: () => Promise.resolve(),
  });
});
