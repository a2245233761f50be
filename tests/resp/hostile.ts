/**
 * Raw bytes that a server may be sent, and what redis-server 7.0 answers. `redis_test.ts` asks it, where
 * it is installed.
 */

/** What is sent, and what is answered; each character is one byte. */
export interface Case {
  readonly name: string;
  readonly input: string;
  /** All replies. An error of the protocol is the last one; the connection is closed behind it. */
  readonly reply: string;
  /** What this project answers, where it differs from Redis. */
  readonly ours?: string;
}

const PING = "*1\r\n$4\r\nPING\r\n";
const PONG = "+PONG\r\n";
const SET_X = "*3\r\n$3\r\nSET\r\n$1\r\nx\r\n";
const BAD_COUNT = "-ERR Protocol error: invalid multibulk length\r\n";
const BAD_SIZE = "-ERR Protocol error: invalid bulk length\r\n";
const UNBALANCED = "-ERR Protocol error: unbalanced quotes in request\r\n";
const NO_CRLF = "-ERR Protocol error: expected CRLF after a bulk string\r\n";

function expected(found: string): string {
  return `-ERR Protocol error: expected '$', got '${found}'\r\n`;
}

function tooBig(what: string): string {
  return `-ERR Protocol error: too big ${what}\r\n`;
}

/** An inline ECHO of what is between the parentheses of the name. */
function echo(input: string, output: string): Case {
  return {
    name: `the inline argument ${JSON.stringify(input)}`,
    input: `ECHO ${input}\r\n${PING}`,
    reply: `$${output.length}\r\n${output}\r\n${PONG}`,
  };
}

function badCount(count: string): Case {
  return {
    name: `a count "${count}"`,
    input: `${PING}*${count}\r\n${PING}`,
    reply: PONG + BAD_COUNT,
  };
}

function badSize(size: string): Case {
  return { name: `a length "${size}"`, input: `${SET_X}$${size}\r\nabc\r\n`, reply: BAD_SIZE };
}

/** What is unbalanced has a command before it, and one behind it that is not read. */
function unbalanced(line: string): Case {
  return {
    name: `the unbalanced line ${JSON.stringify(line)}`,
    input: `PING\r\n${line}\r\nPING\r\n`,
    reply: PONG + UNBALANCED,
  };
}

/** What an authenticated connection may send. */
export const CASES: readonly Case[] = [
  { name: "nothing but line ends", input: "\r\n", reply: "" },
  { name: "an empty line before a request", input: `\r\n${PING}`, reply: PONG },
  { name: "empty lines of all kinds", input: "\n\n\r\n \t \r\n\v\f\nPING\r\n", reply: PONG },
  { name: "an array", input: PING, reply: PONG },
  { name: "an inline command", input: "PING\r\n", reply: PONG },
  { name: "an inline command before a bare LF", input: "PING\nPING\n", reply: PONG + PONG },
  {
    name: "arrays and inline commands by turns",
    input: `PING\r\n${PING}PING\n${PING}`,
    reply: PONG.repeat(4),
  },
  { name: "a request that is cut", input: `${PING}*2\r\n$4\r\nECHO\r\n$5\r\nhel`, reply: PONG },
  { name: "an inline command that is cut", input: `${PING}PIN`, reply: PONG },
  { name: "an empty argument", input: "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", reply: "$0\r\n\r\n" },
  {
    name: "an argument of line ends and types",
    input: "*2\r\n$4\r\nECHO\r\n$10\r\n\r\n*1\r\n$0\0\xff\r\n",
    reply: "$10\r\n\r\n*1\r\n$0\0\xff\r\n",
  },

  // Counts
  { name: "the count 0", input: `*0\r\n${PING}`, reply: PONG },
  { name: "the count -1", input: `*-1\r\n*-1\r\n${PING}`, reply: PONG },
  { name: "the count -10", input: `*-10\r\n${PING}`, reply: PONG },
  { name: "the least count", input: `*-9223372036854775808\r\n${PING}`, reply: PONG },
  { name: "the most arguments, announced", input: `${PING}*2147483647\r\n`, reply: PONG },
  ...["-9223372036854775809", "2147483648", "3000000000", "9223372036854775808"].map(badCount),
  ...["99999999999999999999999", "", "-", "+1", "01", "-0", "-01", "1x", " 1", "1 ", "0x1"].map(
    badCount,
  ),
  ...["1e3", "1.0", "*1", "\t1", "one"].map(badCount),

  // Lengths
  {
    name: "the longest argument, announced",
    input: `${PING}${SET_X}$536870912\r\nabc`,
    reply: PONG,
  },
  ...["536870913", "2000000000", "9223372036854775808", "-1", "-10", "-0", "", "+3", "03"].map(
    badSize,
  ),
  ...["3x", " 3", "3 ", "blabla", "99999999999999999999999"].map(badSize),
  { name: "no length, but a text", input: `${SET_X}fooz\r\n`, reply: expected("f") },
  { name: "no length, but a text, at first", input: "*1\r\nfoo\r\n", reply: expected("f") },
  { name: "no length, but an array", input: `*1\r\n${PING}`, reply: expected("*") },
  { name: "no length, but an empty line", input: "*1\r\n\r\n", reply: expected(" ") },
  { name: "an integer for a length", input: "*1\r\n:1\r\n", reply: expected(":") },
  {
    name: "a length that is counted too low",
    input: "*1\r\n$3\r\nPING\r\n\r\n",
    reply: "-ERR unknown command 'PIN', with args beginning with: \r\n",
    ours: NO_CRLF,
  },
  { name: "a byte for a length, and no end of its line", input: "*1\r\nx", reply: "" },

  // Line ends
  { name: "LF only after a count", input: "*1\n", reply: "", ours: BAD_COUNT },
  { name: "LF only after a count, and CR later", input: "*1\n$4\nPING\n\r\n", reply: BAD_COUNT },
  { name: "LF only after a length", input: "*1\r\n$4\n", reply: "", ours: BAD_SIZE },
  {
    name: "CR and another byte after a count",
    input: "*1\rX$4\r\nPING\r\n",
    reply: PONG,
    ours: BAD_COUNT,
  },
  {
    name: "CR and another byte after a length",
    input: "*1\r\n$4\rXPING\r\n",
    reply: PONG,
    ours: BAD_SIZE,
  },
  {
    name: "two other bytes after an argument",
    input: `*1\r\n$4\r\nPINGxy${PING}`,
    reply: PONG + PONG,
    ours: NO_CRLF,
  },
  {
    name: "two LF after an argument",
    input: `*1\r\n$4\r\nPING\n\n${PING}`,
    reply: PONG + PONG,
    ours: NO_CRLF,
  },
  { name: "CR in an inline command", input: "ECHO\rhello\r\n", reply: "$5\r\nhello\r\n" },
  { name: "CR before an inline command", input: "\rPING\r\n", reply: PONG },
  { name: "two CR before LF", input: "PING\r\r\nPING\r\n", reply: PONG + PONG },

  // Inline commands
  echo("hello", "hello"),
  echo("  hello \t ", "hello"),
  echo("\v\fhello", "hello"),
  echo("he\v\fllo", "he\v\fllo"),
  echo("\xff\xfe", "\xff\xfe"),
  echo("a\\nb", "a\\nb"),
  echo('""', ""),
  echo("''", ""),
  echo('"hello world"', "hello world"),
  echo("'hello world'", "hello world"),
  echo('"\\n\\r\\t\\b\\a"', "\n\r\t\b\x07"),
  echo('"\\x00\\xfF\\x41"', "\0\xffA"),
  echo('"\\x4"', "x4"),
  echo('"\\xg1"', "xg1"),
  echo('"\\x4g"', "x4g"),
  echo('"\\""', '"'),
  echo('"\\\\"', "\\"),
  echo('"\\q"', "q"),
  echo('"\'"', "'"),
  echo("'\"'", '"'),
  echo("'\\''", "'"),
  echo("'\\n\\x41\\\\ '", "\\n\\x41\\\\ "),
  echo('pre"quoted part"', "prequoted part"),
  echo("pre'quoted part'", "prequoted part"),
  echo('"a"\v', "a"),
  { name: "a command in quotes", input: `"PI\\x4eG"\n'PING'\n`, reply: PONG + PONG },
  ...['"', "'", 'ECHO "hello', "ECHO 'hello", 'ECHO "a"b', "ECHO 'a'b", 'ECHO "a""b"'].map(
    unbalanced,
  ),
  ...['ECHO "a\\"', "ECHO 'a\\'", 'ECHO "\\', 'set """test-key""" test-value', 'ECHO a"'].map(
    unbalanced,
  ),
  {
    name: "NUL in an inline command",
    input: `ECHO a\0b\r\n${PING}`,
    // Redis does not see its end.
    reply: "",
    ours:
      "-ERR Protocol error: an inline request with a NUL byte (possible cross-protocol attack)\r\n",
  },

  // Lines without an end
  { name: "65,536 bytes inline", input: PING + "A".repeat(65_536), reply: PONG },
  {
    name: "65,537 bytes inline",
    input: PING + "A".repeat(65_537),
    reply: PONG + tooBig("inline request"),
  },
  { name: "65,536 bytes of a count", input: `${PING}*${"1".repeat(65_535)}`, reply: PONG },
  {
    name: "65,537 bytes of a count",
    input: `${PING}*${"1".repeat(65_536)}`,
    reply: PONG + tooBig("mbulk count string"),
  },
  { name: "65,536 bytes of a length", input: `*1\r\n$${"1".repeat(65_535)}`, reply: "" },
  {
    name: "65,537 bytes of a length",
    input: `*1\r\n$${"1".repeat(65_536)}`,
    reply: tooBig("bulk count string"),
  },
  {
    name: "65,537 bytes that are no length",
    input: `*1\r\n${"A".repeat(65_537)}`,
    reply: tooBig("bulk count string"),
  },
  {
    name: "a desync: NUL",
    input: `\0${"payload".repeat(10_000)}`,
    reply: tooBig("inline request"),
  },
  {
    name: "a desync: * and NUL",
    input: `*\0${"payload".repeat(10_000)}`,
    reply: tooBig("mbulk count string"),
  },
  {
    name: "a desync: $ and NUL",
    input: `$\0${"payload".repeat(10_000)}`,
    reply: tooBig("inline request"),
  },
];

const AUTH = "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n";
const LARGE = `*2\r\n$4\r\nECHO\r\n$16385\r\n${"x".repeat(16_385)}\r\n`;
const LARGE_REPLY = `$16385\r\n${"x".repeat(16_385)}\r\n`;
const MANY = "*11\r\n";

/** What a connection may send that has to authenticate with `secret`. */
export const UNAUTHENTICATED: readonly Case[] = [
  { name: "10 arguments, announced", input: "*10\r\n", reply: "" },
  {
    name: "11 arguments",
    input: MANY,
    reply: "-ERR Protocol error: unauthenticated multibulk length\r\n",
  },
  { name: "no valid count", input: "*3000000000\r\n", reply: BAD_COUNT },
  { name: "16,384 bytes, announced", input: "*2\r\n$4\r\nECHO\r\n$16384\r\n", reply: "" },
  {
    name: "16,385 bytes",
    input: LARGE,
    reply: "-ERR Protocol error: unauthenticated bulk length\r\n",
  },
  { name: "no valid length", input: "*2\r\n$4\r\nECHO\r\n$536870913\r\n", reply: BAD_SIZE },
  {
    name: "AUTH, and 16,385 bytes behind it",
    input: AUTH + LARGE + PING,
    reply: `+OK\r\n${LARGE_REPLY}${PONG}`,
  },
  {
    name: "AUTH, and 11 arguments behind it",
    input: `${AUTH}${PING}${MANY}`,
    reply: `+OK\r\n${PONG}`,
  },
];
