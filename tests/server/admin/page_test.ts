import { PAGE_ROUTES } from "../../../lib/server/admin/page.ts";
import { answerBy } from "../../../lib/server/admin/routes.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const answer = answerBy(PAGE_ROUTES, (_, isOpen) => isOpen ? undefined : new Response("no"));

Deno.test("the files of the page need no permission, and have a strict policy", {
  permissions: "none",
}, async () => {
  for (const path of Object.keys(PAGE_ROUTES)) {
    const response = await answer(new Request(`http://localhost${path}`), "h");
    assertEquals(response.status, 200);
    assert((await response.text()).length > 100, path);
    const policy = response.headers.get("content-security-policy")!;
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
      assertStringIncludes(policy, part);
    }
    assert(!policy.includes("unsafe"));
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  }
});

Deno.test(
  "nothing of the page stands in its HTML as a script or a style, or comes from elsewhere",
  {
    permissions: "none",
  },
  async () => {
    const html = await (await answer(new Request("http://localhost/"), "h")).text();
    assert(!/<style|\sstyle=|\son\w+=|https?:/.test(html), html);
    for (const [, attributes, body] of html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)) {
      assertMatch(attributes!, / src="\w+\.js"/);
      assertEquals(body, "");
    }
  },
);

Deno.test("uPlot is the file of its release, with its licence", {
  permissions: { read: true },
}, async () => {
  const folder = new URL("../../../lib/server/admin/page/vendor/uplot/", import.meta.url);
  const readme = await Deno.readTextFile(new URL("README.md", folder));
  for (const name of ["uPlot.iife.min.js", "uPlot.min.css", "LICENSE"]) {
    const bytes = await Deno.readFile(new URL(name, folder));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    assertStringIncludes(readme, digest.toHex());
  }
});
