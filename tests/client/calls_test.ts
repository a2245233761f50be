import type { DecodedRequest } from "../../lib/cafe/mod.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Client, ConnectionError, ReplyError, ServerError } from "../../lib/client/mod.ts";
import {
  count,
  error,
  integer,
  keys,
  miss,
  ok,
  type Response,
  text as textResponse,
} from "../../lib/model/mod.ts";
import { connectPair, HERMETIC, Peer, text } from "./peer.ts";

const utf8 = new TextEncoder();
const bytes = (value: string) => utf8.encode(value);

/** Makes one call, answers it, and returns its result and the request that it sent. */
async function exchange<T>(
  call: (client: Client) => Promise<T>,
  response: Response,
): Promise<{ result: T; request: DecodedRequest }> {
  const { client, connection } = await connectPair();
  await using _ = client;
  const answer = call(client);
  const request = await connection.answerNext(response);
  return { result: await answer, request };
}

const HEAD = { id: 0, quiet: false, checksum: false, durable: false };

Deno.test("ping sends its value and resolves to the answer's", HERMETIC, async () => {
  const { result, request } = await exchange((client) => client.ping("hey"), ok(bytes("hey")));
  assertEquals(request, { op: "PING", value: bytes("hey"), ...HEAD });
  assertEquals(text(result), "hey");
});

Deno.test("ping without a value sends an empty one", HERMETIC, async () => {
  const { result, request } = await exchange((client) => client.ping(), ok(bytes("PONG")));
  assertEquals(request, { op: "PING", value: bytes(""), ...HEAD });
  assertEquals(text(result), "PONG");
});

const INFO = {
  server: "test",
  version: "9",
  protocol: 1,
  limits: { maxKeySize: 1, maxValueSize: 2 },
  window: { requests: 0, bytes: 0 },
  more: "a later server may say more",
};

Deno.test("hello resolves to the server's description", HERMETIC, async () => {
  const { result, request } = await exchange(
    (client) => client.hello(),
    textResponse(JSON.stringify(INFO)),
  );
  assertEquals(request, { op: "HELLO", user: bytes(""), password: bytes(""), ...HEAD });
  assertEquals<unknown>(result, INFO);
});

for (const json of ["{", "[]", "null", "7", ""]) {
  Deno.test(`hello rejects a description that is ${json || "empty"}`, HERMETIC, async () => {
    await assertRejects(
      () => exchange((client) => client.hello(), textResponse(json)),
      ReplyError,
      "Cannot read the answer to HELLO: it is not a JSON object",
    );
  });
}

for (
  const [field, wrong] of [
    ["server", { ...INFO, server: 1 }],
    ["version", { ...INFO, version: undefined }],
    ["protocol", { ...INFO, protocol: "1" }],
    ["limits.maxKeySize", { ...INFO, limits: [] }],
    ["limits.maxValueSize", { ...INFO, limits: { maxKeySize: 1 } }],
    ["window.requests", { ...INFO, window: null }],
    ["window.bytes", { ...INFO, window: { requests: 1 } }],
  ] as const
) {
  Deno.test(
    `hello rejects a description whose ${field} is missing or wrong`,
    HERMETIC,
    async () => {
      await assertRejects(
        () => exchange((client) => client.hello(), textResponse(JSON.stringify(wrong))),
        ReplyError,
        `its field ${field} is not a`,
      );
    },
  );
}

Deno.test("get resolves to the value of a key", HERMETIC, async () => {
  const { result, request } = await exchange((client) => client.get("k"), ok(bytes("v")));
  assertEquals(request, { op: "GET", key: bytes("k"), wantVersion: false, ...HEAD });
  assertEquals(text(result), "v");
});

Deno.test("get tells an empty value from no value", HERMETIC, async () => {
  assertEquals((await exchange((client) => client.get("k"), ok())).result, new Uint8Array(0));
  assertEquals((await exchange((client) => client.get("k"), miss())).result, undefined);
});

Deno.test(
  "getEntry resolves to the value, its version and its time to live",
  HERMETIC,
  async () => {
    const { result, request } = await exchange(
      (client) => client.getEntry("k"),
      ok(bytes("v"), 500, 7),
    );
    assertEquals(request, { op: "GET", key: bytes("k"), wantVersion: true, ...HEAD });
    assertEquals(result, { value: bytes("v"), version: 7, ttl: 500 });
  },
);

Deno.test("getEntry resolves to undefined when there is no key", HERMETIC, async () => {
  assertEquals((await exchange((client) => client.getEntry("k"), miss())).result, undefined);
});

Deno.test("getEntry rejects an answer without a version", HERMETIC, async () => {
  await assertRejects(
    () => exchange((client) => client.getEntry("k"), ok(bytes("v"))),
    ReplyError,
    "Cannot read the answer to GET: it has no version",
  );
});

Deno.test("set sends key and value, and resolves to undefined", HERMETIC, async () => {
  const { result, request } = await exchange((client) => client.set("k", "v"), ok());
  const expected = { op: "SET", key: bytes("k"), value: bytes("v"), ...HEAD };
  assertEquals(request, { ...expected, ttl: undefined, version: undefined } as DecodedRequest);
  assertEquals(result, undefined);
});

Deno.test("set with a version resolves to the new one", HERMETIC, async () => {
  const { result, request } = await exchange(
    (client) => client.set(bytes("k"), bytes("v"), { ttl: 10, version: 3 }),
    ok(undefined, undefined, 4),
  );
  assert(request.op === "SET");
  assertEquals([request.ttl, request.version, result], [10, 3, 4]);
});

Deno.test("delete resolves to whether there was a key", HERMETIC, async () => {
  const { result, request } = await exchange(
    (client) => client.delete("k", { version: 3 }),
    ok(),
  );
  assertEquals(request, { op: "DELETE", key: bytes("k"), version: 3, ...HEAD });
  assertEquals(result, true);
  assertEquals((await exchange((client) => client.delete("k"), miss())).result, false);
});

Deno.test("incr sends its delta and resolves to the sum", HERMETIC, async () => {
  const { result, request } = await exchange(
    (client) => client.incr("n", -5),
    integer(-(2n ** 63n)),
  );
  assertEquals(request, { op: "INCR", key: bytes("n"), delta: -5n, ...HEAD });
  assertEquals(result, -(2n ** 63n));
});

Deno.test("incr adds 1 unless told otherwise", HERMETIC, async () => {
  const { request } = await exchange((client) => client.incr("n"), integer(1n));
  assert(request.op === "INCR");
  assertEquals(request.delta, 1n);
});

Deno.test("incr refuses a delta that is no integer of 64 bits", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  await assertRejects(() => client.incr("n", 1.5), RangeError);
  await assertRejects(() => client.incr("n", 2n ** 63n), RangeError);
  assertEquals(connection.writes, []);
});

Deno.test("append resolves to the new length", HERMETIC, async () => {
  const { result, request } = await exchange((client) => client.append("k", "v"), count(9));
  assertEquals(request, { op: "APPEND", key: bytes("k"), value: bytes("v"), ...HEAD });
  assertEquals(result, 9);
});

Deno.test("touch resolves to whether there is such a key", HERMETIC, async () => {
  const { result, request } = await exchange((client) => client.touch("k", { ttl: 5 }), ok());
  assertEquals(request, { op: "TOUCH", key: bytes("k"), ttl: 5, ...HEAD });
  assertEquals(result, true);
  assertEquals((await exchange((client) => client.touch("k"), miss())).result, false);
});

Deno.test("scanPage resolves to a page and the cursor of the next", HERMETIC, async () => {
  const { result, request } = await exchange(
    (client) => client.scanPage("p", 17),
    keys([bytes("p1"), bytes("")], 99),
  );
  assertEquals(request, { op: "SCAN", prefix: bytes("p"), cursor: 17, ...HEAD });
  assertEquals(result, { cursor: 99, keys: [bytes("p1"), bytes("")] });
});

Deno.test(
  "scan gives the keys of all pages, also when one of them is empty",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    const all = Array.fromAsync(client.scan("p"));
    const asked = [
      await connection.answerNext(keys([bytes("p1"), bytes("p2")], 5)),
      await connection.answerNext(keys([], 8)),
      await connection.answerNext(keys([bytes("p3")], 0)),
    ];
    assertEquals((await all).map(text), ["p1", "p2", "p3"]);
    assertEquals(asked.map((request) => request.op === "SCAN" && request.cursor), [0, 5, 8]);
  },
);

Deno.test("scan asks for no page before the last one was taken", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const found = client.scan();
  const first = found.next();
  await connection.answerNext(keys([bytes("a"), bytes("b")], 5));
  assertEquals(text((await first).value), "a");
  assertEquals(text((await found.next()).value), "b");
  await found.return!();
  assertEquals(connection.writes.length, 1);
});

Deno.test("stats resolves to the figures by name", HERMETIC, async () => {
  const { result, request } = await exchange(
    (client) => client.stats("store"),
    textResponse("server: cortado 1: x\nkeys: 3\nodd\n"),
  );
  assertEquals(request, { op: "STATS", section: bytes("store"), ...HEAD });
  assertEquals([...result], [["server", "cortado 1: x"], ["keys", "3"], ["odd", ""]]);
});

Deno.test("publish resolves to how many got the message", HERMETIC, async () => {
  const { result, request } = await exchange((client) => client.publish("c", "m"), count(2));
  assertEquals(request, { op: "PUBLISH", channel: bytes("c"), message: bytes("m"), ...HEAD });
  assertEquals(result, 2);
});

for (const state of ["started", "running"]) {
  Deno.test(`compact resolves to ${state} as the server says`, HERMETIC, async () => {
    const { result, request } = await exchange((client) => client.compact(), textResponse(state));
    assertEquals(request, { op: "COMPACT", ...HEAD });
    assertEquals<string>(result, state);
  });
}

Deno.test("compact rejects an answer that it does not know", HERMETIC, async () => {
  await assertRejects(
    () => exchange((client) => client.compact(), textResponse("done")),
    ReplyError,
    "Cannot read the answer to COMPACT: it is neither started nor running",
  );
});

for (const call of ["incr", "append", "publish", "scanPage"] as const) {
  Deno.test(
    `${call} rejects an answer of the wrong size, and no other call`,
    HERMETIC,
    async () => {
      const { client, connection } = await connectPair();
      await using _ = client;
      const wrong = assertRejects(
        () => call === "scanPage" ? client.scanPage("", 0) : client[call]("k", "1" as never),
        ReplyError,
      );
      const ping = client.ping();
      await connection.answerNext(ok(bytes("abc")));
      await connection.answerNext(ok(bytes("PONG")));
      const op = call === "scanPage" ? "SCAN" : call.toUpperCase();
      const failure = await wrong;
      assertEquals([failure.op, failure.message], [
        op,
        `Cannot read the answer to ${op}: its 3 bytes are not what such an answer has`,
      ]);
      assertEquals(text(await ping), "PONG");
    },
  );
}

Deno.test("an ERR rejects its call with a ServerError, and no other call", HERMETIC, async () => {
  const { client, connection } = await connectPair();
  await using _ = client;
  const set = assertRejects(
    () => client.set("k", "v", { version: 1 }),
    ServerError,
    "Cannot write",
  );
  const get = client.get("k");
  await connection.answerNext(error("CONFLICT", "Cannot write: version 2"));
  await connection.answerNext(miss());
  assertEquals((await set).code, "CONFLICT");
  assertEquals(await get, undefined);
});

Deno.test("checksum is the client's option unless the call says otherwise", HERMETIC, async () => {
  const { client, connection } = await connectPair({ checksum: true });
  await using _ = client;
  const calls = Promise.all([client.ping(), client.ping("", { checksum: false })]);
  const [with_, without] = await connection.takeMany(2);
  assertEquals([with_!.checksum, without!.checksum], [true, false]);
  connection.answer(with_!, ok());
  connection.answer(without!, ok());
  await calls;
});

Deno.test("durable is the client's option unless the call says otherwise", HERMETIC, async () => {
  const { client, connection } = await connectPair({ durable: true });
  await using _ = client;
  const calls = Promise.all([client.ping(), client.ping("", { durable: false })]);
  const [with_, without] = await connection.takeMany(2);
  assertEquals([with_!.durable, without!.durable], [true, false]);
  connection.answer(with_!, ok());
  connection.answer(without!, ok());
  await calls;
});

/** Each call that may be durable, its answer, and the bytes of its first request. */
const DURABLE_CALLS:
  readonly (readonly [(client: Client) => Promise<unknown>, Response, string])[] = [
    [
      (client) => client.set("foo", "bar", { durable: true }),
      ok(),
      "cafe 01 02 0210 0003 00000003 00000000 666f6f 626172",
    ],
    [
      (client) => client.delete("foo", { durable: true }),
      miss(),
      "cafe 01 03 0210 0003 00000000 00000000 666f6f",
    ],
    [
      (client) => client.incr("foo", 1, { durable: true }),
      integer(1n),
      "cafe 01 06 0210 0003 00000000 00000000 666f6f",
    ],
    [
      (client) => client.append("foo", "bar", { durable: true }),
      count(3),
      "cafe 01 07 0210 0003 00000003 00000000 666f6f 626172",
    ],
    [
      (client) => client.touch("foo", { durable: true }),
      ok(),
      "cafe 01 08 0210 0003 00000000 00000000 666f6f",
    ],
    [
      (client) => client.ping("", { durable: true }),
      ok(),
      "cafe 01 04 0210 0000 00000000 00000000",
    ],
  ];

for (const [call, response, frame] of DURABLE_CALLS) {
  Deno.test(`a durable call sends ${frame}`, HERMETIC, async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    const answer = call(client);
    await connection.answerNext(response);
    await answer;
    assertEquals(connection.writes.map((bytes) => bytes.toHex()), [frame.replaceAll(" ", "")]);
  });
}

Deno.test(
  "a key that is too long rejects its call and leaves the others alone",
  HERMETIC,
  async () => {
    const { client, connection } = await connectPair();
    await using _ = client;
    const tooLong = assertRejects(
      () => client.get(new Uint8Array(65_536)),
      RangeError,
      "65536",
    );
    const ping = client.ping();
    await tooLong;
    await connection.answerNext(ok());
    await ping;
    assertEquals(connection.writes.length, 1);
  },
);

Deno.test("a time to live of 0 is refused", HERMETIC, async () => {
  const { client } = await connectPair();
  await using _ = client;
  await assertRejects(() => client.set("k", "v", { ttl: 0 }), RangeError, " 0 ");
});

Deno.test("connect rejects when the first attempt fails, and tries once", HERMETIC, async () => {
  const peer = new Peer();
  const cause = new Error("nobody is there");
  peer.refusals.push(cause);
  const failure = await assertRejects(
    () => Client.connect(peer.transport),
    ConnectionError,
    "Cannot connect: nobody is there",
  );
  assertStrictEquals(failure.cause, cause);
  assertEquals([peer.attempts, failure.maybeExecuted], [1, false]);
});

Deno.test(
  "options that are out of range are refused before anything is connected",
  HERMETIC,
  async () => {
    const peer = new Peer();
    for (
      const options of [
        { timeout: -1 },
        { timeout: NaN },
        { timeout: 2 ** 31 },
        { maxPending: 0 },
        { maxPending: 2 ** 31 },
        { maxBuffered: 1.5 },
        { reconnect: { attempts: 0 } },
        { reconnect: { minDelay: -1 } },
        { reconnect: { minDelay: 100, maxDelay: 99 } },
        { limits: { maxKeySize: -1 } },
      ]
    ) {
      await assertRejects(() => Client.connect(peer.transport, options), RangeError);
    }
    assertEquals(peer.attempts, 0);
  },
);
