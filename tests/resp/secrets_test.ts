import { isSecretSetting, secretArguments } from "../../lib/resp/mod.ts";
import { assertEquals } from "@std/assert";

function secretsOf(line: string): number[] {
  return [...secretArguments(line.split(" ").map((word) => new TextEncoder().encode(word)))];
}

Deno.test("passwords are found among arguments, in any case and also of refused requests", {
  permissions: "none",
}, () => {
  assertEquals(secretsOf("auth p"), [1]);
  assertEquals(secretsOf("AuTh u p more"), [1, 2, 3]);
  assertEquals(secretsOf("HELLO 3 SETNAME n Auth u p"), [5, 6]);
  assertEquals(secretsOf("HELLO AUTH u"), [2]);
  assertEquals(secretsOf("HELLO 3 AUTH u correct horse SETNAME n"), [3, 4, 5, 6, 7]);
  assertEquals(secretsOf("CONFIG SET save x RequirePass p masterauth q"), [5, 7]);
  assertEquals(secretsOf("CONFIG SET primaryauth p save x tls-key-file-pass q"), [3, 7]);
  assertEquals(secretsOf("COMMAND GETKEYS AUTH u p"), [3, 4]);
  assertEquals(secretsOf("command getkeysandflags command getkeys hello 3 auth p"), [7]);
  assertEquals(secretsOf("COMMAND GETKEYS"), []);
  assertEquals(secretsOf("ACL SETUSER me on >p"), [3, 4]);
  assertEquals(secretsOf("MIGRATE h 1 k 0 9 AUTH2 u p KEYS k"), [7, 8]);
});

Deno.test("what only looks like a password is shown", { permissions: "none" }, () => {
  for (
    const line of ["SET auth p", "GET requirepass", "CONFIG GET *", "constructor x", "HELLO 3"]
  ) {
    assertEquals(secretsOf(line), [], line);
  }
});

Deno.test("settings that are secrets have names that say so", { permissions: "none" }, () => {
  for (const name of ["requirepass", "MASTERAUTH", "primaryauth", "tls-client-key-file-pass"]) {
    assertEquals(isSecretSetting(name), true, name);
  }
  for (const name of ["", "author", "save", "passage", "a pass"]) {
    assertEquals(isSecretSetting(name), false, name);
  }
});
