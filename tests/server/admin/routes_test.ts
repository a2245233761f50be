import { answerBy, plain, type Routes } from "../../../lib/server/admin/routes.ts";
import { assertEquals } from "@std/assert";

const ROUTES: Routes = {
  "/both": { GET: () => plain(200, "got"), POST: () => plain(201, "posted") },
  "/open": { GET: () => plain(200, "open"), isOpen: true },
};

/** What a request is answered with: status, body, and a header. */
async function ask(path: string, method = "GET", header = "allow") {
  const answer = answerBy(ROUTES, (_, isOpen) => isOpen ? undefined : refusal);
  const response = await answer(new Request(`http://localhost${path}`, { method }), "h");
  return [response.status, await response.text(), response.headers.get(header)];
}

let refusal: Response | undefined;

Deno.test("a route answers by its method, and HEAD without the body", {
  permissions: "none",
}, async () => {
  refusal = undefined;
  assertEquals(await ask("/both?query"), [200, "got\n", null]);
  assertEquals(await ask("/both", "POST"), [201, "posted\n", null]);
  assertEquals(await ask("/both", "HEAD"), [200, "", null]);
  assertEquals(await ask("/both", "DELETE"), [
    405,
    "There is only GET, HEAD, POST.\n",
    "GET, HEAD, POST",
  ]);
  assertEquals((await ask("/both", "BREW"))[0], 405);
  for (const path of ["/", "/both/", "//both", "/toString", "/__proto__"]) {
    assertEquals((await ask(path))[0], 404, path);
  }
});

Deno.test("every answer says that it is not to be kept, nor to be taken for another type", {
  permissions: "none",
}, async () => {
  for (const path of ["/both", "/none", "/open"]) {
    assertEquals((await ask(path, "GET", "cache-control"))[2], "no-store");
    assertEquals((await ask(path, "PUT", "x-content-type-options"))[2], "nosniff");
    assertEquals((await ask(path, "PUT", "content-type"))[2], "text/plain; charset=utf-8");
  }
});

Deno.test("who is refused does not learn what there is, but for open routes", {
  permissions: "none",
}, async () => {
  for (const path of ["/both", "/none"]) {
    refusal = plain(401, "no");
    assertEquals(await ask(path), [401, "no\n", null]);
  }
  assertEquals(await ask("/open"), [200, "open\n", null]);
});
