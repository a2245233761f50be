/** Sequences that chance makes too seldom, or must not make. */

import type { Sequence } from "./compare.ts";

/** A sequence in lines: the number of the connection, then words without spaces in them. */
function sequence(version: 2 | 3, connections: number, text: string): Sequence {
  const lines = text.trim().split("\n").map((line) => line.trim());
  const steps = lines.map((line) => {
    const [on, ...words] = line.split(" ");
    return { on: Number(on), words };
  });
  return { steps, connections, version };
}

/** Not in random ones: when such a key leaves the count of keys depends on the clock. */
const PAST = `
  0 SET a 1 EXAT 1
  0 GET a
  0 EXISTS a
  0 TTL a
  0 SET a 1 PXAT 1 GET
  0 INCR a
  0 SET b 1 EXAT 1
  0 SET b 2 KEEPTTL
  0 GET b
  0 SET b 1 EXAT 1
  0 APPEND b x
  0 SET b 1 EXAT 1
  0 RENAME b c
  0 SET b 1 PXAT 1
  0 COPY b c
  0 SET b 1 PXAT 1
  0 SET b 2 XX
  0 KEYS *
  0 SET b 1 PXAT 1
  0 PERSIST b
  0 OBJECT ENCODING b
  0 TYPE b
  0 DEL b
`;

const WATCHING = `
  0 SET a 1
  0 WATCH a
  1 SET a 1
  0 MULTI
  0 GET a
  0 EXEC
  0 WATCH a
  0 UNWATCH
  1 SET a 2
  0 MULTI
  0 GET a
  0 EXEC
  0 WATCH nothing
  1 DEL nothing
  0 MULTI
  0 EXEC
  0 WATCH a
  1 EXPIRE a 100000
  0 MULTI
  0 EXEC
  0 WATCH a
  1 SELECT 1
  1 SET a 1
  0 MULTI
  0 EXEC
  0 WATCH a
  1 SWAPDB 0 1
  0 MULTI
  0 EXEC
  0 WATCH a
  1 FLUSHALL
  0 MULTI
  0 EXEC
  0 WATCH a
  1 FLUSHALL
  0 MULTI
  0 EXEC
`;

const REFUSED = `
  0 MULTI
  0 NOPE
  0 SET a 1
  0 EXEC
  0 MULTI
  0 MULTI
  0 WATCH a
  0 SET a x
  0 INCR a
  0 GET a
  0 EXEC
  0 MULTI
  0 GET
  0 DISCARD
  0 DISCARD
  0 EXEC
  0 MULTI
  0 SELECT 3
  0 SET a 3
  0 EXEC
  0 GET a
  0 MULTI
  0 RESET
  0 GET a
`;

/** RESP2 only: in RESP3, redis-server 7.0 sends pushes in the middle of the reply to EXEC. */
const SUBSCRIBED_INSIDE = `
  0 MULTI
  0 SUBSCRIBE ch1
  0 PING
  0 EXEC
  0 GET a
  0 UNSUBSCRIBE ch1
  0 GET a
`;

const ALONE = `
  0 SUBSCRIBE ch1 ch1
  0 PSUBSCRIBE ch*
  0 PING
  0 PING text
  0 GET a
  0 PUBLISH ch1 text
  1 PUBLISH ch1 text
  0 UNSUBSCRIBE ch2
  0 UNSUBSCRIBE
  0 UNSUBSCRIBE
  0 PUNSUBSCRIBE
  0 PUNSUBSCRIBE
  0 GET a
  0 SUBSCRIBE ch1
  0 RESET
  1 PUBSUB NUMSUB ch1
  0 SUBSCRIBE ch1
  0 QUIT
`;

/** All of them, by what they are about. */
export const WRITTEN: Readonly<Record<string, readonly Sequence[]>> = {
  "times that have passed": [sequence(2, 1, PAST), sequence(3, 1, PAST)],
  "watched keys": [sequence(2, 2, WATCHING), sequence(3, 2, WATCHING)],
  "refused transactions": [sequence(2, 1, REFUSED), sequence(3, 1, REFUSED)],
  "subscriptions in a transaction": [sequence(2, 1, SUBSCRIBED_INSIDE)],
  "subscriptions and their ends": [sequence(2, 2, ALONE), sequence(3, 2, ALONE)],
};
