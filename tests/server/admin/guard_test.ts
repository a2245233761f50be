import { refusalOf } from "../../../lib/server/admin/guard.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";

const TOKEN = "0123456789abcdef";

/** The status of the refusal; nothing when there is none. */
function refused(
  { hostname = "127.0.0.1", token = "", host = "localhost", authorization = "", isOpen = false },
): number | undefined {
  const request = new Request(`http://${host}/`, {
    headers: authorization ? { authorization } : {},
  });
  return refusalOf({ hostname, token }, request, isOpen)?.status;
}

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("on a loopback address only names of this machine are answered: others come from a page's DNS", () => {
  for (const host of ["localhost", "127.0.0.1:9", "[::1]:9", "LOCALHOST:1", "127.1"]) {
    assertEquals(refused({ host }), undefined, host);
  }
  for (const host of ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "localhost.evil"]) {
    assertEquals(refused({ host }), 403, host);
    assertEquals(refused({ host, isOpen: true, token: TOKEN }), 403, host);
    assertEquals(refused({ host, hostname: "0.0.0.0" }), undefined, host);
  }
});

test("the token is taken as it is, or as a password, and nothing else is", () => {
  const basic = (text: string) => `Basic ${btoa(text)}`;
  for (
    const right of [
      `Bearer ${TOKEN}`,
      `bearer  ${TOKEN}`,
      basic(`any:${TOKEN}`),
      basic(`:${TOKEN}`),
    ]
  ) {
    assertEquals(refused({ token: TOKEN, authorization: right }), undefined, right);
  }
  const wrong = [
    "",
    "Bearer",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    TOKEN,
    `Digest ${TOKEN}`,
    basic(`${TOKEN}:`),
    "Basic %%%",
  ];
  for (const authorization of wrong) {
    assertEquals(refused({ token: TOKEN, authorization }), 401, authorization);
  }
  assertEquals(refused({ token: TOKEN, isOpen: true }), undefined);
});

test("who gives no token is told of both ways to give one", () => {
  const guard = { hostname: "0.0.0.0", token: TOKEN };
  const response = refusalOf(guard, new Request("http://h/"), false)!;
  const challenge = response.headers.get("www-authenticate")!;
  for (const scheme of ["Bearer", "Basic"]) assertStringIncludes(challenge, scheme);
});
