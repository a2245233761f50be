import { assertEquals, assertThrows } from "@std/assert";
import {
  AGREED_FLAGS,
  decodeOffer,
  encodeOffer,
  flagBits,
  grantMembers,
  needsSecret,
  readGrant,
} from "../../lib/cafe/mod.ts";
import { CommandError } from "../../lib/model/mod.ts";
import { bytesOf } from "./dump.ts";
import { decodeRequest, decodeRequests, encodeRequests, PLAIN } from "./helpers.ts";

const PURE = { permissions: "none" } as const;
const UTF8 = new TextEncoder();
const NONCE = new Uint8Array(32).fill(0xab);

Deno.test("an offer is read as it was written", PURE, () => {
  const offer = { flags: AGREED_FLAGS, nonce: NONCE };
  assertEquals(decodeOffer(encodeOffer(offer)), offer);
  const plain = { flags: ["COMPRESSED"] as const, nonce: undefined };
  assertEquals(decodeOffer(encodeOffer(plain)), { ...plain, flags: ["COMPRESSED"] });
});

Deno.test("decodeOffer ignores flags and members that it does not know", PURE, () => {
  const offer = UTF8.encode('{"later":1,"flags":["PADDED",7,"COMPRESSED"]}');
  assertEquals(decodeOffer(offer), { flags: ["COMPRESSED"], nonce: undefined });
});

const WRONG: Readonly<Record<string, string>> = {
  "no JSON": "{",
  "no object": "7",
  "null": "null",
  "no flags": "{}",
  "flags that are no array": '{"flags":"SIGNED"}',
  "no nonce for SIGNED": '{"flags":["SIGNED"]}',
  "a nonce that is no text": '{"flags":["ENCRYPTED"],"nonce":7}',
  "a short nonce": '{"flags":["ENCRYPTED"],"nonce":"abab"}',
  "a nonce that is not hex": `{"flags":["SIGNED"],"nonce":"${"xy".repeat(32)}"}`,
  "a nonce in upper case": `{"flags":["SIGNED"],"nonce":"${"AB".repeat(32)}"}`,
};

for (const [what, text] of Object.entries(WRONG)) {
  Deno.test(`decodeOffer refuses ${what}`, PURE, () => {
    const error = assertThrows(() => decodeOffer(UTF8.encode(text)), CommandError);
    assertEquals(error.code, "BAD_REQUEST");
  });
}

Deno.test(
  "a grant is read from the members of a reply, and nothing from one without them",
  PURE,
  () => {
    const grant = { flags: AGREED_FLAGS, nonce: NONCE, proof: new Uint8Array(32) };
    assertEquals(readGrant(grantMembers(grant)), { ...grant, flags: [...AGREED_FLAGS] });
    const nothing = { flags: [], nonce: undefined, proof: undefined };
    assertEquals(readGrant({}), nothing);
    assertEquals(readGrant({ flags: "SIGNED", nonce: 7, proof: "zz" }), nothing);
  },
);

Deno.test("only COMPRESSED needs no secret", PURE, () => {
  assertEquals(AGREED_FLAGS.filter((name) => needsSecret([name])), ["ENCRYPTED", "SIGNED"]);
  assertEquals(flagBits(AGREED_FLAGS), 0x000b);
});

// HELLO with an offer, by hand.

const OFFERING = `
  ca fe                 ; magic
  01                    ; version 1
  05                    ; opcode 5: HELLO
  00 00                 ; flags: none
  00 03                 ; key_len 3
  00 00 00 0f           ; value_len 15
  61 6e 6e              ; user "ann"
  00                    ; with an offer
  00 02                 ; password_len 2
  70 77                 ; password "pw"
  7b 22 66 6c 61 67 73  ; |{"flags|
  22 3a 7d              ; |":}|
`;

Deno.test("a HELLO with an offer is read and written as the specification says", PURE, () => {
  const request = {
    ...PLAIN,
    op: "HELLO" as const,
    user: UTF8.encode("ann"),
    password: UTF8.encode("pw"),
    offer: UTF8.encode('{"flags":}'),
  };
  assertEquals(decodeRequest(bytesOf(OFFERING)), request);
  assertEquals(encodeRequests(request).toHex(), bytesOf(OFFERING).toHex());
});

Deno.test(
  "a password that begins with 0 is sent with an empty offer, and has none when it is read",
  PURE,
  () => {
    const request = {
      ...PLAIN,
      op: "HELLO" as const,
      user: new Uint8Array(),
      password: Uint8Array.of(0, 7),
    };
    const bytes = encodeRequests(request);
    assertEquals(bytes.subarray(12).toHex(), "0000020007");
    assertEquals(decodeRequest(bytes), request);
  },
);

for (const value of ["00", "0000", "000001", "00000261"]) {
  Deno.test(`a HELLO whose value is ${value} ends inside its password`, PURE, () => {
    const size = (value.length / 2).toString(16).padStart(8, "0");
    const request = decodeRequest(Uint8Array.fromHex(`cafe010500000000${size}${value}`));
    assertEquals(request.op === "INVALID" && request.code, "BAD_REQUEST");
  });
}

for (const [flags, name] of [["0100", "QUIET"], ["0200", "DURABLE"]]) {
  Deno.test(`a HELLO with an offer does not take ${name}`, PURE, () => {
    const request = decodeRequest(
      Uint8Array.fromHex(`cafe0105${flags}000000000005000000` + "7b7d"),
    );
    assertEquals(
      request.op === "INVALID" && request.message,
      `Cannot carry out HELLO: with an offer it does not take ${name}`,
    );
  });
}

Deno.test("frames behind a HELLO with an offer wait until it is answered", PURE, () => {
  const hello = bytesOf(OFFERING);
  const ping = Uint8Array.fromHex("cafe01040000000000000000");
  const { messages, error } = decodeRequests(new Uint8Array([...hello, ...ping]));
  assertEquals([messages.length, error?.code], [1, "PROTOCOL"]); // The stream has ended with bytes that wait.
});
