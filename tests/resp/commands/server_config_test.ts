import { assertEquals } from "@std/assert";
import { refusalOf, requestOf } from "./calls.ts";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

const UTF8 = new TextEncoder();

test("CONFIG GET takes several patterns", () => {
  assertEquals(requestOf("config get a* B"), {
    op: "CONFIG_GET",
    patterns: ["a*", "B"].map((text) => UTF8.encode(text)),
  });
  assertEquals(refusalOf("config get"), "wrong number of arguments for 'config|get' command");
});

test("CONFIG SET takes names and values by turns", () => {
  assertEquals(requestOf('config set save "" a b'), {
    op: "CONFIG_SET",
    pairs: [["save", ""], ["a", "b"]],
  });
  for (const line of ["config set a", "config set a b c"]) {
    assertEquals(refusalOf(line), "wrong number of arguments for 'config|set' command");
  }
});

test("CONFIG RESETSTAT is parsed, and CONFIG REWRITE has no file to write", () => {
  assertEquals(requestOf("config resetstat"), { op: "RESET_STATS" });
  assertEquals(refusalOf("config rewrite"), "The server is running without a config file");
  assertEquals(refusalOf("config foo"), "unknown subcommand 'foo'. Try CONFIG HELP.");
});
