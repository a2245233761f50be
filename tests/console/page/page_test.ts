/** The console in a browser: each view, the keyboard, editing, and the playground. */

import { Client } from "../../../lib/client/mod.ts";
import { serve, type ServeOptions, type Server } from "../../../lib/server/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { utf8 } from "../../codec/helpers.ts";
import { bytesOf } from "../../cafe/dump.ts";
import { GOLDEN } from "../../cafe/golden.ts";
import { guest } from "../../server/guarded.ts";
import { formatHash, hashPassword, parseHash } from "../../../lib/server/mod.ts";
import { Users } from "../../../lib/handler/mod.ts";
import { BROWSER, Browser } from "./chromium.ts";

const VIEWS = ["overview", "connections", "slowlog", "hotkeys", "keys", "playground"];

function test(
  name: string,
  options: ServeOptions,
  fn: (browser: Browser, server: Server, url: string) => Promise<void>,
): void {
  Deno.test({
    name: BROWSER === undefined ? `${name} (ignored: there is no Chromium)` : name,
    ignore: BROWSER === undefined,
    // The client for WebSockets closes beside the event loop.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using server = await serve({ port: 0, admin: { port: 0 }, ...options });
      await using browser = await Browser.start();
      const url = `http://127.0.0.1:${server.adminAddr!.port}/`;
      await fn(browser, server, url);
      const elsewhere = browser.requested.filter((asked) => !asked.startsWith(url));
      assertEquals(elsewhere, []);
    },
  });
}

const isOpen = `document.querySelector("main").dataset.state === "open"`;

async function show(browser: Browser, url: string, view: string): Promise<void> {
  await browser.open(`${url}#/${view}`);
  await browser.until(`location.hash === "#/${view}" && ${isOpen}`);
}

test("each view of the console loads without a complaint", {}, async (browser, server, url) => {
  await using client = await Client.connect(server.addr!);
  await client.set("<img src=x onerror=alert(1)>", "<script>alert(1)</script>");
  for (const view of VIEWS) {
    await show(browser, url, view);
    const current = await browser.evaluate(`document.querySelector("[aria-current]").hash`);
    assertEquals(current, `#/${view}`);
  }
  await show(browser, url, "keys");
  await browser.until(`document.querySelector(".keys button")`);
  assertEquals(
    await browser.evaluate(`document.querySelector(".keys button").textContent`),
    "<img src=x onerror=alert(1)>",
  );
  assertEquals(browser.complaints, []);
});

test(
  "the numbers of the overview move, and its charts are drawn",
  {},
  async (browser, server, url) => {
    await using client = await Client.connect(server.addr!);
    await show(browser, url, "overview");
    let on = true;
    const load = (async () => {
      while (on) {
        for (let at = 0; at < 20; at++) await client.incr("n");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const value = `document.querySelector(".tile .value").textContent`;
    await browser.until(`document.querySelectorAll(".plot canvas").length === 6`);
    await browser.until(`parseFloat(${value}) > 0`);
    const first = await browser.evaluate<string>(value);
    await browser.until(`${value} !== ${JSON.stringify(first)}`);
    on = false;
    await load;
    await browser.until(`${value} === "0"`);
    assertEquals(browser.complaints, []);
  },
);

test("the overview has rows of as many tiles, and no time twice", {}, async (browser, _, url) => {
  await show(browser, url, "overview");
  // What is written on the charts, at each time that one is drawn.
  await browser.evaluate(`{
    globalThis.drawn = [];
    const { prototype } = CanvasRenderingContext2D;
    const { clearRect, fillText } = prototype;
    prototype.clearRect = function (...args) {
      drawn.push([]);
      clearRect.apply(this, args);
    };
    prototype.fillText = function (text, ...args) {
      drawn.at(-1)?.push(text);
      fillText.call(this, text, ...args);
    };
  }`);
  await browser.until(`drawn.filter((texts) => texts.length > 0).length > 18`); // Three times all six.
  const drawn = await browser.evaluate<string[][]>("drawn");
  const times = drawn.map((texts) => texts.filter((text) => /^\d+:\d+:\d+/.test(text)));
  assert(times.flat().length > 0);
  assertEquals(times, times.map((texts) => [...new Set(texts)]));
  for (const width of [500, 900, 1_200, 1_500]) {
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await browser.send("Emulation.setDeviceMetricsOverride", size);
    const rows = await browser.evaluate<number[]>(`Object.values(Object.groupBy(
      document.querySelectorAll(".tile"), (tile) => tile.offsetTop)).map((row) => row.length)`);
    assertEquals(new Set(rows).size, 1, `${rows} at ${width}`);
  }
});

test(
  "a key is found by what it begins with, edited and deleted",
  {},
  async (browser, server, url) => {
    await using client = await Client.connect(server.addr!);
    await client.set("app:one", "before", { ttl: 3_600_000 });
    await client.set("other", "x");
    await show(browser, url, "keys");
    await browser.until(`document.querySelectorAll(".keys button").length === 2`);
    await browser.evaluate(`document.querySelector("input[type=search]").focus()`);
    await browser.type("app:");
    await browser.until(`document.querySelectorAll(".keys button").length === 1`);
    await browser.press("ArrowDown");
    await browser.press("Enter");
    const value = `document.querySelectorAll(".entry textarea")[1]`;
    await browser.until(`${value}.value === "before"`);
    await browser.evaluate(`${value}.focus(), ${value}.select()`);
    await browser.type("after");
    await browser.click(".entry .primary");
    await browser.until(`document.querySelector(".entry [role=status]").textContent === "Saved."`);
    const entry = await client.getEntry("app:one");
    assertEquals(new TextDecoder().decode(entry?.value), "after");
    assert((entry?.ttl ?? 0) > 3_000_000);
    await browser.click(".entry .danger");
    await browser.until(`document.querySelector("dialog")`);
    await browser.click("dialog .danger");
    await browser.until(`document.querySelectorAll(".keys button").length === 0`);
    assertEquals(await client.get("app:one"), undefined);
    assertEquals(browser.complaints, []);
  },
);

test("a long key is opened and deleted", {}, async (browser, server, url) => {
  await using client = await Client.connect(server.addr!);
  const key = "k".repeat(60_000);
  await client.set(key, "found");
  await show(browser, url, "keys");
  await browser.until(`document.querySelector(".keys button")`);
  await browser.click(".keys button");
  await browser.until(`document.querySelectorAll(".entry textarea")[1].value === "found"`);
  await browser.click(".entry .danger");
  await browser.until(`document.querySelector("dialog")`);
  await browser.click("dialog .danger");
  await browser.until(`document.querySelectorAll(".keys button").length === 0`);
  assertEquals(await client.get(key), undefined);
  assertEquals(browser.complaints, []);
});

test(
  "an entry that loads shows nothing of the last one, and an answer that comes too late is passed over",
  {},
  async (browser, server, url) => {
    await using client = await Client.connect(server.addr!);
    for (const key of ["fast", "late"]) await client.set(key, `value of ${key}`);
    await show(browser, url, "keys");
    await browser.until(`document.querySelectorAll(".keys button").length === 2`);
    const open = (key: string) => browser.click(`.keys [data-key="${utf8(key).toHex()}"]`);
    const shown = () =>
      browser.evaluate<string[]>(`[
        document.querySelector(".entry h2").textContent,
        document.querySelectorAll(".entry textarea")[1].value,
        document.querySelector(".entry .summary").textContent,
      ]`);
    const valueIs = (value: string) =>
      browser.until(`document.querySelectorAll(".entry textarea")[1].value === "${value}"`);
    await open("fast");
    await valueIs("value of fast");
    await browser.evaluate(`{
      const { promise, resolve } = Promise.withResolvers();
      const real = fetch;
      globalThis.letGo = async () => (resolve(), await globalThis.late);
      globalThis.fetch = (url, init) => !init.body?.includes("${utf8("late").toHex()}")
        ? real(url, init)
        : globalThis.late = promise.then(() => real(url, init));
    }`);
    await open("late");
    assertEquals(await shown(), ["late", "", ""]);
    await open("fast");
    await valueIs("value of fast");
    const before = await shown();
    await browser.evaluate(`letGo()`);
    await browser.evaluate(`fetch("healthz", {})`); // What has come before is dealt with before this.
    assertEquals(await shown(), before);
    await browser.evaluate(`{
      globalThis.fetch = () => Promise.resolve(new Response("", { status: 502 }));
    }`);
    await open("late");
    await browser.until(`document.querySelector("#alarm").textContent.includes("502")`);
    assertEquals(await shown(), ["late", "", ""]);
  },
);

test("a connection is ended when that is confirmed", {}, async (browser, server, url) => {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.addr!.port });
  await show(browser, url, "connections");
  await browser.click(".scroll .danger");
  await browser.until(`document.querySelector("dialog")`);
  await browser.press("Enter"); // The focus is on Cancel.
  await browser.until(`!document.querySelector("dialog")`);
  assertEquals(server.services.clients.size, 1);
  await browser.click(".scroll .danger");
  await browser.click("dialog .danger");
  assertEquals(await conn.read(new Uint8Array(1)).catch(() => null), null);
  await browser.until(`document.querySelector("main").innerText.includes("Nobody is connected")`);
});

test("the playground encodes the golden corpus again as it is", {}, async (browser, _, url) => {
  await show(browser, url, "playground");
  for (const { name, dump, direction } of GOLDEN) {
    const bytes = bytesOf(dump);
    const encoded = await browser.evaluate<string>(`(() => {
      const input = document.querySelector("#frame-hex");
      input.value = ${JSON.stringify(dump)};
      input.dispatchEvent(new Event("input"));
      return document.querySelector("#frame-encoded").value.replace(/\\s/g, "");
    })()`);
    const status = await browser.evaluate<string>(
      `document.querySelector("#frame-status").textContent`,
    );
    if (direction === "broken") assert(!status.startsWith("Right"), `${name}: ${status}`);
    else assertEquals(encoded, bytes.toHex(), `${name}: ${status}`);
    if (direction === "response") assert(status.startsWith("Right"), `${name}: ${status}`);
  }
  assertEquals(browser.complaints, []);
});

test("a field that is edited in the playground changes the bytes", {}, async (browser, _, url) => {
  await show(browser, url, "playground");
  const key = `document.querySelectorAll(".editor textarea")[0]`;
  await browser.evaluate(`${key}.focus(), ${key}.select()`);
  await browser.type("k");
  const encoded = `document.querySelector("#frame-encoded").value.replace(/\\s/g, "")`;
  const hex = await browser.evaluate<string>(encoded);
  assert(hex.startsWith("cafe01020034000100000005" + "00000007" + "000000000000ea60" + "6b"), hex);
  const status = await browser.evaluate<string>(
    `document.querySelector("#frame-status").textContent`,
  );
  assert(status.startsWith("Right"), status);
});

test("the keyboard reaches every view", {}, async (browser, _, url) => {
  await show(browser, url, "overview");
  await browser.press("Tab");
  assertEquals(await browser.evaluate("document.activeElement.id"), "skip");
  await browser.press("Enter");
  assertEquals(await browser.evaluate("document.activeElement.id"), "title");
  await browser.evaluate("document.activeElement.blur()");
  for (const view of VIEWS) {
    await browser.open("about:blank");
    await show(browser, url, view === "overview" ? "keys" : "overview");
    for (let tabs = 0; tabs < 12; tabs++) {
      await browser.press("Tab");
      if (await browser.evaluate(`document.activeElement.hash === "#/${view}"`)) break;
    }
    await browser.press("Enter");
    await browser.until(
      `location.hash === "#/${view}" && document.activeElement.id === "title" && ${isOpen}`,
    );
  }
  for (const [at, view] of VIEWS.entries()) {
    await browser.press(String(at + 1));
    await browser.until(`location.hash === "#/${view}" && ${isOpen}`);
  }
  assertEquals(browser.complaints, []);
});

test("the page asks for the token, and keeps it while the tab is open", {
  admin: { port: 0, token: "0123456789abcdef" },
}, async (browser, _, url) => {
  await browser.open(url);
  for (const token of ["wrong", "0123456789abcdef"]) {
    await browser.until(`document.querySelector("dialog input")`);
    await browser.type(token);
    await browser.press("Enter");
    await browser.until(`document.querySelector("dialog input")?.value !== "${token}"`);
  }
  await browser.until(isOpen);
  await browser.open(url);
  await browser.until(isOpen);
});

const hash = parseHash(formatHash(await hashPassword(new TextEncoder().encode("secret"))));
const ann = guest("ann", { commands: ["get", "scan"], keys: ["app:"] });
const users = new Users([Object.assign(ann, { password: hash })]);

test(
  "a user logs in, and sees and does only what that one may",
  { users },
  async (browser, server, url) => {
    const { databases } = server.services;
    for (const key of ["app:1", "other"]) {
      databases.at(0).set(new TextEncoder().encode(key), Uint8Array.of(0xff));
    }
    await browser.open(`${url}#/keys`);
    await browser.until(`document.querySelector(".login input:focus")`);
    await browser.type("ann");
    await browser.press("Tab");
    await browser.type("secret");
    await browser.press("Enter");
    await browser.until(`document.querySelector("#who").textContent === "ann"`);
    const summary = `document.querySelector(".browser .summary").textContent`;
    await browser.until(`${summary}.includes("may not list these keys")`);
    await browser.evaluate(`document.querySelector("input[type=search]").focus()`);
    await browser.type("app:");
    await browser.until(`document.querySelectorAll(".keys button").length === 1`);
    await browser.click(".keys button");
    await browser.until(`document.querySelectorAll(".entry textarea")[1].value === "ff"`);
    for (const control of [".entry .primary", ".entry .danger"]) {
      assertEquals(await browser.evaluate(`document.querySelector("${control}").disabled`), true);
    }
    await browser.evaluate(`location.hash = "#/connections"`);
    await browser.until(`document.querySelector("#alarm").textContent.includes("may not")`);
    await browser.click("#leave");
    await browser.until(`document.querySelector(".login")`);
  },
);
