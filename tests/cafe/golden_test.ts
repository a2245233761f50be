import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes";
import { CafeReplyDecoder, type CafeRequest, CafeRequestDecoder } from "../../lib/cafe/mod.ts";
import { verifyDecoder } from "../../lib/codec/verify_decoder.ts";
import { bytesOf, dumpsIn, linesOf } from "./dump.ts";
import {
  GOLDEN,
  GOLDEN_BROKEN,
  GOLDEN_REFUSED,
  GOLDEN_REQUESTS,
  GOLDEN_RESPONSES,
} from "./golden.ts";
import { decodeReplies, decodeRequests, encodeRequests, encodeResponses } from "./helpers.ts";

const PURE = { permissions: "none" } as const;
const REQUESTS = [...GOLDEN_REQUESTS, ...GOLDEN_REFUSED];

for (const { name, dump, request, canonical } of REQUESTS) {
  Deno.test(`golden request ${name} decodes to its request, however it is cut`, PURE, () => {
    const input = bytesOf(dump);
    assertEquals(decodeRequests(input), { messages: [request], error: undefined });
    verifyDecoder({ decoder: () => new CafeRequestDecoder(), input, messages: [request] });
  });
  if (!canonical) continue;
  Deno.test(`golden request ${name} is what the encoder writes`, PURE, () => {
    assertEquals(encodeRequests(request as CafeRequest).toHex(), bytesOf(dump).toHex());
  });
}

for (const { name, dump, response, reply } of GOLDEN_RESPONSES) {
  Deno.test(`golden response ${name} decodes to its reply, however it is cut`, PURE, () => {
    const input = bytesOf(dump);
    assertEquals(decodeReplies(input), { messages: [reply], error: undefined });
    verifyDecoder({ decoder: () => new CafeReplyDecoder(), input, messages: [reply] });
  });
  Deno.test(`golden response ${name} is what the encoder writes`, PURE, () => {
    assertEquals(encodeResponses(response).toHex(), bytesOf(dump).toHex());
  });
}

for (const { name, dump, before, error } of GOLDEN_BROKEN) {
  Deno.test(`golden broken stream ${name} ends in its error, however it is cut`, PURE, () => {
    const input = bytesOf(dump);
    const decoded = decodeRequests(input);
    const { code, offset, id, message } = decoded.error!;
    assertEquals(decoded.messages, before);
    assertEquals({ code, offset, id, message }, error);
    verifyDecoder({
      decoder: () => new CafeRequestDecoder(),
      input,
      messages: before,
      error: { code, offset },
    });
  });
}

Deno.test("golden requests decode as one stream, those that are refused among them", PURE, () => {
  const input = concat(REQUESTS.map(({ dump }) => bytesOf(dump)));
  const messages = REQUESTS.map(({ request }) => request);
  verifyDecoder({ decoder: () => new CafeRequestDecoder(), input, messages });
});

Deno.test("golden responses decode as one stream", PURE, () => {
  const input = concat(GOLDEN_RESPONSES.map(({ dump }) => bytesOf(dump)));
  assertEquals(decodeReplies(input).messages, GOLDEN_RESPONSES.map(({ reply }) => reply));
});

Deno.test("golden ERR says what the refused request or the broken stream says", PURE, () => {
  const answers = new Map(GOLDEN_RESPONSES.map(({ name, response }) => [name, response]));
  for (const { name, request } of GOLDEN_REFUSED) {
    if (request.op !== "INVALID") throw new Error(`${name} is not refused`);
    const { id, checksum, code, message } = request;
    assertEquals(answers.get(`err-${name}`), { type: "ERR", id, checksum, code, message });
  }
  for (const { name, error: { id, code, message } } of GOLDEN_BROKEN) {
    assertEquals(answers.get(`err-${name}`), { type: "ERR", id, checksum: false, code, message });
  }
});

Deno.test("golden corpus and docs/cafe.md have the same examples", {
  permissions: { read: ["docs"] },
}, () => {
  const documented = dumpsIn(Deno.readTextFileSync(new URL("../../docs/cafe.md", import.meta.url)));
  const corpus = GOLDEN.map(({ dump }) => linesOf(dump));
  const missing = GOLDEN.filter(({ dump }) => !documented.map(linesOf).includes(linesOf(dump)));
  assertEquals(missing.map(({ name }) => name), [], "These examples are not in docs/cafe.md");
  const unknown = documented.filter((dump) => !corpus.includes(linesOf(dump)));
  assertEquals(unknown, [], "These examples of docs/cafe.md are not in the corpus");
});

Deno.test("golden corpus has an example of every request and every response", PURE, () => {
  const ops = new Set(GOLDEN_REQUESTS.map(({ dump }) => bytesOf(dump)[3]));
  assertEquals([...ops].toSorted((a, b) => a! - b!), Array.from({ length: 16 }, (_, i) => i + 1));
  const types = new Set(GOLDEN_RESPONSES.map(({ dump }) => bytesOf(dump)[3]));
  assertEquals([...types].toSorted(), [128, 129, 130, 131, 132, 133, 134]);
});

Deno.test("golden names are not used twice", PURE, () => {
  assertEquals(new Set(GOLDEN.map(({ name }) => name)).size, GOLDEN.length);
});
