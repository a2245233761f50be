import { assert, assertEquals, assertMatch } from "@std/assert";
import { concat } from "@std/bytes";
import {
  FLAGS,
  Head,
  HEADER_SIZE,
  placeFields,
  REQUEST_LAYOUT,
  RESPONSE_LAYOUT,
} from "../../lib/cafe/mod.ts";
import { dissector } from "../../lib/inspect/mod.ts";
import { bytesOf } from "../cafe/dump.ts";
import { GOLDEN_REFUSED, GOLDEN_REQUESTS, GOLDEN_RESPONSES } from "../cafe/golden.ts";
import { captured, clientEnds, conversation, pcap, type Said } from "./captures.ts";
import { framesOf, inspect, PURE } from "./helpers.ts";

/** Whether tshark is there: without it the tests that need it are ignored, and their names say so. */
const HAS_TSHARK = await hasTshark();
const WHOLE = [...GOLDEN_REQUESTS, ...GOLDEN_REFUSED, ...GOLDEN_RESPONSES];

async function hasTshark(): Promise<boolean> {
  if ((await Deno.permissions.query({ name: "run" })).state !== "granted") return false;
  try {
    const { success } = await new Deno.Command("tshark", { args: ["--version"] }).output();
    return success;
  } catch {
    return false;
  }
}

function sharkTest(name: string, fn: () => Promise<void>): void {
  const ignore = !HAS_TSHARK;
  Deno.test({
    name: ignore ? `${name} (ignored: there is no tshark)` : name,
    ignore,
    permissions: { run: ["tshark"], read: true, write: true },
    fn,
  });
}

/** What tshark says of a capture: a line for each packet, and a column for each field. */
async function tshark(
  capture: Uint8Array,
  fields: readonly string[],
  more: readonly string[] = ["-Y", "cafe"],
): Promise<string[][]> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/cafe.lua`, dissector());
    await Deno.writeFile(`${directory}/capture.pcap`, capture);
    const script = [`-Xlua_script:${directory}/cafe.lua`, "-r", `${directory}/capture.pcap`];
    const columns = fields.flatMap((field) => ["-e", field]);
    const format = ["-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", ...columns];
    const { stdout, stderr, success } = await new Deno.Command("tshark", {
      args: [...script, ...more, ...format],
      env: { HOME: directory },
    }).output();
    const text = new TextDecoder().decode(stdout);
    const errors = new TextDecoder().decode(stderr).replace(/^Running as user.*\n/m, "");
    assert(success && !/lua/i.test(errors), errors);
    return text.split("\n").slice(0, -1).map((line) => line.split("\t"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A frame of each line: requests by the client, responses by the server. */
function saidOf(frames: readonly Uint8Array[]): Said[] {
  return frames.map((bytes) => ({ by: bytes[3]! < 128 ? "client" : "server", bytes }));
}

/** A connection for each frame, so that none answers another. */
function apart(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const segments = frames.flatMap((bytes, at) =>
    conversation(saidOf([bytes]), clientEnds(51966, 10_000 + at))
  );
  return pcap(captured(segments));
}

Deno.test("dissector has every field, flag and message of the layout", PURE, () => {
  const text = dissector();
  for (const { name, about } of [...REQUEST_LAYOUT, ...RESPONSE_LAYOUT]) {
    assert(text.includes(`"name" = "${name}"`.replace('"name"', '["name"]')), name);
    assert(text.includes(JSON.stringify(about)), about);
  }
  for (const name of Object.keys(FLAGS)) assert(text.includes(`["${name}"] = `), name);
  assertMatch(text, /^[\x20-\x7e\n]+$/);
});

Deno.test("dissector has one type for each name of a part", PURE, () => {
  const types = new Map<string, string>();
  for (const message of [...REQUEST_LAYOUT, ...RESPONSE_LAYOUT]) {
    const reply = "reply" in message ? message.reply?.parts ?? [] : [];
    const payloads = [message.key, message.value, message.valueWithMore];
    for (const { name, type } of [...payloads.flatMap(({ parts }) => parts), ...reply]) {
      assertEquals(types.get(name) ?? type, type, name);
      types.set(name, type);
    }
  }
});

sharkTest("tshark shows every field of every golden frame as the codec reads it", async () => {
  const frames = WHOLE.map(({ dump }) => bytesOf(dump));
  const names = [
    ...["magic", "version", "opcode", "flags", "key_len", "value_len", "id", "ttl"],
    ...["entry_version", "key", "value", "checksum", "signature"],
  ];
  const flags = Object.keys(FLAGS).map((name) => `cafe.flags.${name.toLowerCase()}`);
  const fields = [...names.map((name) => `cafe.${name}`), ...flags];
  const rows = await tshark(apart(frames), fields);
  assertEquals(rows.length, frames.length);
  for (const [at, frame] of frames.entries()) {
    const head = new Head();
    head.readHeader(frame, 0);
    head.readExtensions(frame, HEADER_SIZE);
    const expected = new Map(
      placeFields(head).filter(({ field }) => field.size > 0)
        .map(({ field, at }) => [field.name, frame.subarray(at, at + field.size).toHex()]),
    );
    const shown = rows[at]!.slice(0, names.length).map((text, column) => {
      const { length = 0 } = expected.get(names[column]!) ?? {};
      const isBytes = ["key", "value", "signature"].includes(names[column]!);
      return text === "" || isBytes ? text : BigInt(text).toString(16).padStart(length, "0");
    });
    assertEquals(shown, names.map((name) => expected.get(name) ?? ""), WHOLE[at]!.name);
    const bits = Object.values(FLAGS).map((bit) => (head.flags & bit) !== 0);
    assertEquals(rows[at]!.slice(names.length).map((text) => Number(text) !== 0), bits);
  }
});

sharkTest("tshark shows every part of every golden value as the inspector does", async () => {
  const parts = new Set<string>();
  for (const message of [...REQUEST_LAYOUT, ...RESPONSE_LAYOUT]) {
    const payloads = [message.key, message.value, message.valueWithMore];
    for (const { name, type } of payloads.flatMap(({ parts }) => parts)) {
      if (name !== "key" && name !== "value" && type !== "credentials") parts.add(name);
    }
  }
  const names = [...parts, "password", "password_len", "offer"];
  const frames = WHOLE.map(({ dump }) => bytesOf(dump));
  const rows = await tshark(apart(frames), names.map((name) => `cafe.${name}`));
  for (const [at, bytes] of frames.entries()) {
    const [frame] = framesOf(inspect(bytes, { format: "raw" }));
    const expected = names.map((name) => {
      const field = frame!.fields.find((field) => field.name === name);
      if (field === undefined) return "";
      return field.value === undefined ? field.bytes.toHex() : `${field.value}`;
    });
    assertEquals(
      rows[at]!.map((text) => text.slice(0, 64)),
      expected.map((text) => text.slice(0, 64)),
    );
  }
});

const GET = (id: number) =>
  Uint8Array.fromHex(`cafe01010010000300000000${id.toString(16).padStart(8, "0")}666f6f`);
const OK = (id: number) =>
  Uint8Array.fromHex(`cafe01800010000000000003${id.toString(16).padStart(8, "0")}626172`);
const PING = Uint8Array.fromHex("cafe01040000000000000000");
const QUIET = Uint8Array.fromHex("cafe01040100000000000000");
const PONG = Uint8Array.fromHex("cafe01800000000000000004" + "504f4e47");

sharkTest("tshark matches responses with requests: by id, otherwise in order", async () => {
  const said = saidOf([GET(1), GET(2), OK(2), OK(1), QUIET, PING, PONG]);
  const capture = pcap(captured(conversation(said)));
  const fields = ["frame.number", "cafe.response_to", "cafe.response_in", "cafe.time"];
  const rows = await tshark(capture, fields, ["-2", "-Y", "cafe"]);
  assertEquals(rows.map((row) => row.slice(0, 3)), [
    ["4", "", "7"],
    ["5", "", "6"],
    ["6", "5", ""],
    ["7", "4", ""],
    ["8", "", ""],
    ["9", "", "10"],
    ["10", "9", ""],
  ]);
  assertEquals(rows.map(([, , , time]) => Number(time)), [0, 0, 0.001, 0.003, 0, 0, 0.001]);
});

sharkTest("tshark reads the value of an OK by its request", async () => {
  const incr = Uint8Array.fromHex("cafe0106000000010000000061");
  const ok = Uint8Array.fromHex("cafe01800000000000000008" + "fffffffffffffffe");
  const scan = Uint8Array.fromHex("cafe01090000000000000000");
  const page = Uint8Array.fromHex(
    "cafe0180000000000000000f" + "0000000000000007" + "0001610002" + "6262",
  );
  const capture = pcap(captured(conversation(saidOf([incr, ok, scan, page]))));
  const rows = await tshark(capture, ["cafe.result", "cafe.cursor", "cafe.keys.key"]);
  assertEquals(rows, [["", "", ""], ["-2", "", ""], ["", "", ""], ["", "7", "61,6262"]]);
});

sharkTest("tshark puts frames together however segments cut them", async () => {
  const frames = WHOLE.map(({ dump }) => bytesOf(dump));
  const requests = frames.filter((frame) => frame[3]! < 128);
  for (const most of [1, 7, 50, 1400]) {
    const said: Said[] = [{ by: "client", bytes: concat(requests) }];
    const capture = pcap(captured(conversation(said, clientEnds(), most)));
    const rows = await tshark(capture, ["cafe.opcode"]);
    const opcodes = rows.flatMap(([opcodes = ""]) =>
      opcodes.split(",").filter(Boolean).map(Number)
    );
    assertEquals(opcodes, requests.map((frame) => frame[3]), `${most}`);
  }
});

sharkTest("tshark marks errors and damage, and goes on behind it", async () => {
  const wrong = Uint8Array.fromHex("cafe0102000400030000000366" + "6f6f626173" + "bf0de912");
  const reserved = Uint8Array.fromHex("cafe01040410000000000000");
  const error = Uint8Array.fromHex("cafe01810000000700000002" + "434f4e464c49" + "43" + "6869");
  const noise = new TextEncoder().encode("no frame");
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [wrong, /the checksum is wrong/],
    [concat([reserved, PING]), /a reserved flag is set/],
    [concat([PING, noise, PING]), /the magic is wrong/],
    [error, /CONFLICT|the code is not known|an unknown code/],
    [Uint8Array.fromHex("cafe01770000000000000000"), /the opcode is not known/],
    [Uint8Array.fromHex("cafe02040000000000000000"), /the version is not known/],
    [Uint8Array.fromHex("cafe010600000001000000036101" + "0203"), /not what the message has/],
    [Uint8Array.fromHex("cafe01040020000000000000" + "0000000000000001"), /does not take a flag/],
    [Uint8Array.fromHex("cafe010400000000ffffffff" + "0000000000000001"), /too large/],
  ];
  const rows = await tshark(apart(cases.map(([bytes]) => bytes)), [
    "_ws.expert.message",
    "cafe.opcode",
  ]);
  for (const [at, [, message]] of cases.entries()) assertMatch(rows[at]![0]!, message);
  assertEquals(rows[2]![1], "4,4");
});

sharkTest("tshark shows what the server says to HTTP on its port", async () => {
  const request = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const error = Uint8Array.fromHex("cafe01810000000800000002" + "50524f544f434f4c" + "6869");
  const said: Said[] = [{ by: "client", bytes: request }, { by: "server", bytes: error }];
  const rows = await tshark(pcap(captured(conversation(said))), ["cafe.skipped", "cafe.code"]);
  assertEquals(rows, [[request.toHex(), ""], ["", "PROTOCOL"]]);
});

sharkTest("tshark finds CAFE on other ports by its magic, and by decode-as", async () => {
  const heuristic = pcap(captured(conversation(saidOf([GET(1), OK(1)]), clientEnds(7777))));
  assertEquals((await tshark(heuristic, ["cafe.opcode"])).flat(), ["1", "128"]);
  const as = ["-d", "tcp.port==7777,cafe", "-Y", "cafe"];
  assertEquals((await tshark(heuristic, ["cafe.opcode"], as)).flat(), ["1", "128"]);
});

sharkTest("tshark takes damaged frames without an error of the script", async () => {
  const frames = WHOLE.flatMap(({ dump }, at) => {
    const bytes = bytesOf(dump);
    bytes[2 + at % (bytes.length - 2)]! ^= 1 << (at % 8);
    return [bytes, bytesOf(dump).subarray(0, 1 + at % bytes.length)];
  });
  const rows = await tshark(apart(frames), ["_ws.lua.error", "cafe.opcode"], ["-Y", "tcp.len > 0"]);
  assertEquals(rows.length, frames.length);
  assertEquals(rows.map(([error]) => error).filter(Boolean), []);
});
