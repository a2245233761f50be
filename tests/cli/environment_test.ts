import { readEnvironment, variableOf } from "../../lib/cli/environment.ts";
import { UsageError } from "../../lib/cli/error.ts";
import { switchOption, valueOption } from "../../lib/cli/options.ts";
import { parseSize } from "../../lib/cli/quantities.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { MemoryIo } from "./helpers.ts";

const TABLE = {
  maxValueSize: valueOption("SIZE", "a size", parseSize),
  noTcp: switchOption("no TCP"),
  password: valueOption("PASSWORD", "a password", (text) => text),
};

function read(env: Record<string, string>, readable?: RegExp, flags?: string[]) {
  const io = new MemoryIo({ env, ...readable && { readable } });
  const { given, notes } = readEnvironment(TABLE, io, flags);
  const values = [...given].map(([name, { value, origin }]) => [name, value, origin.told]);
  return { values, notes };
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `readEnvironment ${name}`, permissions: "none", fn });
}

test("reads the variable of each option by the option's parser", () => {
  assertEquals(variableOf("maxValueSize"), "CORTADO_MAX_VALUE_SIZE");
  assertEquals(variableOf("port"), "CORTADO_PORT");
  const env = { CORTADO_MAX_VALUE_SIZE: "1KiB", CORTADO_PASSWORD: "secret", HOME: "/" };
  assertEquals(read(env), {
    values: [
      ["maxValueSize", 1_024, "environment CORTADO_MAX_VALUE_SIZE"],
      ["password", "secret", "environment CORTADO_PASSWORD"],
    ],
    notes: [],
  });
});

test("takes true, 1, false and 0 for switches", () => {
  for (const [text, value] of [["true", true], ["1", true], ["false", false], ["0", false]]) {
    const { values } = read({ CORTADO_NO_TCP: String(text) });
    assertEquals(values, [["noTcp", value, "environment CORTADO_NO_TCP"]]);
  }
});

test("takes an empty variable for none", () => {
  assertEquals(read({ CORTADO_MAX_VALUE_SIZE: "", CORTADO_PASSWORD: "" }).values, []);
});

test("names the variable whose value is wrong", () => {
  const wrong: [Record<string, string>, string][] = [
    [{ CORTADO_MAX_VALUE_SIZE: "1XB" }, 'CORTADO_MAX_VALUE_SIZE: "1XB" is not a size, such as '],
    [{ CORTADO_NO_TCP: "yes" }, 'CORTADO_NO_TCP: "yes" is not true, false, 1 or 0'],
  ];
  for (const [env, message] of wrong) {
    assertThrows(() => read(env), UsageError, `Environment variable ${message}`);
  }
});

test("refuses a variable that is none, and suggests one that is like it", () => {
  assertThrows(
    () => read({ CORTADO_MAX_VALUE_SZIE: "1" }),
    UsageError,
    "Unknown environment variable CORTADO_MAX_VALUE_SZIE; did you mean CORTADO_MAX_VALUE_SIZE?",
  );
  assertThrows(
    () => read({ CORTADO_COFFEE: "" }),
    UsageError,
    "Unknown environment variable CORTADO_COFFEE; main.ts serve --help lists the options, and " +
      "--port is CORTADO_PORT",
  );
  assertEquals(read({ CORTADO: "127.0.0.1:7", CORTADOX: "1" }).values, []);
});

test("goes on when Deno permits known variables only, and says what follows", () => {
  const { values, notes } = read({ CORTADO_NO_TCP: "1", CORTADO_COFFEE: "1" }, /^CORTADO_/);
  assertEquals(values, [["noTcp", true, "environment CORTADO_NO_TCP"]]);
  assertEquals(notes, [
    "environment: unknown CORTADO_* variables are not noticed, since Deno permits to read known " +
    "ones only; --allow-env permits all",
  ]);
});

test("leaves out what Deno does not permit to read, but never the only password", () => {
  const env = { CORTADO_NO_TCP: "1", CORTADO_PASSWORD: "secret" };
  const { values, notes } = read(env, /^$/);
  assertEquals(values, [["password", "secret", "environment CORTADO_PASSWORD"]]);
  assertEquals(read(env, /^$/, ["password"]).values, []);
  assertEquals(notes, [
    "environment: CORTADO_MAX_VALUE_SIZE and 1 more are not read, since Deno does not permit it; " +
    "-P or --allow-env=CORTADO_* does",
  ]);
});
