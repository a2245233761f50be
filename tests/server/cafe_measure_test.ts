import { newServices, Session } from "../../lib/server/mod.ts";
import type { Services } from "../../lib/handler/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { textOf } from "../codec/helpers.ts";
import { frame, GET, INCR, PING, SCAN, SET } from "./frames.ts";

const HELLO = 5;

function test(name: string, fn: (services: Services) => void): void {
  Deno.test({ name, permissions: "none", fn: () => fn(newServices({ password: "secret" })) });
}

function hello(password: string): Uint8Array {
  return frame({ opcode: HELLO, key: "default", value: password });
}

/** A connection that has given the password. */
function enter(services: Services): Session {
  const session = new Session(services);
  session.receive(hello("secret"));
  return session;
}

/** Calls, refused calls and failed calls of a request. */
function counted({ statistics }: Services, name: string): number[] | undefined {
  const figures = statistics.commands.get(`cafe|${name}`);
  return figures && [figures.calls, figures.rejected, figures.failed];
}

test("each request of CAFE counts its calls, those that failed, and those that were refused", (services) => {
  new Session(services).receive(concat([frame({ opcode: GET, key: "k" }), hello("wrong")]));
  enter(services).receive(concat([
    frame({ opcode: SET, key: "k", value: "x" }),
    frame({ opcode: GET, key: "k" }),
    frame({ opcode: GET, key: "none" }),
    frame({ opcode: INCR, key: "k", value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1) }),
    frame({ opcode: 77 }),
  ]));
  assertEquals(counted(services, "get"), [2, 1, 0]);
  assertEquals(counted(services, "set"), [1, 0, 0]);
  assertEquals(counted(services, "incr"), [1, 0, 1]);
  assertEquals(counted(services, "hello"), [1, 1, 0]);
  assertEquals(Object.fromEntries(services.statistics.cafe.errors), {
    AUTH_REQUIRED: 2,
    NOT_AN_INTEGER: 1,
    UNKNOWN_OPCODE: 1,
  });
  assertEquals(services.statistics.resp.errors.size, 0);
});

test("requests of CAFE that come together share their time, and a SCAN has its own", (services) => {
  const session = enter(services);
  session.receive(concat([frame({ opcode: PING }), frame({ opcode: PING })]));
  session.receive(frame({ opcode: SCAN, value: new Uint8Array(8) }));
  const { commands } = services.statistics;
  assertEquals(["ping", "scan"].map((name) => commands.get(`cafe|${name}`)!.times.count), [2, 1]);
});

test("the slow log keeps requests of CAFE too, without passwords", (services) => {
  services.settings.slowerThan = 0;
  const session = enter(services);
  session.receive(frame({ opcode: SET, key: "k", value: "x" }));
  const log = services.statistics.slowLog.newest(9).map(({ args }) => args.map(textOf).join(" "));
  assertEquals(log, ["SET k x", "HELLO"]);
});

test("the latency monitor is told of slow requests of CAFE", (services) => {
  services.settings.latencyThreshold = 0.000_001;
  enter(services);
  assert(services.statistics.latency.events.has("command"));
});
