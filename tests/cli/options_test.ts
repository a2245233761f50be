import { UsageError } from "../../lib/cli/error.ts";
import { parseWords, switchOption, valueOption } from "../../lib/cli/options.ts";
import { parsePort } from "../../lib/cli/quantities.ts";
import { didYouMean } from "../../lib/cli/suggest.ts";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";

const TABLE = {
  port: valueOption("PORT", "a port", parsePort),
  unixPath: valueOption("PATH", "a path", (path) => path),
  noTcp: switchOption("no TCP"),
};

const parse = (...words: string[]) => parseWords(words, TABLE);

Deno.test({
  name: "parseWords reads options before, between and behind operands",
  permissions: "none",
  fn() {
    assertEquals(parse("--port", "80", "a", "--no-tcp", "b", "--unix-path=/x=y"), {
      operands: ["a", "b"],
      options: { port: 80, noTcp: true, unixPath: "/x=y" },
      help: false,
    });
    assertEquals(parse(), { operands: [], options: {}, help: false });
  },
});

Deno.test({
  name: "parseWords keeps operands as they were given: numbers, truth values, signs, equals signs",
  permissions: "none",
  fn() {
    const words = ["007", "1e3", "0x10", "true", "false", "-5", "-1.5", "-", "a=b", "", "\0", "."];
    assertEquals(parse(...words).operands, words);
    assertEquals(parse("--no-tcp", "true").operands, ["true"]);
    assertEquals(parse("--no-tcp", "-5").options, { noTcp: true });
  },
});

Deno.test({
  name: "parseWords takes true, false, 1 or 0 for a switch behind =, and nothing else",
  permissions: "none",
  fn() {
    for (const [text, noTcp] of [["true", true], ["1", true], ["false", false], ["0", false]]) {
      assertEquals(parse("a", `--no-tcp=${text}`, "b"), {
        operands: ["a", "b"],
        options: { noTcp },
        help: false,
      } as ReturnType<typeof parse>);
    }
    assertThrows(
      () => parse("--no-tcp=no"),
      UsageError,
      'Option --no-tcp: "no" is not true, false, 1 or 0',
    );
    assertThrows(() => parse("--no-tcp", "--no-tcp=0"), UsageError, "--no-tcp is given 2 times");
    assertEquals(parse("--", "--no-tcp=0").operands, ["--no-tcp=0"]);
  },
});

Deno.test({
  name: "parseWords takes all behind -- as operands",
  permissions: "none",
  fn() {
    const operands = ["--port", "-h", "--help", "--", "-5", "\0", "true"];
    assertEquals(parse("a", "--", ...operands), {
      operands: ["a", ...operands],
      options: {},
      help: false,
    });
  },
});

Deno.test({
  name: "any words behind -- come back unchanged",
  permissions: "none",
  fn() {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        assertEquals(parse("--", ...words).operands, words);
      }),
      { seed: 51_966 },
    );
  },
});

Deno.test({
  name: "parseWords knows --help and -h, and then asks for nothing else",
  permissions: "none",
  fn() {
    assertEquals(parse("--help").help, true);
    assertEquals(parse("-h").help, true);
    assertEquals(parse("--port", "x", "--help").help, true);
  },
});

Deno.test({
  name: "parseWords refuses unknown options, and suggests the one that was meant",
  permissions: "none",
  fn() {
    const cases = {
      "--prot": "Unknown option --prot; did you mean --port?",
      "--prot=5": "Unknown option --prot; did you mean --port?",
      "--no-tpc": "Unknown option --no-tpc; did you mean --no-tcp?",
      "--tcp": "Unknown option --tcp; put -- before operands that begin with -",
      "-x": "Unknown option -x; put -- before operands that begin with -",
      "--_": "Unknown option --_; put -- before operands that begin with -",
      "--__proto__": "Unknown option --__proto__; put -- before operands that begin with -",
      "--port.x": "Unknown option --port.x; did you mean --port?",
    };
    for (const [word, message] of Object.entries(cases)) {
      assertEquals(assertThrows(() => parse(word, "5"), UsageError).message, message);
    }
  },
});

Deno.test({
  name: "parseWords refuses an option whose value is missing",
  permissions: "none",
  fn() {
    for (const words of [["--port"], ["--port", "--no-tcp"], ["--port="], ["--port", ""]]) {
      assertThrows(() => parse(...words), UsageError, "Option --port needs a value");
    }
  },
});

Deno.test({
  name: "parseWords refuses an option that is given twice",
  permissions: "none",
  fn() {
    const twice = "is given 2 times: give it once";
    assertThrows(() => parse("--port", "1", "--port=2"), UsageError, `Option --port ${twice}`);
    assertThrows(() => parse("--no-tcp", "--no-tcp"), UsageError, `Option --no-tcp ${twice}`);
  },
});

Deno.test({
  name: "parseWords refuses a wrong value and names the option",
  permissions: "none",
  fn() {
    assertThrows(() => parse("--port", "x"), UsageError, 'Option --port: "x" is not a port');
    assertThrows(() => parse("--port", "-5"), UsageError, 'Option --port: "-5" is not a port');
  },
});

Deno.test({
  name: "didYouMean suggests words one slip away, two when they are long",
  permissions: "none",
  fn() {
    const words = ["get", "set", "subscribe"];
    assertEquals(didYouMean("gte", words), "; did you mean get?");
    assertEquals(didYouMean("sett", words), "; did you mean set?");
    assertEquals(didYouMean("subcsribee", words), "; did you mean subscribe?");
    assertEquals(["foo", "", "x", "subs"].map((word) => didYouMean(word, words)), ["", "", "", ""]);
  },
});
