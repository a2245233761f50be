/** Golden responses: docs/cafe.md, section 6, and the errors of section 7. */

import type { Reply } from "../../lib/cafe/mod.ts";
import {
  count,
  error,
  type ErrorResponse,
  goAway,
  integer,
  keys,
  miss,
  ok,
  push,
  type Response,
  text,
} from "../../lib/model/mod.ts";
import { utf8 } from "./dump.ts";
import type { GoldenResponse } from "./golden.ts";
import { GOLDEN_ERRORS } from "./golden_errors.ts";

const BAR = utf8("bar");
const NEWS = utf8("news");
const HELLO = '{"server":"cortado","version":"0.1.0","protocol":1,' +
  '"limits":{"maxKeySize":65535,"maxValueSize":67108864},"window":{"requests":0,"bytes":0}}';

const PLAIN: Reply = {
  type: "OK",
  id: undefined,
  checksum: false,
  more: false,
  ttl: undefined,
  version: undefined,
  key: new Uint8Array(0),
  value: new Uint8Array(0),
};

function golden(name: string, response: Response, reply: Reply, dump: string): GoldenResponse {
  return { name, direction: "response", response, reply, dump };
}

/** An ERR says the same to people and programs on both sides. */
function goldenError(name: string, response: ErrorResponse, dump: string): GoldenResponse {
  const { id, checksum, code, message } = response;
  const reply: Reply = {
    ...PLAIN,
    type: "ERR",
    id,
    checksum,
    key: utf8(code),
    value: utf8(message),
  };
  return golden(name, response, reply, dump);
}

/** One frame each. */
export const GOLDEN_BASIC_RESPONSES: readonly GoldenResponse[] = [
  golden(
    "ok",
    ok(),
    { ...PLAIN },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      80           ; opcode 128: OK
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
    `,
  ),
  golden(
    "ok-id",
    { ...ok(), id: 10 },
    { ...PLAIN, id: 10 },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      80           ; opcode 128: OK
      00 10        ; flags: ID
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
      00 00 00 0a  ; id 10
    `,
  ),
  golden(
    "ok-value",
    ok(BAR),
    { ...PLAIN, value: BAR },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      80           ; opcode 128: OK
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 03  ; value_len 3
      62 61 72     ; value "bar"
    `,
  ),
  golden(
    "ok-value-id",
    { ...ok(BAR), id: 7 },
    { ...PLAIN, id: 7, value: BAR },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      80           ; opcode 128: OK
      00 10        ; flags: ID
      00 00        ; key_len 0
      00 00 00 03  ; value_len 3
      00 00 00 07  ; id 7
      62 61 72     ; value "bar"
    `,
  ),
  golden(
    "ok-value-ttl",
    ok(BAR, 59_000),
    { ...PLAIN, ttl: 59_000, value: BAR },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      80                       ; opcode 128: OK
      00 20                    ; flags: TTL
      00 00                    ; key_len 0
      00 00 00 03              ; value_len 3
      00 00 00 00 00 00 e6 78  ; time to live 59000 ms
      62 61 72                 ; value "bar"
    `,
  ),
  golden(
    "ok-value-version",
    ok(BAR, undefined, 5),
    { ...PLAIN, version: 5, value: BAR },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      80                       ; opcode 128: OK
      00 40                    ; flags: VERSION
      00 00                    ; key_len 0
      00 00 00 03              ; value_len 3
      00 00 00 00 00 00 00 05  ; entry version 5
      62 61 72                 ; value "bar"
    `,
  ),
  golden(
    "ok-new-version",
    { ...ok(undefined, undefined, 6), id: 9 },
    { ...PLAIN, id: 9, version: 6 },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      80                       ; opcode 128: OK
      00 50                    ; flags: ID, VERSION
      00 00                    ; key_len 0
      00 00 00 00              ; value_len 0
      00 00 00 09              ; id 9
      00 00 00 00 00 00 00 06  ; entry version 6
    `,
  ),
  golden(
    "ok-checksum",
    { ...ok(), checksum: true },
    { ...PLAIN, checksum: true },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      80           ; opcode 128: OK
      00 04        ; flags: CHECKSUM
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
      67 2b f5 16  ; CRC-32 of the 12 bytes above
    `,
  ),
  golden(
    "ok-pong",
    ok(utf8("PONG")),
    { ...PLAIN, value: utf8("PONG") },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      80           ; opcode 128: OK
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 04  ; value_len 4
      50 4f 4e 47  ; value "PONG"
    `,
  ),
  golden(
    "ok-ping-value",
    ok(utf8("hello")),
    { ...PLAIN, value: utf8("hello") },
    String.raw`
      ca fe           ; magic
      01              ; version 1
      80              ; opcode 128: OK
      00 00           ; flags: none
      00 00           ; key_len 0
      00 00 00 05     ; value_len 5
      68 65 6c 6c 6f  ; value "hello"
    `,
  ),
  golden(
    "ok-hello",
    text(HELLO),
    { ...PLAIN, value: utf8(HELLO) },
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      80                                               ; opcode 128: OK
      00 00                                            ; flags: none
      00 00                                            ; key_len 0
      00 00 00 8b                                      ; value_len 139
      7b 22 73 65 72 76 65 72 22 3a 22 63 6f 72 74 61  ; |{"server":"corta|
      64 6f 22 2c 22 76 65 72 73 69 6f 6e 22 3a 22 30  ; |do","version":"0|
      2e 31 2e 30 22 2c 22 70 72 6f 74 6f 63 6f 6c 22  ; |.1.0","protocol"|
      3a 31 2c 22 6c 69 6d 69 74 73 22 3a 7b 22 6d 61  ; |:1,"limits":{"ma|
      78 4b 65 79 53 69 7a 65 22 3a 36 35 35 33 35 2c  ; |xKeySize":65535,|
      22 6d 61 78 56 61 6c 75 65 53 69 7a 65 22 3a 36  ; |"maxValueSize":6|
      37 31 30 38 38 36 34 7d 2c 22 77 69 6e 64 6f 77  ; |7108864},"window|
      22 3a 7b 22 72 65 71 75 65 73 74 73 22 3a 30 2c  ; |":{"requests":0,|
      22 62 79 74 65 73 22 3a 30 7d 7d                 ; |"bytes":0}}|
    `,
  ),
  golden(
    "ok-integer",
    integer(-4n),
    { ...PLAIN, value: Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 252) },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      80                       ; opcode 128: OK
      00 00                    ; flags: none
      00 00                    ; key_len 0
      00 00 00 08              ; value_len 8
      ff ff ff ff ff ff ff fc  ; integer -4
    `,
  ),
  golden(
    "ok-length",
    count(17),
    { ...PLAIN, value: Uint8Array.of(0, 0, 0, 17) },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      80           ; opcode 128: OK
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 04  ; value_len 4
      00 00 00 11  ; length 17
    `,
  ),
  golden(
    "ok-receivers",
    count(2),
    { ...PLAIN, value: Uint8Array.of(0, 0, 0, 2) },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      80           ; opcode 128: OK
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 04  ; value_len 4
      00 00 00 02  ; 2 receivers
    `,
  ),
  golden(
    "ok-keys",
    keys([utf8("user:1"), utf8("user:22")], 42),
    { ...PLAIN, value: utf8("\0\0\0\0\0\0\0*\0\x06user:1\0\x07user:22") },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      80                       ; opcode 128: OK
      00 00                    ; flags: none
      00 00                    ; key_len 0
      00 00 00 19              ; value_len 25
      00 00 00 00 00 00 00 2a  ; cursor 42: ask again with it
      00 06                    ; length 6
      75 73 65 72 3a 31        ; key "user:1"
      00 07                    ; length 7
      75 73 65 72 3a 32 32     ; key "user:22"
    `,
  ),
  golden(
    "ok-keys-last",
    keys([], 0),
    { ...PLAIN, value: new Uint8Array(8) },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      80                       ; opcode 128: OK
      00 00                    ; flags: none
      00 00                    ; key_len 0
      00 00 00 08              ; value_len 8
      00 00 00 00 00 00 00 00  ; cursor 0: finished; no keys on this page
    `,
  ),
  golden(
    "ok-stats",
    text("keys: 2\nkeys_with_expiry: 0\nkeys_expired: 0\nbytes: 120\n"),
    { ...PLAIN, value: utf8("keys: 2\nkeys_with_expiry: 0\nkeys_expired: 0\nbytes: 120\n") },
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      80                                               ; opcode 128: OK
      00 00                                            ; flags: none
      00 00                                            ; key_len 0
      00 00 00 37                                      ; value_len 55
      6b 65 79 73 3a 20 32 0a 6b 65 79 73 5f 77 69 74  ; |keys: 2.keys_wit|
      68 5f 65 78 70 69 72 79 3a 20 30 0a 6b 65 79 73  ; |h_expiry: 0.keys|
      5f 65 78 70 69 72 65 64 3a 20 30 0a 62 79 74 65  ; |_expired: 0.byte|
      73 3a 20 31 32 30 0a                             ; |s: 120.|
    `,
  ),
  golden(
    "miss",
    miss(),
    { ...PLAIN, type: "MISS" },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      82           ; opcode 130: MISS
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
    `,
  ),
  golden(
    "miss-id",
    { ...miss(), id: 7 },
    { ...PLAIN, type: "MISS", id: 7 },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      82           ; opcode 130: MISS
      00 10        ; flags: ID
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
      00 00 00 07  ; id 7
    `,
  ),
  golden(
    "ok-started",
    text("started"),
    { ...PLAIN, value: utf8("started") },
    String.raw`
      ca fe                 ; magic
      01                    ; version 1
      80                    ; opcode 128: OK
      00 00                 ; flags: none
      00 00                 ; key_len 0
      00 00 00 07           ; value_len 7
      73 74 61 72 74 65 64  ; text "started"
    `,
  ),
  golden(
    "ok-running",
    text("running"),
    { ...PLAIN, value: utf8("running") },
    String.raw`
      ca fe                 ; magic
      01                    ; version 1
      80                    ; opcode 128: OK
      00 00                 ; flags: none
      00 00                 ; key_len 0
      00 00 00 07           ; value_len 7
      72 75 6e 6e 69 6e 67  ; text "running"
    `,
  ),
  golden(
    "push",
    push(NEWS, utf8("hi"), false),
    { ...PLAIN, type: "PUSH", key: NEWS, value: utf8("hi") },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      83           ; opcode 131: PUSH
      00 00        ; flags: none
      00 04        ; key_len 4
      00 00 00 02  ; value_len 2
      6e 65 77 73  ; channel "news"
      68 69        ; message "hi"
    `,
  ),
  golden(
    "push-checksum",
    push(NEWS, utf8("hi"), true),
    { ...PLAIN, type: "PUSH", checksum: true, key: NEWS, value: utf8("hi") },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      83           ; opcode 131: PUSH
      00 04        ; flags: CHECKSUM
      00 04        ; key_len 4
      00 00 00 02  ; value_len 2
      6e 65 77 73  ; channel "news"
      68 69        ; message "hi"
      b2 30 82 28  ; CRC-32 of the 18 bytes above
    `,
  ),
  golden(
    "goaway",
    goAway(),
    { ...PLAIN, type: "GOAWAY" },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      84           ; opcode 132: GOAWAY
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
    `,
  ),
  goldenError(
    "err-conflict",
    {
      ...error("CONFLICT", "Cannot write: the entry has version 6, the request wants version 5"),
      id: 9,
    },
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 10                                            ; flags: ID
      00 08                                            ; key_len 8
      00 00 00 42                                      ; value_len 66
      00 00 00 09                                      ; id 9
      43 4f 4e 46 4c 49 43 54                          ; code "CONFLICT"
      43 61 6e 6e 6f 74 20 77 72 69 74 65 3a 20 74 68  ; |Cannot write: th|
      65 20 65 6e 74 72 79 20 68 61 73 20 76 65 72 73  ; |e entry has vers|
      69 6f 6e 20 36 2c 20 74 68 65 20 72 65 71 75 65  ; |ion 6, the reque|
      73 74 20 77 61 6e 74 73 20 76 65 72 73 69 6f 6e  ; |st wants version|
      20 35                                            ; | 5|
    `,
  ),
  goldenError(
    "err-not-durable",
    error(
      "NOT_DURABLE",
      "Cannot carry out SET durably: the server keeps nothing on disk (option data)",
    ),
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 00                                            ; flags: none
      00 0b                                            ; key_len 11
      00 00 00 4c                                      ; value_len 76
      4e 4f 54 5f 44 55 52 41 42 4c 45                 ; code "NOT_DURABLE"
      43 61 6e 6e 6f 74 20 63 61 72 72 79 20 6f 75 74  ; |Cannot carry out|
      20 53 45 54 20 64 75 72 61 62 6c 79 3a 20 74 68  ; | SET durably: th|
      65 20 73 65 72 76 65 72 20 6b 65 65 70 73 20 6e  ; |e server keeps n|
      6f 74 68 69 6e 67 20 6f 6e 20 64 69 73 6b 20 28  ; |othing on disk (|
      6f 70 74 69 6f 6e 20 64 61 74 61 29              ; |option data)|
    `,
  ),
  goldenError(
    "err-cannot-compact",
    error("NOT_DURABLE", "Cannot compact: the server keeps nothing on disk (option data)"),
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 00                                            ; flags: none
      00 0b                                            ; key_len 11
      00 00 00 3e                                      ; value_len 62
      4e 4f 54 5f 44 55 52 41 42 4c 45                 ; code "NOT_DURABLE"
      43 61 6e 6e 6f 74 20 63 6f 6d 70 61 63 74 3a 20  ; |Cannot compact: |
      74 68 65 20 73 65 72 76 65 72 20 6b 65 65 70 73  ; |the server keeps|
      20 6e 6f 74 68 69 6e 67 20 6f 6e 20 64 69 73 6b  ; | nothing on disk|
      20 28 6f 70 74 69 6f 6e 20 64 61 74 61 29        ; | (option data)|
    `,
  ),
  goldenError(
    "err-forbidden",
    error("FORBIDDEN", "Cannot carry out GET: user ann may not use this key"),
    String.raw`
      ca fe                                            ; magic
      01                                               ; version 1
      81                                               ; opcode 129: ERR
      00 00                                            ; flags: none
      00 09                                            ; key_len 9
      00 00 00 33                                      ; value_len 51
      46 4f 52 42 49 44 44 45 4e                       ; code "FORBIDDEN"
      43 61 6e 6e 6f 74 20 63 61 72 72 79 20 6f 75 74  ; |Cannot carry out|
      20 47 45 54 3a 20 75 73 65 72 20 61 6e 6e 20 6d  ; | GET: user ann m|
      61 79 20 6e 6f 74 20 75 73 65 20 74 68 69 73 20  ; |ay not use this |
      6b 65 79                                         ; |key|
    `,
  ),
  ...GOLDEN_ERRORS.map(({ name, response, dump }) => goldenError(name, response, dump)),
];
