/** Values that are lent to replies, and become copies before they change. */

import { Databases, type Loan, Loans, type MemoryStore } from "../../lib/store/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import { assert, assertEquals } from "@std/assert";

const KEY = utf8("key");

function test(name: string, fn: () => void): void {
  Deno.test({ name: `Loans ${name}`, permissions: "none", fn });
}

function loanOf(value: Uint8Array): Loan {
  return { value, lent: false };
}

/** Lends the value of the key, as a GET does. */
function lend(databases: Databases, store: MemoryStore): Loan {
  const loan = loanOf(store.get(KEY)!.view);
  databases.loans.lend(loan);
  return loan;
}

test("leave a value where it is until it is recalled, and make it a copy then", () => {
  const loans = new Loans();
  const view = utf8("value");
  const loan = loanOf(view);
  loans.lend(loan);
  assertEquals([loan.lent, loan.value === view, loans.outstanding], [true, true, 1]);
  loans.recall();
  view.fill(0);
  assertEquals([loan.lent, textOf(loan.value!), loans.outstanding], [false, "value", 0]);
});

test("copy nothing that was given back", () => {
  const loans = new Loans();
  const [sent, waiting] = [loanOf(utf8("a")), loanOf(utf8("b"))];
  const { value } = sent;
  loans.lend(sent);
  loans.lend(waiting);
  loans.settle(sent);
  loans.settle(sent); // Twice is once.
  assertEquals(loans.outstanding, 1);
  loans.recall();
  assert(sent.value === value);
});

test("recall all when there are 4,096: replies that are never sent do not pile up", () => {
  const loans = new Loans();
  const first = loanOf(utf8("a"));
  loans.lend(first);
  for (let at = 1; at < 4_096; at++) loans.lend(loanOf(KEY));
  assertEquals([first.lent, loans.outstanding], [true, 4_096]);
  loans.lend(loanOf(KEY));
  assertEquals([first.lent, loans.outstanding], [false, 1]);
});

const CHANGES: readonly (readonly [string, (store: MemoryStore, databases: Databases) => void])[] =
  [
    ["a SET of the same size", (store) => store.set(KEY, utf8("other"))],
    ["a SET of another size", (store) => store.set(KEY, new Uint8Array(500))],
    ["an append", (store) => store.append(KEY, utf8("!"))],
    ["a new expiry", (store) => store.expire(KEY, 2_000)],
    ["a delete, whose memory is used again", (store) => {
      store.delete(KEY);
      for (let at = 0; at < 100; at++) store.set(utf8(`k${at}`), utf8("other"));
    }],
    ["a clear", (_, databases) => databases.clear()],
    ["its expiry", (store, databases) => {
      store.expire(KEY, 0);
      databases.sweep(10);
      store.set(utf8("kez"), utf8("other"));
    }],
  ];

for (const [name, change] of CHANGES) {
  test(`keep what was lent through ${name}`, () => {
    const databases = new Databases({ count: 1, now: () => 1_000 });
    const store = databases.at(0);
    store.set(KEY, utf8("value"));
    const loan = lend(databases, store);
    change(store, databases);
    assertEquals(textOf(loan.value!), "value");
  });
}

test("keep what was lent while its memory is vacated", () => {
  const databases = new Databases({ count: 1 });
  const store = databases.at(0);
  const key = (at: number) => utf8(`key ${at}`);
  for (let at = 0; at < 100_000; at++) store.set(key(at), utf8(`value of ${at}`));
  const kept = Array.from({ length: 1_000 }, (_, at) => at * 100);
  const loans = kept.map((at) => {
    const loan = loanOf(store.get(key(at))!.view);
    databases.loans.lend(loan);
    return loan;
  });
  for (let at = 0; at < 100_000; at++) if (at % 100 !== 0) store.delete(key(at));
  for (let at = 0; at < 5_000; at++) store.set(key(-1 - at), utf8("other"));
  assertEquals(loans.map(({ value }) => textOf(value!)), kept.map((at) => `value of ${at}`));
  assertEquals(textOf(store.get(key(500))!.value), "value of 500");
});
