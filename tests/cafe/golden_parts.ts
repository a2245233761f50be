/** Golden frames of values in parts, and of windows: docs/cafe.md, MORE and Flow control. */

import type { CafeResponse, DecodedRequest, Reply, RequestHead } from "../../lib/cafe/mod.ts";
import { error } from "../../lib/model/mod.ts";
import { utf8 } from "./dump.ts";
import type { GoldenRequest, GoldenResponse } from "./golden.ts";

const PLAIN: RequestHead = { id: undefined, quiet: false, checksum: false, durable: false };
const NONE = new Uint8Array(0);
const FOO = utf8("foo");
const NO_ENTRY = { ttl: undefined, version: undefined };

function golden(
  name: string,
  request: DecodedRequest,
  dump: string,
  canonical = true,
): GoldenRequest {
  return { name, direction: "request", request, dump, canonical };
}

/** One frame each that is a request which can be carried out. */
export const GOLDEN_PARTS_REQUESTS: readonly GoldenRequest[] = [
  golden(
    "set-parts",
    { ...PLAIN, id: 20, op: "SET_PARTS", key: FOO, size: 5, ...NO_ENTRY },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      02                       ; opcode 2: SET
      00 90                    ; flags: ID, MORE
      00 03                    ; key_len 3
      00 00 00 08              ; value_len 8
      00 00 00 14              ; id 20
      66 6f 6f                 ; key "foo"
      00 00 00 00 00 00 00 05  ; the value has 5 bytes
    `,
  ),
  golden(
    "part",
    { ...PLAIN, id: 20, op: "PART", value: utf8("hel"), last: false },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      0f           ; opcode 15: PART
      00 90        ; flags: ID, MORE
      00 00        ; key_len 0
      00 00 00 03  ; value_len 3
      00 00 00 14  ; id 20
      68 65 6c     ; value "hel"
    `,
  ),
  golden(
    "part-last",
    { ...PLAIN, id: 20, op: "PART", value: utf8("lo"), last: true },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      0f           ; opcode 15: PART
      00 10        ; flags: ID
      00 00        ; key_len 0
      00 00 00 02  ; value_len 2
      00 00 00 14  ; id 20
      6c 6f        ; value "lo"
    `,
  ),
  golden(
    "get-parts",
    { ...PLAIN, id: 21, op: "GET_PARTS", key: FOO, wantVersion: false, window: 1_048_576 },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      01           ; opcode 1: GET
      00 90        ; flags: ID, MORE
      00 03        ; key_len 3
      00 00 00 04  ; value_len 4
      00 00 00 15  ; id 21
      66 6f 6f     ; key "foo"
      00 10 00 00  ; 1048576 bytes of parts may come
    `,
  ),
  golden(
    "window",
    { ...PLAIN, id: 21, op: "WINDOW", bytes: 524_288 },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      10           ; opcode 16: WINDOW
      00 10        ; flags: ID
      00 00        ; key_len 0
      00 00 00 04  ; value_len 4
      00 00 00 15  ; id 21
      00 08 00 00  ; 524288 bytes more
    `,
  ),
  golden(
    "window-give-up",
    { ...PLAIN, id: 21, op: "WINDOW", bytes: 0 },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      10           ; opcode 16: WINDOW
      00 10        ; flags: ID
      00 00        ; key_len 0
      00 00 00 04  ; value_len 4
      00 00 00 15  ; id 21
      00 00 00 00  ; the request is given up
    `,
  ),
];

/** One frame each that is answered with an error. */
export const GOLDEN_PARTS_REFUSED: readonly GoldenRequest[] = [
  golden(
    "append-more",
    {
      ...PLAIN,
      id: 22,
      op: "INVALID",
      code: "UNSUPPORTED_FLAG",
      message: "Cannot carry out APPEND: it does not take MORE",
    },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      07           ; opcode 7: APPEND
      00 90        ; flags: ID, MORE
      00 03        ; key_len 3
      00 00 00 03  ; value_len 3
      00 00 00 16  ; id 22
      66 6f 6f     ; key "foo"
      62 61 72     ; value "bar"
    `,
    false,
  ),
  golden(
    "part-no-id",
    {
      ...PLAIN,
      id: undefined,
      op: "INVALID",
      code: "BAD_REQUEST",
      message: "Cannot carry out PART: about a value in parts, it needs an id",
    },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      0f           ; opcode 15: PART
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 03  ; value_len 3
      68 65 6c     ; value "hel"
    `,
    false,
  ),
];

const REPLY: Reply = {
  type: "OK",
  id: undefined,
  checksum: false,
  more: false,
  ttl: undefined,
  version: undefined,
  key: NONE,
  value: NONE,
};

function response(
  name: string,
  response: CafeResponse,
  reply: Partial<Reply>,
  dump: string,
): GoldenResponse {
  return { name, direction: "response", response, reply: { ...REPLY, ...reply }, dump };
}

/** One response frame each. */
export const GOLDEN_PARTS_RESPONSES: readonly GoldenResponse[] = [
  response(
    "ok-parts",
    { type: "PARTS", id: 21, checksum: false, size: 5, ...NO_ENTRY },
    { id: 21, more: true, value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 5) },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      80                       ; opcode 128: OK
      00 90                    ; flags: ID, MORE
      00 00                    ; key_len 0
      00 00 00 08              ; value_len 8
      00 00 00 15              ; id 21
      00 00 00 00 00 00 00 05  ; the value has 5 bytes
    `,
  ),
  response(
    "reply-part",
    { type: "PART", id: 21, checksum: false, value: utf8("hel"), last: false },
    { type: "PART", id: 21, more: true, value: utf8("hel") },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      85           ; opcode 133: PART
      00 90        ; flags: ID, MORE
      00 00        ; key_len 0
      00 00 00 03  ; value_len 3
      00 00 00 15  ; id 21
      68 65 6c     ; value "hel"
    `,
  ),
  response(
    "reply-part-last",
    { type: "PART", id: 21, checksum: false, value: utf8("lo"), last: true },
    { type: "PART", id: 21, value: utf8("lo") },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      85           ; opcode 133: PART
      00 10        ; flags: ID
      00 00        ; key_len 0
      00 00 00 02  ; value_len 2
      00 00 00 15  ; id 21
      6c 6f        ; value "lo"
    `,
  ),
  response(
    "reply-window",
    { type: "WINDOW", id: undefined, checksum: false, window: { requests: 100, bytes: 8_388_608 } },
    { type: "WINDOW", value: Uint8Array.fromHex("000000640000000000800000") },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      86                       ; opcode 134: WINDOW
      00 00                    ; flags: none
      00 00                    ; key_len 0
      00 00 00 0c              ; value_len 12
      00 00 00 64              ; 100 requests more
      00 00 00 00 00 80 00 00  ; 8388608 bytes more
    `,
  ),
  response(
    "err-append-more",
    { ...error("UNSUPPORTED_FLAG", "Cannot carry out APPEND: it does not take MORE"), id: 22 },
    {
      type: "ERR",
      id: 22,
      key: utf8("UNSUPPORTED_FLAG"),
      value: utf8("Cannot carry out APPEND: it does not take MORE"),
    },
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 10                                            ; flags: ID
      00 10                                            ; key_len 16
      00 00 00 2e                                      ; value_len 46
      00 00 00 16                                      ; id 22
      55 4e 53 55 50 50 4f 52 54 45 44 5f 46 4c 41 47  ; code "UNSUPPORTED_FLAG"
      43 61 6e 6e 6f 74 20 63 61 72 72 79 20 6f 75 74  ; |Cannot carry out|
      20 41 50 50 45 4e 44 3a 20 69 74 20 64 6f 65 73  ; | APPEND: it does|
      20 6e 6f 74 20 74 61 6b 65 20 4d 4f 52 45        ; | not take MORE|
    `,
  ),
  response(
    "err-part-no-id",
    {
      ...error("BAD_REQUEST", "Cannot carry out PART: about a value in parts, it needs an id"),
      id: undefined,
    },
    {
      type: "ERR",
      id: undefined,
      key: utf8("BAD_REQUEST"),
      value: utf8("Cannot carry out PART: about a value in parts, it needs an id"),
    },
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 00                                            ; flags: none
      00 0b                                            ; key_len 11
      00 00 00 3d                                      ; value_len 61
      42 41 44 5f 52 45 51 55 45 53 54                 ; code "BAD_REQUEST"
      43 61 6e 6e 6f 74 20 63 61 72 72 79 20 6f 75 74  ; |Cannot carry out|
      20 50 41 52 54 3a 20 61 62 6f 75 74 20 61 20 76  ; | PART: about a v|
      61 6c 75 65 20 69 6e 20 70 61 72 74 73 2c 20 69  ; |alue in parts, i|
      74 20 6e 65 65 64 73 20 61 6e 20 69 64           ; |t needs an id|
    `,
  ),
  response(
    "err-overrun",
    {
      ...error(
        "OVERRUN",
        "Cannot carry out GET: 8192 requests or 16777216 bytes are in flight (options maxInFlight, maxInFlightBytes); wait for WINDOW",
      ),
      id: 23,
    },
    {
      type: "ERR",
      id: 23,
      key: utf8("OVERRUN"),
      value: utf8(
        "Cannot carry out GET: 8192 requests or 16777216 bytes are in flight (options maxInFlight, maxInFlightBytes); wait for WINDOW",
      ),
    },
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 10                                            ; flags: ID
      00 07                                            ; key_len 7
      00 00 00 7c                                      ; value_len 124
      00 00 00 17                                      ; id 23
      4f 56 45 52 52 55 4e                             ; code "OVERRUN"
      43 61 6e 6e 6f 74 20 63 61 72 72 79 20 6f 75 74  ; |Cannot carry out|
      20 47 45 54 3a 20 38 31 39 32 20 72 65 71 75 65  ; | GET: 8192 reque|
      73 74 73 20 6f 72 20 31 36 37 37 37 32 31 36 20  ; |sts or 16777216 |
      62 79 74 65 73 20 61 72 65 20 69 6e 20 66 6c 69  ; |bytes are in fli|
      67 68 74 20 28 6f 70 74 69 6f 6e 73 20 6d 61 78  ; |ght (options max|
      49 6e 46 6c 69 67 68 74 2c 20 6d 61 78 49 6e 46  ; |InFlight, maxInF|
      6c 69 67 68 74 42 79 74 65 73 29 3b 20 77 61 69  ; |lightBytes); wai|
      74 20 66 6f 72 20 57 49 4e 44 4f 57              ; |t for WINDOW|
    `,
  ),
  response(
    "err-cancelled",
    { ...error("CANCELLED", "Cannot complete the request: its client has given it up"), id: 21 },
    {
      type: "ERR",
      id: 21,
      key: utf8("CANCELLED"),
      value: utf8("Cannot complete the request: its client has given it up"),
    },
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 10                                            ; flags: ID
      00 09                                            ; key_len 9
      00 00 00 37                                      ; value_len 55
      00 00 00 15                                      ; id 21
      43 41 4e 43 45 4c 4c 45 44                       ; code "CANCELLED"
      43 61 6e 6e 6f 74 20 63 6f 6d 70 6c 65 74 65 20  ; |Cannot complete |
      74 68 65 20 72 65 71 75 65 73 74 3a 20 69 74 73  ; |the request: its|
      20 63 6c 69 65 6e 74 20 68 61 73 20 67 69 76 65  ; | client has give|
      6e 20 69 74 20 75 70                             ; |n it up|
    `,
  ),
];
