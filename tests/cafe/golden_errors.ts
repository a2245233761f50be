/** Golden requests that are refused, streams that are broken, and the ERR of each: docs/cafe.md, section 7. */

import type { DecodedRequest, RequestHead } from "../../lib/cafe/mod.ts";
import { error, type ErrorCode, type ErrorResponse } from "../../lib/model/mod.ts";
import type { GoldenBroken, GoldenRequest } from "./golden.ts";

const PLAIN: RequestHead = { id: undefined, quiet: false, checksum: false, durable: false };

function refused(
  name: string,
  code: ErrorCode,
  head: { readonly id?: number; readonly checksum?: boolean },
  message: string,
  dump: string,
): GoldenRequest {
  const request: DecodedRequest = { ...PLAIN, ...head, op: "INVALID", code, message };
  return { name, direction: "request", request, dump, canonical: false };
}

function broken(
  name: string,
  error: GoldenBroken["error"],
  before: readonly DecodedRequest[],
  dump: string,
): GoldenBroken {
  return { name, direction: "broken", error, before, dump };
}

/** One frame each that is answered with an ERR and skipped. */
export const GOLDEN_BASIC_REFUSED: readonly GoldenRequest[] = [
  refused(
    "unknown-version",
    "UNSUPPORTED_VERSION",
    { id: 12 },
    "Cannot decode frame: version 2 is not supported; version 1 is",
    String.raw`
      ca fe        ; magic
      02           ; version 2
      02           ; opcode 2: what it means in version 2 is not known
      00 10        ; flags: ID
      00 03        ; key_len 3
      00 00 00 03  ; value_len 3
      00 00 00 0c  ; id 12
      66 6f 6f     ; key "foo"
      62 61 72     ; value "bar"
    `,
  ),
  refused(
    "unknown-opcode",
    "UNKNOWN_OPCODE",
    { id: 13 },
    "Cannot carry out opcode 77: no request has it",
    String.raw`
      ca fe        ; magic
      01           ; version 1
      4d           ; opcode 77: no request has it
      00 10        ; flags: ID
      00 03        ; key_len 3
      00 00 00 00  ; value_len 0
      00 00 00 0d  ; id 13
      66 6f 6f     ; key "foo"
    `,
  ),
  refused(
    "compressed",
    "UNSUPPORTED_FLAG",
    { id: 14 },
    "Cannot decode frame: COMPRESSED is not in use on this connection",
    String.raw`
      ca fe           ; magic
      01              ; version 1
      02              ; opcode 2: SET
      00 11           ; flags: COMPRESSED, ID
      00 03           ; key_len 3
      00 00 00 05     ; value_len 5
      00 00 00 0e     ; id 14
      66 6f 6f        ; key "foo"
      4b 4a 2c 02 00  ; "bar" in raw deflate
    `,
  ),
  refused(
    "signed",
    "UNSUPPORTED_FLAG",
    { checksum: true },
    "Cannot decode frame: SIGNED is not in use on this connection",
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      02                                               ; opcode 2: SET
      00 0c                                            ; flags: CHECKSUM, SIGNED
      00 03                                            ; key_len 3
      00 00 00 03                                      ; value_len 3
      66 6f 6f                                         ; key "foo"
      62 61 72                                         ; value "bar"
      e5 0e 3a 7f                                      ; CRC-32 of the 18 bytes above
      4e 9d 6d 5c 9a b1 0e cc 0b 76 6f bf 74 0c f5 3e  ; HMAC-SHA-256 of the 22 bytes above
      d2 ea 05 79 83 bd dc 8f 96 b9 98 91 5b 19 d0 25  ; ...
    `,
  ),
  refused(
    "flag-not-taken",
    "UNSUPPORTED_FLAG",
    {},
    "Cannot carry out PING: it does not take TTL",
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      04                       ; opcode 4: PING
      00 20                    ; flags: TTL
      00 00                    ; key_len 0
      00 00 00 00              ; value_len 0
      00 00 00 00 00 00 03 e8  ; time to live 1000 ms
    `,
  ),
  refused(
    "get-with-value",
    "BAD_REQUEST",
    {},
    "Cannot carry out GET: its value must be empty and has 3 bytes",
    String.raw`
      ca fe        ; magic
      01           ; version 1
      01           ; opcode 1: GET
      00 00        ; flags: none
      00 03        ; key_len 3
      00 00 00 03  ; value_len 3
      66 6f 6f     ; key "foo"
      62 61 72     ; value "bar"
    `,
  ),
  refused(
    "ttl-zero",
    "BAD_REQUEST",
    {},
    "Cannot carry out SET: time to live 0 ms is not in 1 to 4503599627370496",
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      02                       ; opcode 2: SET
      00 20                    ; flags: TTL
      00 03                    ; key_len 3
      00 00 00 03              ; value_len 3
      00 00 00 00 00 00 00 00  ; time to live 0 ms
      66 6f 6f                 ; key "foo"
      62 61 72                 ; value "bar"
    `,
  ),
];

/** Streams that end in an ERR and a closed connection. */
export const GOLDEN_BROKEN: readonly GoldenBroken[] = [
  broken(
    "wrong-magic",
    {
      code: "PROTOCOL",
      offset: 12,
      id: undefined,
      message:
        'Cannot decode frame at offset 12: expected the magic ca fe, found 47 45 54 20 2f 20 48 54 ("GET / HT"): it looks like an HTTP request',
    },
    [{ ...PLAIN, op: "PING", value: new Uint8Array(0) }],
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      04                                               ; opcode 4: PING
      00 00                                            ; flags: none
      00 00                                            ; key_len 0
      00 00 00 00                                      ; value_len 0
      47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a  ; |GET / HTTP/1.1..|
    `,
  ),
  broken(
    "reserved-flag",
    {
      code: "UNSUPPORTED_FLAG",
      offset: 0,
      id: 15,
      message:
        "Cannot decode frame: flag 0x0400 is reserved, so that the frame's length is not known",
    },
    [],
    String.raw`
      ca fe        ; magic
      01           ; version 1
      04           ; opcode 4: PING
      04 10        ; flags: ID, reserved
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
      00 00 00 0f  ; id 15
    `,
  ),
  broken(
    "too-large",
    {
      code: "TOO_LARGE",
      offset: 0,
      id: 16,
      message:
        "Cannot decode frame: value_len 70000000 exceeds the limit 67108864 (option maxValueSize)",
    },
    [],
    String.raw`
      ca fe        ; magic
      01           ; version 1
      02           ; opcode 2: SET
      00 10        ; flags: ID
      00 03        ; key_len 3
      04 2c 1d 80  ; value_len 70000000
      00 00 00 10  ; id 16
    `,
  ),
  broken(
    "wrong-checksum",
    {
      code: "CHECKSUM",
      offset: 0,
      id: undefined,
      message:
        "Cannot decode frame at offset 0: its checksum is 0xbf0de912, its bytes have 0xc80ad984",
    },
    [],
    String.raw`
      ca fe        ; magic
      01           ; version 1
      02           ; opcode 2: SET
      00 04        ; flags: CHECKSUM
      00 03        ; key_len 3
      00 00 00 03  ; value_len 3
      66 6f 6f     ; key "foo"
      62 61 73     ; value "bas"
      bf 0d e9 12  ; not the CRC-32 of the 18 bytes above, which is 0xc80ad984
    `,
  ),
  broken(
    "cut-frame",
    {
      code: "PROTOCOL",
      offset: 0,
      id: 17,
      message: "Stream ended inside a frame: 21 of 22 bytes of SET (id 17) had come",
    },
    [],
    String.raw`
      ca fe        ; magic
      01           ; version 1
      02           ; opcode 2: SET
      00 10        ; flags: ID
      00 03        ; key_len 3
      00 00 00 03  ; value_len 3
      00 00 00 11  ; id 17
      66 6f 6f     ; key "foo"
      62 61        ; the first 2 bytes of the value, then the end of the stream
    `,
  ),
];

/** The ERR of each example above: its name is `err-` and the example's. */
export const GOLDEN_ERRORS: readonly {
  readonly name: string;
  readonly response: ErrorResponse;
  readonly dump: string;
}[] = [
  {
    name: "err-unknown-version",
    response: {
      ...error(
        "UNSUPPORTED_VERSION",
        "Cannot decode frame: version 2 is not supported; version 1 is",
      ),
      id: 12,
    },
    dump: String.raw`
      ca fe                                                     ; magic
      01                                                        ; version 1
      81                                                        ; opcode 129: ERR
      00 10                                                     ; flags: ID
      00 13                                                     ; key_len 19
      00 00 00 3d                                               ; value_len 61
      00 00 00 0c                                               ; id 12
      55 4e 53 55 50 50 4f 52 54 45 44 5f 56 45 52 53 49 4f 4e  ; code "UNSUPPORTED_VERSION"
      43 61 6e 6e 6f 74 20 64 65 63 6f 64 65 20 66 72           ; |Cannot decode fr|
      61 6d 65 3a 20 76 65 72 73 69 6f 6e 20 32 20 69           ; |ame: version 2 i|
      73 20 6e 6f 74 20 73 75 70 70 6f 72 74 65 64 3b           ; |s not supported;|
      20 76 65 72 73 69 6f 6e 20 31 20 69 73                    ; | version 1 is|
    `,
  },
  {
    name: "err-unknown-opcode",
    response: {
      ...error("UNKNOWN_OPCODE", "Cannot carry out opcode 77: no request has it"),
      id: 13,
    },
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 10                                            ; flags: ID
      00 0e                                            ; key_len 14
      00 00 00 2d                                      ; value_len 45
      00 00 00 0d                                      ; id 13
      55 4e 4b 4e 4f 57 4e 5f 4f 50 43 4f 44 45        ; code "UNKNOWN_OPCODE"
      43 61 6e 6e 6f 74 20 63 61 72 72 79 20 6f 75 74  ; |Cannot carry out|
      20 6f 70 63 6f 64 65 20 37 37 3a 20 6e 6f 20 72  ; | opcode 77: no r|
      65 71 75 65 73 74 20 68 61 73 20 69 74           ; |equest has it|
    `,
  },
  {
    name: "err-compressed",
    response: {
      ...error(
        "UNSUPPORTED_FLAG",
        "Cannot decode frame: COMPRESSED is not in use on this connection",
      ),
      id: 14,
    },
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 10                                            ; flags: ID
      00 10                                            ; key_len 16
      00 00 00 40                                      ; value_len 64
      00 00 00 0e                                      ; id 14
      55 4e 53 55 50 50 4f 52 54 45 44 5f 46 4c 41 47  ; code "UNSUPPORTED_FLAG"
      43 61 6e 6e 6f 74 20 64 65 63 6f 64 65 20 66 72  ; |Cannot decode fr|
      61 6d 65 3a 20 43 4f 4d 50 52 45 53 53 45 44 20  ; |ame: COMPRESSED |
      69 73 20 6e 6f 74 20 69 6e 20 75 73 65 20 6f 6e  ; |is not in use on|
      20 74 68 69 73 20 63 6f 6e 6e 65 63 74 69 6f 6e  ; | this connection|
    `,
  },
  {
    name: "err-signed",
    response: {
      ...error("UNSUPPORTED_FLAG", "Cannot decode frame: SIGNED is not in use on this connection"),
      checksum: true,
    },
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 04                                            ; flags: CHECKSUM
      00 10                                            ; key_len 16
      00 00 00 3c                                      ; value_len 60
      55 4e 53 55 50 50 4f 52 54 45 44 5f 46 4c 41 47  ; code "UNSUPPORTED_FLAG"
      43 61 6e 6e 6f 74 20 64 65 63 6f 64 65 20 66 72  ; |Cannot decode fr|
      61 6d 65 3a 20 53 49 47 4e 45 44 20 69 73 20 6e  ; |ame: SIGNED is n|
      6f 74 20 69 6e 20 75 73 65 20 6f 6e 20 74 68 69  ; |ot in use on thi|
      73 20 63 6f 6e 6e 65 63 74 69 6f 6e              ; |s connection|
      c8 0c 1c 30                                      ; CRC-32 of the 88 bytes above
    `,
  },
  {
    name: "err-flag-not-taken",
    response: error("UNSUPPORTED_FLAG", "Cannot carry out PING: it does not take TTL"),
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 00                                            ; flags: none
      00 10                                            ; key_len 16
      00 00 00 2b                                      ; value_len 43
      55 4e 53 55 50 50 4f 52 54 45 44 5f 46 4c 41 47  ; code "UNSUPPORTED_FLAG"
      43 61 6e 6e 6f 74 20 63 61 72 72 79 20 6f 75 74  ; |Cannot carry out|
      20 50 49 4e 47 3a 20 69 74 20 64 6f 65 73 20 6e  ; | PING: it does n|
      6f 74 20 74 61 6b 65 20 54 54 4c                 ; |ot take TTL|
    `,
  },
  {
    name: "err-get-with-value",
    response: error("BAD_REQUEST", "Cannot carry out GET: its value must be empty and has 3 bytes"),
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 00                                            ; flags: none
      00 0b                                            ; key_len 11
      00 00 00 3d                                      ; value_len 61
      42 41 44 5f 52 45 51 55 45 53 54                 ; code "BAD_REQUEST"
      43 61 6e 6e 6f 74 20 63 61 72 72 79 20 6f 75 74  ; |Cannot carry out|
      20 47 45 54 3a 20 69 74 73 20 76 61 6c 75 65 20  ; | GET: its value |
      6d 75 73 74 20 62 65 20 65 6d 70 74 79 20 61 6e  ; |must be empty an|
      64 20 68 61 73 20 33 20 62 79 74 65 73           ; |d has 3 bytes|
    `,
  },
  {
    name: "err-ttl-zero",
    response: error(
      "BAD_REQUEST",
      "Cannot carry out SET: time to live 0 ms is not in 1 to 4503599627370496",
    ),
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 00                                            ; flags: none
      00 0b                                            ; key_len 11
      00 00 00 47                                      ; value_len 71
      42 41 44 5f 52 45 51 55 45 53 54                 ; code "BAD_REQUEST"
      43 61 6e 6e 6f 74 20 63 61 72 72 79 20 6f 75 74  ; |Cannot carry out|
      20 53 45 54 3a 20 74 69 6d 65 20 74 6f 20 6c 69  ; | SET: time to li|
      76 65 20 30 20 6d 73 20 69 73 20 6e 6f 74 20 69  ; |ve 0 ms is not i|
      6e 20 31 20 74 6f 20 34 35 30 33 35 39 39 36 32  ; |n 1 to 450359962|
      37 33 37 30 34 39 36                             ; |7370496|
    `,
  },
  {
    name: "err-wrong-magic",
    response: error(
      "PROTOCOL",
      'Cannot decode frame at offset 12: expected the magic ca fe, found 47 45 54 20 2f 20 48 54 ("GET / HT"): it looks like an HTTP request',
    ),
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 00                                            ; flags: none
      00 08                                            ; key_len 8
      00 00 00 85                                      ; value_len 133
      50 52 4f 54 4f 43 4f 4c                          ; code "PROTOCOL"
      43 61 6e 6e 6f 74 20 64 65 63 6f 64 65 20 66 72  ; |Cannot decode fr|
      61 6d 65 20 61 74 20 6f 66 66 73 65 74 20 31 32  ; |ame at offset 12|
      3a 20 65 78 70 65 63 74 65 64 20 74 68 65 20 6d  ; |: expected the m|
      61 67 69 63 20 63 61 20 66 65 2c 20 66 6f 75 6e  ; |agic ca fe, foun|
      64 20 34 37 20 34 35 20 35 34 20 32 30 20 32 66  ; |d 47 45 54 20 2f|
      20 32 30 20 34 38 20 35 34 20 28 22 47 45 54 20  ; | 20 48 54 ("GET |
      2f 20 48 54 22 29 3a 20 69 74 20 6c 6f 6f 6b 73  ; |/ HT"): it looks|
      20 6c 69 6b 65 20 61 6e 20 48 54 54 50 20 72 65  ; | like an HTTP re|
      71 75 65 73 74                                   ; |quest|
    `,
  },
  {
    name: "err-reserved-flag",
    response: {
      ...error(
        "UNSUPPORTED_FLAG",
        "Cannot decode frame: flag 0x0400 is reserved, so that the frame's length is not known",
      ),
      id: 15,
    },
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 10                                            ; flags: ID
      00 10                                            ; key_len 16
      00 00 00 55                                      ; value_len 85
      00 00 00 0f                                      ; id 15
      55 4e 53 55 50 50 4f 52 54 45 44 5f 46 4c 41 47  ; code "UNSUPPORTED_FLAG"
      43 61 6e 6e 6f 74 20 64 65 63 6f 64 65 20 66 72  ; |Cannot decode fr|
      61 6d 65 3a 20 66 6c 61 67 20 30 78 30 34 30 30  ; |ame: flag 0x0400|
      20 69 73 20 72 65 73 65 72 76 65 64 2c 20 73 6f  ; | is reserved, so|
      20 74 68 61 74 20 74 68 65 20 66 72 61 6d 65 27  ; | that the frame'|
      73 20 6c 65 6e 67 74 68 20 69 73 20 6e 6f 74 20  ; |s length is not |
      6b 6e 6f 77 6e                                   ; |known|
    `,
  },
  {
    name: "err-too-large",
    response: {
      ...error(
        "TOO_LARGE",
        "Cannot decode frame: value_len 70000000 exceeds the limit 67108864 (option maxValueSize)",
      ),
      id: 16,
    },
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 10                                            ; flags: ID
      00 09                                            ; key_len 9
      00 00 00 58                                      ; value_len 88
      00 00 00 10                                      ; id 16
      54 4f 4f 5f 4c 41 52 47 45                       ; code "TOO_LARGE"
      43 61 6e 6e 6f 74 20 64 65 63 6f 64 65 20 66 72  ; |Cannot decode fr|
      61 6d 65 3a 20 76 61 6c 75 65 5f 6c 65 6e 20 37  ; |ame: value_len 7|
      30 30 30 30 30 30 30 20 65 78 63 65 65 64 73 20  ; |0000000 exceeds |
      74 68 65 20 6c 69 6d 69 74 20 36 37 31 30 38 38  ; |the limit 671088|
      36 34 20 28 6f 70 74 69 6f 6e 20 6d 61 78 56 61  ; |64 (option maxVa|
      6c 75 65 53 69 7a 65 29                          ; |lueSize)|
    `,
  },
  {
    name: "err-wrong-checksum",
    response: error(
      "CHECKSUM",
      "Cannot decode frame at offset 0: its checksum is 0xbf0de912, its bytes have 0xc80ad984",
    ),
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 00                                            ; flags: none
      00 08                                            ; key_len 8
      00 00 00 56                                      ; value_len 86
      43 48 45 43 4b 53 55 4d                          ; code "CHECKSUM"
      43 61 6e 6e 6f 74 20 64 65 63 6f 64 65 20 66 72  ; |Cannot decode fr|
      61 6d 65 20 61 74 20 6f 66 66 73 65 74 20 30 3a  ; |ame at offset 0:|
      20 69 74 73 20 63 68 65 63 6b 73 75 6d 20 69 73  ; | its checksum is|
      20 30 78 62 66 30 64 65 39 31 32 2c 20 69 74 73  ; | 0xbf0de912, its|
      20 62 79 74 65 73 20 68 61 76 65 20 30 78 63 38  ; | bytes have 0xc8|
      30 61 64 39 38 34                                ; |0ad984|
    `,
  },
  {
    name: "err-cut-frame",
    response: {
      ...error("PROTOCOL", "Stream ended inside a frame: 21 of 22 bytes of SET (id 17) had come"),
      id: 17,
    },
    dump: String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 10                                            ; flags: ID
      00 08                                            ; key_len 8
      00 00 00 43                                      ; value_len 67
      00 00 00 11                                      ; id 17
      50 52 4f 54 4f 43 4f 4c                          ; code "PROTOCOL"
      53 74 72 65 61 6d 20 65 6e 64 65 64 20 69 6e 73  ; |Stream ended ins|
      69 64 65 20 61 20 66 72 61 6d 65 3a 20 32 31 20  ; |ide a frame: 21 |
      6f 66 20 32 32 20 62 79 74 65 73 20 6f 66 20 53  ; |of 22 bytes of S|
      45 54 20 28 69 64 20 31 37 29 20 68 61 64 20 63  ; |ET (id 17) had c|
      6f 6d 65                                         ; |ome|
    `,
  },
];
