import { newServices } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { openFrail } from "../../store/journal/frail_disk.ts";
import { consoleOf, hex, post } from "./ask.ts";

const PURE = { permissions: "none" } as const;

Deno.test("an entry is made, looked at, changed and deleted", PURE, async () => {
  const services = newServices({ now: () => 1_000 });
  const ask = consoleOf(services);
  const key = hex("k");
  const put = (version: number, value: string, ttl: number | null = null) =>
    ask("entry", { method: "PUT", body: { key, value, ttl, version, database: 3 } });
  const made = await put(0, "00ff");
  const version = Number(made.body["version"]);
  assertEquals((await ask("entry", post({ key, database: 3 }))).body, {
    value: "00ff",
    size: 2,
    isCut: false,
    ttl: null,
    version,
  });
  assertEquals((await ask("entry", post({ key }))).status, 404);
  assertEquals((await put(0, "01")).status, 409);
  const later = Number((await put(version, "01", 5_000)).body["version"]);
  assertEquals((await ask("entry", post({ key, database: 3 }))).body["ttl"], 5_000);
  const remove = (version: number) =>
    ask("entry", { method: "DELETE", body: { key, database: 3, version } });
  assertEquals((await remove(version)).status, 409);
  assertEquals((await remove(later)).status, 200);
  assertEquals(services.databases.at(3).size, 0);
});

Deno.test("keys and values of any bytes come as they are, in hex", PURE, async () => {
  const services = newServices();
  const ask = consoleOf(services);
  for (const key of ["<img src=x onerror=alert(1)>", "\x00\x1b[31m\r\n", "\u202e"]) {
    const value = new TextEncoder().encode("</textarea><script>");
    services.databases.at(0).set(new TextEncoder().encode(key), value);
    const { body } = await ask("keys", post({ prefix: hex(key) }));
    assertEquals(body, { keys: [hex(key)], cursor: 0 });
    const entry = await ask("entry", post({ key: hex(key) }));
    assertEquals(entry.body["value"], value.toHex());
    assertEquals(entry.headers.get("content-type"), "application/json");
  }
});

Deno.test("a large value is cut, and the rest is not sent", PURE, async () => {
  const services = newServices();
  services.databases.at(0).set(new Uint8Array(), new Uint8Array(1_000_000));
  const { body } = await consoleOf(services)("entry", post({ key: "" }));
  assertEquals([body["size"], body["isCut"]], [1_000_000, true]);
  assertEquals(String(body["value"]).length, 2 * 65_536);
});

Deno.test("pages of keys have each key once, and are bounded", PURE, async () => {
  const services = newServices();
  const count = 20_000;
  for (let at = 0; at < count; at++) {
    services.databases.at(0).set(new TextEncoder().encode(`key:${at}`), new Uint8Array());
  }
  const ask = consoleOf(services);
  const found = new Set<unknown>();
  let pages = 0;
  for (let cursor: unknown = undefined; cursor !== 0; pages++) {
    const { body } = await ask("keys", post({ cursor: cursor ?? 0 }));
    for (const key of body["keys"] as string[]) found.add(key);
    cursor = body["cursor"];
  }
  assertEquals(found.size, count);
  assertEquals(pages > 5, true);
});

Deno.test("what the journal cannot take is told to be not stored", PURE, async () => {
  const { disk, databases, journal } = await openFrail(() => 0);
  const ask = consoleOf(newServices({ databases, journal }));
  const put = (key: string) =>
    ask("entry", { method: "PUT", body: { key, value: "", ttl: null, version: 0 } });
  assertEquals((await put("61")).status, 200);
  disk.writeFailure = "no space";
  assertEquals((await put("62")).status, 503);
  disk.writeFailure = "";
  await journal.close();
});

Deno.test("nothing is written when the memory is used up", PURE, async () => {
  const services = newServices({ maxMemory: 1 });
  services.databases.at(0).set(new Uint8Array(), new Uint8Array(1_000));
  const body = { key: "61", value: "", ttl: null, version: 0 };
  assertEquals((await consoleOf(services)("entry", { method: "PUT", body })).status, 507);
});
