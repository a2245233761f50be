import { parseConfig, readConfigFile } from "../../lib/cli/config_file.ts";
import { UsageError } from "../../lib/cli/error.ts";
import { switchOption, valueOption } from "../../lib/cli/options.ts";
import { parsePort, parseSize, parseTime } from "../../lib/cli/quantities.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";

const TABLE = {
  maxValueSize: valueOption("SIZE", "a size", parseSize),
  port: valueOption("PORT", "a port", parsePort),
  idleTimeout: valueOption("TIME", "a time", parseTime),
  data: valueOption("DIR", "a directory", (path) => path),
  noTcp: switchOption("no TCP"),
  password: valueOption("PASSWORD", "a password", (text) => text),
};

const parse = (text: string) => parseConfig(text, "c.json", TABLE);

function values(text: string): Record<string, unknown> {
  return Object.fromEntries([...parse(text)].map(([name, { value }]) => [name, value]));
}

function test(name: string, fn: () => void): void {
  Deno.test({ name: `parseConfig ${name}`, permissions: "none", fn });
}

test("takes numbers, truth values, and what the flags take", () => {
  assertEquals(
    values(
      '{"maxValueSize": "1MiB", "port": 7000, "idleTimeout": 0, "data": "7", "noTcp": false}',
    ),
    { maxValueSize: 1_048_576, port: 7_000, idleTimeout: 0, data: "7", noTcp: false },
  );
  assertEquals(values('{"port": "7000", "maxValueSize": 1024, "idleTimeout": "5s"}'), {
    port: 7_000,
    maxValueSize: 1_024,
    idleTimeout: 5_000,
  });
  assertEquals(values("\ufeff{}"), {});
  assertEquals(parse('{"port": 1}').get("port")?.origin.told, "file c.json");
});

const WRONG: Record<string, string> = {
  '{"maxValueSzie": 1}': "c.json: there is no option maxValueSzie; did you mean maxValueSize?",
  '{"max-value-size": 1}': "c.json: there is no option max-value-size; did you mean maxValueSize?",
  '{"MAX_VALUE_SIZE": 1}': "c.json: there is no option MAX_VALUE_SIZE; did you mean maxValueSize?",
  '{"coffee": 1}': "c.json: there is no option coffee; main.ts serve --help lists them",
  '{"__proto__": 1}': "c.json: there is no option __proto__; main.ts serve --help lists them",
  '{"toString": 1}': "c.json: there is no option toString; main.ts serve --help lists them",
  '{"maxValueSize": [1]}':
    "c.json: maxValueSize is an array; give a number, or text for SIZE, in quotes",
  '{"maxValueSize": true}':
    "c.json: maxValueSize is a boolean; give a number, or text for SIZE, in quotes",
  '{"maxValueSize": null}':
    "c.json: maxValueSize is null; give a number, or text for SIZE, in quotes",
  '{"maxValueSize": {}}':
    "c.json: maxValueSize is an object; give a number, or text for SIZE, in quotes",
  '{"idleTimeout": true}': "c.json: idleTimeout is a boolean; give text for TIME, in quotes",
  '{"data": ""}': "c.json: data is empty; give text for DIR, in quotes",
  '{"data": 7}': "c.json: data is a number; give text for DIR, in quotes",
  '{"password": 1234}': "c.json: password is a number; give text for PASSWORD, in quotes",
  '{"noTcp": "true"}': "c.json: noTcp is a string; give true or false",
  '{"noTcp": 1}': "c.json: noTcp is a number; give true or false",
  '{"port": 70000}': 'c.json: port: "70000" is not a port: give a whole number from 0 to 65535',
  '{"maxValueSize": -1}':
    'c.json: maxValueSize: "-1" is not a size, such as 65536, 64KiB, 64MiB or 1GiB',
  '{"maxValueSize": 1.5}':
    'c.json: maxValueSize: "1.5" is not a size, such as 65536, 64KiB, 64MiB or 1GiB',
  '{"idleTimeout": 60}': 'c.json: idleTimeout: "60" has no unit: give 60s or 60ms',
  "[]": 'c.json: it is an array; give an object, such as {"port": 51966}',
  "null": 'c.json: it is null; give an object, such as {"port": 51966}',
  '""': 'c.json: it is empty; give an object, such as {"port": 51966}',
  "": "c.json: it is not JSON: Unexpected end of JSON input",
};

for (const [text, message] of Object.entries(WRONG)) {
  test(`refuses ${text || "nothing"}, and says what may stand there`, () => {
    const error = assertThrows(() => parse(text), UsageError);
    assertEquals(error.message, `Cannot use ${message}`);
  });
}

test("shows nothing of a file that is not JSON: a password may be in it", () => {
  for (
    const text of ["{\"password\": 's3cret'}", '{"password": "s3cret', '{"password": s3cret"}']
  ) {
    const { message } = assertThrows(() => parse(text), UsageError, "it is not JSON: ");
    assertEquals(message.includes("s3cret"), false, message);
  }
});

Deno.test({
  name: "readConfigFile says that there is no file, or which flag Deno needs to read it",
  permissions: { read: [import.meta.dirname!] },
  async fn() {
    const path = `${import.meta.dirname}/none.json`;
    const missing = await assertRejects(() => readConfigFile(path, TABLE), UsageError);
    assertEquals(missing.message, `Cannot read ${path}: there is no such file`);
    await assertRejects(
      () => readConfigFile("/c.json", TABLE),
      UsageError,
      "Cannot read /c.json: Deno does not permit it; run again with --allow-read=/c.json, and ",
    );
  },
});
