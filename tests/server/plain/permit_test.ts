import {
  databaseOf,
  dialectOf,
  DIALECTS,
  NO_PERMIT,
  permitFor,
} from "../../../lib/server/plain/permit.ts";
import { permitOf, roomOf, wantOf } from "../../../lib/server/workers/want.ts";
import { MAX_DATA } from "../../../lib/server/workers/ring.ts";
import { assert, assertEquals, assertNotEquals } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `a permit ${name}`, permissions: "none", fn });
}

const DATABASES = [0, 1, 15, 16, 1_024, 4_095];

test("tells its dialect and its database, up to the last that has a place in it", () => {
  for (const dialect of Object.values(DIALECTS)) {
    for (const database of DATABASES) {
      const permit = permitFor(dialect, database);
      assertNotEquals(permit, NO_PERMIT);
      assertEquals([dialectOf(permit), databaseOf(permit)], [dialect, database]);
    }
  }
});

test("is none for a database that has no place in it", () => {
  for (const dialect of Object.values(DIALECTS)) {
    for (const database of [4_096, 4_097, 65_536, 2 ** 31]) {
      assertEquals(permitFor(dialect, database), NO_PERMIT);
    }
  }
});

test("is another one for each dialect and database", () => {
  const permits = Object.values(DIALECTS).flatMap((dialect) =>
    Array.from({ length: 4_096 }, (_, database) => permitFor(dialect, database))
  );
  assertEquals(new Set(permits).size, permits.length);
});

test("goes with a room of 1 to 65,536 bytes in a word of a message", () => {
  const permits = [
    NO_PERMIT,
    ...Object.values(DIALECTS).flatMap((dialect) =>
      DATABASES.map((database) => permitFor(dialect, database))
    ),
  ];
  const word = new Int32Array(1);
  for (const permit of permits) {
    for (let room = 1; room <= MAX_DATA; room++) {
      word[0] = wantOf(room, permit);
      if (roomOf(word[0]) !== room || permitOf(word[0]) !== permit) {
        assert(false, `${room} bytes with permit ${permit}`);
      }
    }
  }
});
