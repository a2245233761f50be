/** Golden requests: docs/cafe.md, section 5. */

import type { DecodedRequest, RequestHead } from "../../lib/cafe/mod.ts";
import { utf8 } from "./dump.ts";
import type { GoldenRequest } from "./golden.ts";

const PLAIN: RequestHead = { id: undefined, quiet: false, checksum: false, durable: false };
const NONE = new Uint8Array(0);
const FOO = utf8("foo");
const BAR = utf8("bar");

function golden(
  name: string,
  request: DecodedRequest,
  dump: string,
  canonical = true,
): GoldenRequest {
  return { name, direction: "request", request, dump, canonical };
}

/** One frame each that is a request which can be carried out. */
export const GOLDEN_BASIC_REQUESTS: readonly GoldenRequest[] = [
  golden(
    "get",
    { ...PLAIN, op: "GET", key: FOO, wantVersion: false },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      01           ; opcode 1: GET
      00 00        ; flags: none
      00 03        ; key_len 3
      00 00 00 00  ; value_len 0
      66 6f 6f     ; key "foo"
    `,
  ),
  golden(
    "get-id",
    { ...PLAIN, id: 7, op: "GET", key: FOO, wantVersion: false },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      01           ; opcode 1: GET
      00 10        ; flags: ID
      00 03        ; key_len 3
      00 00 00 00  ; value_len 0
      00 00 00 07  ; id 7
      66 6f 6f     ; key "foo"
    `,
  ),
  golden(
    "get-version",
    { ...PLAIN, op: "GET", key: FOO, wantVersion: true },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      01                       ; opcode 1: GET
      00 40                    ; flags: VERSION
      00 03                    ; key_len 3
      00 00 00 00              ; value_len 0
      00 00 00 00 00 00 00 00  ; ignored on GET
      66 6f 6f                 ; key "foo"
    `,
  ),
  golden(
    "get-quiet",
    { ...PLAIN, id: 8, quiet: true, op: "GET", key: FOO, wantVersion: false },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      01           ; opcode 1: GET
      01 10        ; flags: ID, QUIET
      00 03        ; key_len 3
      00 00 00 00  ; value_len 0
      00 00 00 08  ; id 8
      66 6f 6f     ; key "foo"
    `,
  ),
  golden(
    "set",
    { ...PLAIN, op: "SET", key: FOO, value: BAR, ttl: undefined, version: undefined },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      02           ; opcode 2: SET
      00 00        ; flags: none
      00 03        ; key_len 3
      00 00 00 03  ; value_len 3
      66 6f 6f     ; key "foo"
      62 61 72     ; value "bar"
    `,
  ),
  golden(
    "set-ttl",
    { ...PLAIN, op: "SET", key: FOO, value: BAR, ttl: 60_000, version: undefined },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      02                       ; opcode 2: SET
      00 20                    ; flags: TTL
      00 03                    ; key_len 3
      00 00 00 03              ; value_len 3
      00 00 00 00 00 00 ea 60  ; time to live 60000 ms
      66 6f 6f                 ; key "foo"
      62 61 72                 ; value "bar"
    `,
  ),
  golden(
    "set-if-version",
    { ...PLAIN, id: 9, op: "SET", key: FOO, value: utf8("baz"), ttl: undefined, version: 5 },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      02                       ; opcode 2: SET
      00 50                    ; flags: ID, VERSION
      00 03                    ; key_len 3
      00 00 00 03              ; value_len 3
      00 00 00 09              ; id 9
      00 00 00 00 00 00 00 05  ; only if the entry has version 5
      66 6f 6f                 ; key "foo"
      62 61 7a                 ; value "baz"
    `,
  ),
  golden(
    "set-if-absent",
    { ...PLAIN, op: "SET", key: FOO, value: BAR, ttl: undefined, version: 0 },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      02                       ; opcode 2: SET
      00 40                    ; flags: VERSION
      00 03                    ; key_len 3
      00 00 00 03              ; value_len 3
      00 00 00 00 00 00 00 00  ; only if there is no entry
      66 6f 6f                 ; key "foo"
      62 61 72                 ; value "bar"
    `,
  ),
  golden(
    "set-checksum",
    {
      ...PLAIN,
      checksum: true,
      op: "SET",
      key: FOO,
      value: BAR,
      ttl: undefined,
      version: undefined,
    },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      02           ; opcode 2: SET
      00 04        ; flags: CHECKSUM
      00 03        ; key_len 3
      00 00 00 03  ; value_len 3
      66 6f 6f     ; key "foo"
      62 61 72     ; value "bar"
      bf 0d e9 12  ; CRC-32 of the 18 bytes above
    `,
  ),
  golden(
    "set-durable",
    {
      ...PLAIN,
      durable: true,
      op: "SET",
      key: FOO,
      value: BAR,
      ttl: undefined,
      version: undefined,
    },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      02           ; opcode 2: SET
      02 00        ; flags: DURABLE
      00 03        ; key_len 3
      00 00 00 03  ; value_len 3
      66 6f 6f     ; key "foo"
      62 61 72     ; value "bar"
    `,
  ),
  golden(
    "set-all",
    {
      ...PLAIN,
      id: 10,
      quiet: true,
      checksum: true,
      op: "SET",
      key: FOO,
      value: BAR,
      ttl: 60_000,
      version: 5,
    },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      02                       ; opcode 2: SET
      01 74                    ; flags: CHECKSUM, ID, TTL, VERSION, QUIET
      00 03                    ; key_len 3
      00 00 00 03              ; value_len 3
      00 00 00 0a              ; id 10
      00 00 00 00 00 00 ea 60  ; time to live 60000 ms
      00 00 00 00 00 00 00 05  ; only if the entry has version 5
      66 6f 6f                 ; key "foo"
      62 61 72                 ; value "bar"
      6e f9 1d ef              ; CRC-32 of the 38 bytes above
    `,
  ),
  golden(
    "delete",
    { ...PLAIN, op: "DELETE", key: FOO, version: undefined },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      03           ; opcode 3: DELETE
      00 00        ; flags: none
      00 03        ; key_len 3
      00 00 00 00  ; value_len 0
      66 6f 6f     ; key "foo"
    `,
  ),
  golden(
    "delete-if-version",
    { ...PLAIN, op: "DELETE", key: FOO, version: 5 },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      03                       ; opcode 3: DELETE
      00 40                    ; flags: VERSION
      00 03                    ; key_len 3
      00 00 00 00              ; value_len 0
      00 00 00 00 00 00 00 05  ; only if the entry has version 5
      66 6f 6f                 ; key "foo"
    `,
  ),
  golden(
    "ping",
    { ...PLAIN, op: "PING", value: NONE },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      04           ; opcode 4: PING
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
    `,
  ),
  golden(
    "ping-value",
    { ...PLAIN, op: "PING", value: utf8("hello") },
    String.raw`
      ca fe           ; magic
      01              ; version 1
      04              ; opcode 4: PING
      00 00           ; flags: none
      00 00           ; key_len 0
      00 00 00 05     ; value_len 5
      68 65 6c 6c 6f  ; value "hello"
    `,
  ),
  golden(
    "ping-durable",
    { ...PLAIN, id: 18, durable: true, op: "PING", value: NONE },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      04           ; opcode 4: PING
      02 10        ; flags: ID, DURABLE
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
      00 00 00 12  ; id 18
    `,
  ),
  golden(
    "ping-ignorable",
    { ...PLAIN, op: "PING", value: NONE },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      04           ; opcode 4: PING
      80 00        ; flags: a flag that may be ignored
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
    `,
    false,
  ),
  golden(
    "hello",
    { ...PLAIN, op: "HELLO", user: NONE, password: NONE },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      05           ; opcode 5: HELLO
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
    `,
  ),
  golden(
    "hello-user",
    { ...PLAIN, op: "HELLO", user: utf8("barista"), password: utf8("secret") },
    String.raw`
      ca fe                 ; magic
      01                    ; version 1
      05                    ; opcode 5: HELLO
      00 00                 ; flags: none
      00 07                 ; key_len 7
      00 00 00 06           ; value_len 6
      62 61 72 69 73 74 61  ; user "barista"
      73 65 63 72 65 74     ; password "secret"
    `,
  ),
  golden(
    "incr",
    { ...PLAIN, op: "INCR", key: utf8("hits"), delta: 1n },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      06           ; opcode 6: INCR
      00 00        ; flags: none
      00 04        ; key_len 4
      00 00 00 00  ; value_len 0
      68 69 74 73  ; key "hits"
    `,
  ),
  golden(
    "incr-by",
    { ...PLAIN, op: "INCR", key: utf8("hits"), delta: -5n },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      06                       ; opcode 6: INCR
      00 00                    ; flags: none
      00 04                    ; key_len 4
      00 00 00 08              ; value_len 8
      68 69 74 73              ; key "hits"
      ff ff ff ff ff ff ff fb  ; delta -5
    `,
  ),
  golden(
    "append",
    { ...PLAIN, op: "APPEND", key: utf8("log"), value: utf8("line\n") },
    String.raw`
      ca fe           ; magic
      01              ; version 1
      07              ; opcode 7: APPEND
      00 00           ; flags: none
      00 03           ; key_len 3
      00 00 00 05     ; value_len 5
      6c 6f 67        ; key "log"
      6c 69 6e 65 0a  ; value "line\n"
    `,
  ),
  golden(
    "touch",
    { ...PLAIN, op: "TOUCH", key: FOO, ttl: 60_000 },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      08                       ; opcode 8: TOUCH
      00 20                    ; flags: TTL
      00 03                    ; key_len 3
      00 00 00 00              ; value_len 0
      00 00 00 00 00 00 ea 60  ; time to live 60000 ms
      66 6f 6f                 ; key "foo"
    `,
  ),
  golden(
    "touch-persist",
    { ...PLAIN, op: "TOUCH", key: FOO, ttl: undefined },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      08           ; opcode 8: TOUCH
      00 00        ; flags: none
      00 03        ; key_len 3
      00 00 00 00  ; value_len 0
      66 6f 6f     ; key "foo"
    `,
  ),
  golden(
    "scan",
    { ...PLAIN, op: "SCAN", prefix: utf8("user:"), cursor: 0 },
    String.raw`
      ca fe           ; magic
      01              ; version 1
      09              ; opcode 9: SCAN
      00 00           ; flags: none
      00 05           ; key_len 5
      00 00 00 00     ; value_len 0
      75 73 65 72 3a  ; prefix "user:"
    `,
  ),
  golden(
    "scan-next",
    { ...PLAIN, op: "SCAN", prefix: utf8("user:"), cursor: 42 },
    String.raw`
      ca fe                    ; magic
      01                       ; version 1
      09                       ; opcode 9: SCAN
      00 00                    ; flags: none
      00 05                    ; key_len 5
      00 00 00 08              ; value_len 8
      75 73 65 72 3a           ; prefix "user:"
      00 00 00 00 00 00 00 2a  ; cursor 42
    `,
  ),
  golden(
    "stats",
    { ...PLAIN, op: "STATS", section: NONE },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      0a           ; opcode 10: STATS
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
    `,
  ),
  golden(
    "stats-section",
    { ...PLAIN, op: "STATS", section: utf8("store") },
    String.raw`
      ca fe           ; magic
      01              ; version 1
      0a              ; opcode 10: STATS
      00 00           ; flags: none
      00 05           ; key_len 5
      00 00 00 00     ; value_len 0
      73 74 6f 72 65  ; section "store"
    `,
  ),
  golden(
    "subscribe",
    { ...PLAIN, op: "SUBSCRIBE", channel: utf8("news") },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      0b           ; opcode 11: SUBSCRIBE
      00 00        ; flags: none
      00 04        ; key_len 4
      00 00 00 00  ; value_len 0
      6e 65 77 73  ; channel "news"
    `,
  ),
  golden(
    "subscribe-checksum",
    { ...PLAIN, id: 11, checksum: true, op: "SUBSCRIBE", channel: utf8("news") },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      0b           ; opcode 11: SUBSCRIBE
      00 14        ; flags: CHECKSUM, ID
      00 04        ; key_len 4
      00 00 00 00  ; value_len 0
      00 00 00 0b  ; id 11
      6e 65 77 73  ; channel "news"
      6f 53 f1 65  ; CRC-32 of the 20 bytes above
    `,
  ),
  golden(
    "unsubscribe",
    { ...PLAIN, op: "UNSUBSCRIBE", channel: utf8("news") },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      0c           ; opcode 12: UNSUBSCRIBE
      00 00        ; flags: none
      00 04        ; key_len 4
      00 00 00 00  ; value_len 0
      6e 65 77 73  ; channel "news"
    `,
  ),
  golden(
    "publish",
    { ...PLAIN, op: "PUBLISH", channel: utf8("news"), message: utf8("hi") },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      0d           ; opcode 13: PUBLISH
      00 00        ; flags: none
      00 04        ; key_len 4
      00 00 00 02  ; value_len 2
      6e 65 77 73  ; channel "news"
      68 69        ; message "hi"
    `,
  ),
  golden(
    "compact",
    { ...PLAIN, op: "COMPACT" },
    String.raw`
      ca fe        ; magic
      01           ; version 1
      0e           ; opcode 14: COMPACT
      00 00        ; flags: none
      00 00        ; key_len 0
      00 00 00 00  ; value_len 0
    `,
  ),
];
