import { assertEquals, assertStringIncludes } from "@std/assert";
import { Answers, differences } from "../../lib/inspect/mod.ts";
import { PURE, utf8 } from "./helpers.ts";

function answersOf(reply: string, took = 1): Answers {
  const answers = new Answers();
  answers.said("client", utf8("GET a\r\nGET b\r\n"), 10);
  answers.said("server", utf8(`$1\r\nx\r\n${reply}`), 10 + took);
  return answers;
}

function answersTo(request: string, reply: string): Answers {
  const answers = new Answers();
  answers.said("client", utf8(request), 0);
  answers.said("server", utf8(reply), 1);
  return answers;
}

Deno.test("answers that are the same do not differ, whatever time they took", PURE, () => {
  assertEquals(differences(answersOf("$-1\r\n"), answersOf("$-1\r\n", 50)), []);
  assertEquals(answersOf("$-1\r\n").requests.map(({ milliseconds }) => milliseconds), [1, 1]);
});

Deno.test("answers that are others, or missing, are told with their request", PURE, () => {
  const before = answersOf("$-1\r\n");
  const other = { what: "request 2: GET b", before: ["null"] };
  assertEquals(differences(before, answersOf("$1\r\ny\r\n")), [{ ...other, after: ["y"] }]);
  assertEquals(differences(before, answersOf("")), [{ ...other, after: [] }]);
});

Deno.test("answers are told at once when they are the line of an empty array alone", PURE, () => {
  for (const reply of ["*0\r\n", "*-1\r\n"]) {
    const answers = new Answers();
    answers.said("client", utf8("KEYS nothing*\r\n"), 0);
    answers.said("server", utf8(reply), 1);
    assertEquals(answers.responses, 1);
  }
  const empty = answersTo("KEYS k*\r\n", "*0\r\n");
  assertEquals(differences(empty, answersTo("KEYS k*\r\n", "*1\r\n$1\r\nk\r\n")).length, 1);
});

Deno.test("answers of CAFE are compared without versions and times to live", PURE, () => {
  const answers = (version: string, value: string) => {
    const one = new Answers();
    one.said("client", Uint8Array.fromHex("cafe0101004000010000000000000000000000006b"), 0);
    one.said(
      "server",
      Uint8Array.fromHex(`cafe0180004000000000000100000000000000${version}${value}`),
      1,
    );
    return one;
  };
  assertEquals(differences(answers("05", "61"), answers("09", "61")), []);
  assertEquals(differences(answers("05", "61"), answers("05", "62")).length, 1);
});

Deno.test("answers are compared to their ends, however long they are", PURE, () => {
  const keys = (last: string) => `*500\r\n${"$1\r\nk\r\n".repeat(499)}$1\r\n${last}\r\n`;
  assertEquals(
    differences(answersTo("KEYS *\r\n", keys("a")), answersTo("KEYS *\r\n", keys("a"))),
    [],
  );
  const [other] = differences(
    answersTo("KEYS *\r\n", keys("a")),
    answersTo("KEYS *\r\n", keys("b")),
  );
  const title = "array of 500: k, k, k, k, ...";
  assertEquals(other, {
    what: "request 1: KEYS *",
    before: [`${title}, in it "a"`],
    after: [`${title}, in it "b"`],
  });
});

Deno.test("answers are compared that come in pieces, behind others", PURE, () => {
  const inPieces = (size: number) => {
    const answers = answersTo("GET a\r\nGET b\r\nGET c\r\n", "");
    const replies = utf8("$3\r\none\r\n$3\r\ntwo\r\n$-1\r\n");
    for (let at = 0; at < replies.length; at += size) {
      answers.said("server", replies.slice(at, at + size), 1);
    }
    return answers;
  };
  for (const size of [1, 7, 10]) assertEquals(differences(inPieces(100), inPieces(size)), []);
  const { requests } = inPieces(7);
  const compared = requests.map(({ answers }) => new TextDecoder().decode(answers[0]!.compared));
  assertEquals(compared, ["$3\r\none\r\n", "$3\r\ntwo\r\n", "$-1\r\n"]);
});

Deno.test("answers that say the same at their beginning show where they differ", PURE, () => {
  const stats = (seconds: number) => {
    const text = `${"a_figure 1\n".repeat(20)}uptime_seconds ${seconds}\nlast 1\n`;
    return answersTo("INFO\r\n", `$${text.length}\r\n${text}\r\n`);
  };
  const [{ before, after } = { before: [], after: [] }] = differences(stats(12), stats(75));
  assertStringIncludes(before[0]!, 'in it "uptime_seconds 12"');
  assertStringIncludes(after[0]!, 'in it "uptime_seconds 75"');
});

Deno.test("answers to HELLO are compared without the number of the connection", PURE, () => {
  const hello = (id: number, version: string) =>
    answersTo("hello 3\r\n", `%2\r\n$7\r\nversion\r\n$1\r\n${version}\r\n$2\r\nid\r\n:${id}\r\n`);
  assertEquals(differences(hello(1, "7"), hello(12_345, "7")), []);
  const [other] = differences(hello(1, "7"), hello(1, "8"));
  assertEquals(other?.before, ['map of 2 entries, in it "7"']);
});

Deno.test("answers that nobody asked for are compared, and what cannot be read", PURE, () => {
  const subscribed = (...messages: string[]) => {
    const pushes = messages.map((text) => `>3\r\n+message\r\n+c\r\n+${text}\r\n`).join("");
    return answersTo("PING\r\n", `+PONG\r\n${pushes}`);
  };
  assertEquals(differences(subscribed("a"), subscribed("a")), []);
  const what = "what no request asked for";
  const push = (text: string) => `push of 3: message, c, ${text}`;
  assertEquals(differences(subscribed("a"), subscribed("b")), [
    { what, before: [push("a")], after: [push("b")] },
  ]);
  assertEquals(differences(subscribed("a"), subscribed()), [{
    what,
    before: [push("a")],
    after: [],
  }]);
  const twice = answersTo("PING\r\n", "+PONG\r\n+PONG\r\n");
  assertEquals(differences(subscribed(), twice), [{ what, before: [], after: ["PONG"] }]);
  const rubbish = answersTo("PING\r\n", `+PONG\r\n?${"x".repeat(20)}\r\n`);
  const [damage] = differences(subscribed(), rubbish);
  assertEquals([damage?.what, damage?.before], ["what cannot be read", []]);
  const cut = answersTo("PING\r\n", "+PONG\r\n$5\r\nab");
  assertEquals(differences(subscribed(), cut), []);
  cut.end();
  assertStringIncludes(differences(subscribed(), cut)[0]!.after[0]!, "cut: the stream ends inside");
});

Deno.test("answers do without those that give back credit", PURE, () => {
  const answers = answersTo("PING\r\n", "");
  answers.said("server", Uint8Array.fromHex("cafe0186000000000000000c" + "00".repeat(12)), 1);
  assertEquals([answers.responses, answers.unasked], [0, []]);
});

Deno.test("answers are found however many requests wait for theirs", PURE, () => {
  const answers = answersTo("PING\r\n".repeat(70_000), "+PONG\r\n".repeat(70_000));
  assertEquals(answers.requests.filter(({ answers }) => answers.length !== 1), []);
});
