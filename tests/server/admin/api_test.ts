import { newServices } from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { guarded } from "../guarded.ts";
import { consoleOf, hex, post, type Sent, visitorOf } from "./ask.ts";

const PURE = { permissions: "none" } as const;
const TOKEN = "0123456789abcdef";
const authorization = `Bearer ${TOKEN}`;

/** All that may be asked without changing anything. */
const QUESTIONS: readonly (readonly [path: string, sent?: Sent])[] = [
  ...["overview", "visit", "connections", "slowlog", "hotkeys"].map((path) => [path] as const),
  ["keys", post({})],
  ["entry", post({ key: "61" })],
];

Deno.test(
  "with a token every question wants it, and no window of the browser asks for it",
  PURE,
  async () => {
    const ask = consoleOf(newServices(), TOKEN);
    for (const [path, sent] of QUESTIONS) {
      const { status, headers } = await ask(path, sent);
      assertEquals(status, 401, path);
      assertEquals(headers.get("www-authenticate"), 'Bearer realm="cortado"');
      const right = await ask(path, { ...sent, headers: { authorization } });
      assertEquals(right.status, path.startsWith("entry") ? 404 : 200, path);
    }
  },
);

Deno.test(
  "what another page sends is refused: it has no header of the console, or another origin",
  PURE,
  async () => {
    const ask = consoleOf(newServices());
    const foreign = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "http://evil.example" },
      { origin: "null" },
    ];
    for (const headers of foreign) {
      for (const [path, sent] of QUESTIONS) {
        assertEquals((await ask(path, { ...sent, headers })).status, 403, path);
      }
    }
    const plain = { method: "PUT", body: {}, headers: { "sec-fetch-site": "cross-site" } };
    assertEquals((await ask("entry", plain)).status, 403);
    const own = { origin: "http://localhost:9", host: "localhost:9" };
    assertEquals((await ask("overview", { headers: own })).status, 200);
    assertEquals(
      (await ask("overview", { headers: { "sec-fetch-site": "same-origin" } })).status,
      200,
    );
  },
);

Deno.test(
  "the overview has the requests of all commands of a protocol",
  PURE,
  async () => {
    const services = newServices();
    const ask = consoleOf(services);
    for (let at = 0; at < 60; at++) {
      const figures = services.statistics.resp.of({ name: `c${at}`, index: at, flags: [] });
      for (let times = 0; times < 100; times++) {
        services.statistics.end(figures, services.statistics.begin());
      }
    }
    services.statistics.resp.requests = 6_001; // One was of no command that is known.
    const { body } = await ask("overview");
    const { resp } = body["protocols"] as {
      readonly resp: { readonly requests: number; readonly times: readonly (readonly number[])[] };
    };
    assertEquals(resp.requests, 6_001);
    assertEquals(resp.times.reduce((sum, [, count]) => sum + count!, 0), 6_000);
  },
);

Deno.test(
  "where there are users they have to log in, and may do what their rules say",
  PURE,
  async () => {
    const services = guarded({
      ann: { password: "p", commands: ["get", "scan"], keys: ["app:"] },
      root: { password: "p" },
    });
    const store = services.databases.at(0);
    for (const key of ["app:1", "other"]) {
      store.set(new TextEncoder().encode(key), Uint8Array.of(1));
    }
    const ask = consoleOf(services);
    assertEquals((await ask("overview")).status, 200);
    assertEquals((await ask("visit")).body["wanted"], "user");
    for (const [path, sent] of QUESTIONS.slice(2)) {
      assertEquals((await ask(path, sent)).status, 401, path);
    }

    const ann = await visitorOf(ask, "ann", "p");
    const { body: visit } = await ann("visit");
    assertEquals([visit["user"], visit["may"]], ["ann", ["keys", "look"]]);
    assertEquals((await ann("keys", post({ prefix: hex("app:") }))).body["keys"], [hex("app:1")]);
    assertEquals((await ann("keys", post({}))).status, 403);
    assertEquals((await ann("entry", post({ key: hex("app:1") }))).status, 200);
    assertEquals((await ann("entry", post({ key: hex("other") }))).status, 403);
    const put = { key: hex("app:1"), value: "00", ttl: null, version: 1 };
    assertEquals((await ann("entry", { method: "PUT", body: put })).status, 403);
    const remove = await ann("entry", { method: "DELETE", body: put });
    assertEquals(remove.status, 403);
    for (const path of ["connections", "slowlog", "hotkeys"]) {
      assertEquals((await ann(path)).status, 403, path);
    }
    const kill = { method: "DELETE", body: { id: 1 } };
    assertEquals((await ann("connections", kill)).status, 403);
    assertEquals(store.size, 2);

    const root = await visitorOf(ask, "root", "p");
    for (const [path, sent] of QUESTIONS.slice(2, -1)) {
      assertEquals((await root(path, sent)).status, 200, path);
    }
    await root("visit", { method: "DELETE" });
    assertEquals((await root("keys", post({}))).status, 401);
  },
);

Deno.test("a password is wanted where there is one and no token has been given", PURE, async () => {
  const services = newServices({ password: "p" });
  assertEquals(
    (await consoleOf(services, TOKEN)("keys", { ...post({}), headers: { authorization } })).status,
    200,
  );
  const ask = consoleOf(services);
  assertEquals((await ask("keys", post({}))).status, 401);
  const visitor = await visitorOf(ask, "", "p");
  assertEquals((await visitor("keys", post({}))).status, 200);
});

Deno.test(
  "a login that fails is answered late, and no more than eight of a host wait",
  PURE,
  async () => {
    const services = guarded({ ann: { password: "p" } });
    const ask = consoleOf(services);
    const wrong = { method: "POST", body: { user: "ann", password: "q" } };
    const began = performance.now();
    const failing = Array.from({ length: 10 }, () => ask("visit", wrong));
    const right = { method: "POST", body: { user: "ann", password: "p" }, host: "10.0.0.2" };
    assertEquals((await ask("visit", right)).status, 200);
    const answers = await Promise.all(failing);
    assert(performance.now() - began >= 100);
    const statuses = answers.map(({ status }) => status);
    assertEquals(statuses.filter((status) => status === 401).length, 8);
    assertEquals(statuses.filter((status) => status === 429).length, 2);
    assertEquals(services.failedLogins.note("10.0.0.1", 1_000_000), 3_200);
  },
);

Deno.test("what a request holds is checked", PURE, async () => {
  const ask = consoleOf(newServices());
  for (const odd of [{ prefix: "0" }, { cursor: -1 }, { database: 16 }, undefined]) {
    assertEquals((await ask("keys", post(odd))).status, 400, JSON.stringify(odd));
  }
  for (const odd of [{}, { key: "zz" }]) {
    assertEquals((await ask("entry", post(odd))).status, 400, JSON.stringify(odd));
  }
  const put = (body: unknown) => ask("entry", { method: "PUT", body });
  const entry = { key: "61", value: "62", ttl: null, version: 0 };
  for (
    const odd of [[], {}, { ...entry, ttl: 0 }, { ...entry, ttl: 1.5 }, { ...entry, version: "x" }]
  ) {
    assertEquals((await put(odd)).status, 400, JSON.stringify(odd));
  }
  assertEquals((await put({ ...entry, value: "00".repeat(300_000) })).status, 413);
  assertEquals((await put({ ...entry, value: "00".repeat(65_537) })).status, 413);
  assertEquals((await put({ ...entry, key: "00".repeat(65_536) })).status, 413);
  const { body } = await ask("connections", { method: "DELETE", body: { id: 7 } });
  assertStringIncludes(String(body["error"]), "no connection 7");
});
