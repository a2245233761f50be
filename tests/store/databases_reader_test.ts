import { ASK, Databases, DatabasesReader, MISS, type SharedNews } from "../../lib/store/mod.ts";
import { assertEquals } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `DatabasesReader ${name}`, permissions: "none", fn });
}

const KEY = Uint8Array.of(1);

/** Databases, and a reader that is told what has come when the test says so. */
function made(): { databases: Databases; find: (index: number) => number; tell: () => void } {
  const databases = new Databases({ count: 3, shared: true });
  const reader = new DatabasesReader(databases.shared!);
  const news: SharedNews[] = [];
  databases.sections!.onShared = (piece) => news.push(structuredClone(piece));
  const into = new Uint8Array(8);
  return {
    databases,
    find: (index) => {
      const answer = reader.at(index).find(KEY, into, 0);
      return answer === 1 ? into[0]! : answer;
    },
    tell: () => {
      for (const piece of news.splice(0)) reader.take(piece);
    },
  };
}

test("finds each entry in its database, when it was told of the memory", () => {
  const { databases, find, tell } = made();
  databases.at(1).set(KEY, Uint8Array.of(7));
  assertEquals([find(0), find(1), find(2)], [MISS, ASK, MISS]);
  tell();
  assertEquals([find(0), find(1), find(2)], [MISS, 7, MISS]);
});

test("asks for databases that have changed their places until it is told so", () => {
  const { databases, find, tell } = made();
  for (const index of [0, 1, 2]) databases.at(index).set(KEY, Uint8Array.of(index));
  tell();
  databases.swap(0, 2);
  assertEquals([find(0), find(1), find(2)], [ASK, 1, ASK]);
  tell();
  assertEquals([find(0), find(1), find(2)], [2, 1, 0]);
  databases.arrange([1, 2, 0]);
  tell();
  assertEquals([find(0), find(1), find(2)], [1, 2, 0]);
});

test("knows the places that the databases have when it begins", () => {
  const { databases } = made();
  for (const index of [0, 1, 2]) databases.at(index).set(KEY, Uint8Array.of(index));
  databases.swap(0, 1);
  const reader = new DatabasesReader(structuredClone(databases.shared!));
  const into = new Uint8Array(1);
  assertEquals([reader.at(0).find(KEY, into, 0), into[0]], [1, 1]);
});
