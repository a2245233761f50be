import { credentialsMatch } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";
import { utf8 } from "../codec/helpers.ts";

function right(user: string, given: string, password: string): boolean {
  return credentialsMatch({ user: utf8(user), password: utf8(given) }, password);
}

Deno.test({
  name: "credentials are right when the user is the default one and the password is the same",
  permissions: "none",
  fn() {
    assertEquals(right("default", "pâss", "pâss"), true);
    for (const given of ["", "p", "pâs", "pâsS", "pâsspâss", "pâss\0", "qâss"]) {
      assertEquals(right("default", given, "pâss"), false, given);
    }
    for (const user of ["", "Default", "defaultdefault", "ann"]) {
      assertEquals(right(user, "pâss", "pâss"), false, user);
    }
  },
});

Deno.test({
  name: "any password of the default user is right while there is none",
  permissions: "none",
  fn() {
    assertEquals([right("default", "", ""), right("default", "x", "")], [true, true]);
    assertEquals([right("ann", "", ""), right("", "", "")], [false, false]);
  },
});
