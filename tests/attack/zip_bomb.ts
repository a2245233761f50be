/**
 * COMPRESSED frames whose values inflate to far more than a value may have.
 *
 * @module
 */

import { deflateRawSync } from "node:zlib";
import { CafeRequestEncoder, encodeOffer, FLAGS } from "../../lib/cafe/mod.ts";
import { encodeAll } from "../../lib/codec/mod.ts";
import { frame, SET } from "../server/frames.ts";
import { utf8 } from "../codec/helpers.ts";
import type { RawClient } from "../server/raw_client.ts";
import { atLeast, type Attack, GARBAGE } from "./attack.ts";
import { ending, swarm } from "./swarm.ts";

const MIB = 1_048_576;
const PASSWORD = "a password of the attack test";
const ATTACKERS = 8;
const MAX_VALUE_SIZE = 4 * MIB;

/** Of a frame with the flag COMPRESSED. */
function bomb(size: number): Uint8Array {
  const value = deflateRawSync(new Uint8Array(size), { level: 9 });
  return frame({ opcode: SET, key: "bomb", value, flags: FLAGS.COMPRESSED });
}

/** 1 GiB in a frame of 1 MiB. */
const LARGE = bomb(1_024 * MIB);
/** 15 MiB in a frame that is as long as one may be before authentication. */
const SMALL = bomb(15 * MIB);

/** A HELLO that offers COMPRESSED, with the password or without it. */
function hello(password: string): Uint8Array {
  return encodeAll(new CafeRequestEncoder(), [{
    op: "HELLO",
    user: utf8(password === "" ? "" : "default"),
    password: utf8(password),
    offer: encodeOffer({ flags: ["COMPRESSED"], nonce: undefined }),
    id: undefined,
    quiet: false,
    checksum: false,
    durable: false,
  }]);
}

async function explode(client: RawClient, attacker: number): Promise<string> {
  const isKnown = attacker % 2 === 0;
  await client.call(hello(isKnown ? PASSWORD : ""));
  await client.flood(isKnown ? LARGE : SMALL);
  return `${isKnown ? "with" : "before"} the password: ${await ending(client)}`;
}

export const zipBomb: Attack = {
  name: "zip-bomb",
  what: `${ATTACKERS} clients: a frame of ${LARGE.length} bytes that inflates to 1 GiB, with the ` +
    `password, and one of ${SMALL.length} that inflates to 15 MiB, before it`,
  options: ["--password", PASSWORD, "--max-value-size", `${MAX_VALUE_SIZE / MIB}MiB`],
  password: PASSWORD,
  time: 3_000,
  // A frame, twice while it is gathered, and what it is inflated to: they are inflated one by one, and
  // V8 collects them when it likes.
  maxGrowth: ATTACKERS * (2 * LARGE.length + MAX_VALUE_SIZE) + GARBAGE,
  run: (field) => swarm(field, ATTACKERS, explode, 50),
  judge: ({ tally, log }) => [
    tally.isOnly(
      "each was refused, and closed",
      "with the password: ERR TOO_LARGE",
      "before the password: ERR TOO_LARGE",
    ),
    ...[`the limit ${MAX_VALUE_SIZE}`, "the limit 16384"].map((limit) =>
      atLeast(
        `the log names ${limit}`,
        log.filter((line) => line.includes(`inflates to more than ${limit}`)).length,
        1,
        " lines",
      )
    ),
  ],
};
