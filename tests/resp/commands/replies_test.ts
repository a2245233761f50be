import { integer, list, miss, text } from "../../../lib/model/mod.ts";
import { asFigures, asMap, asVerbatim } from "../../../lib/resp/commands/replies.ts";
import {
  RESP_NULL,
  respBulk,
  respDouble,
  respInteger,
  respMap,
  respVerbatim,
} from "../../../lib/resp/mod.ts";
import { assertEquals } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

test("a text becomes verbatim; anything else is as always", () => {
  assertEquals(asVerbatim(text("a\nb")), respVerbatim("txt", "a\nb"));
  assertEquals(asVerbatim(miss()), RESP_NULL);
});

test("a list of keys and values becomes a map, and so do the lists in it", () => {
  const response = list([text("a"), integer(1), text("b"), list([text("c"), text("d")])]);
  assertEquals(
    asMap(response),
    respMap([
      [respBulk("a"), respInteger(1)],
      [respBulk("b"), respMap([[respBulk("c"), respBulk("d")]])],
    ]),
  );
  assertEquals(asMap(list([])), respMap([]));
});

test("texts among figures are numbers with fractions", () => {
  const response = list([text("a"), text("0.5"), text("b"), list([text("c"), integer(2)])]);
  assertEquals(
    asFigures(response),
    respMap([
      [respBulk("a"), respDouble(0.5)],
      [respBulk("b"), respMap([[respBulk("c"), respInteger(2)]])],
    ]),
  );
});
