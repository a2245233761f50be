/**
 * All attacks.
 *
 * @module
 */

import type { Attack } from "./attack.ts";
import { crossProtocol } from "./cross_protocol.ts";
import { hashFlood } from "./hash_flood.ts";
import { lengthBomb } from "./length_bomb.ts";
import { loginFlood } from "./login_flood.ts";
import { longValue } from "./long_value.ts";
import { neverReading, neverReadingSubscribers } from "./never_reading.ts";
import { reconnecting } from "./reconnecting.ts";
import { signedStream } from "./signed_stream.ts";
import { slowloris } from "./slowloris.ts";
import { announced, crumbs, givenUp, manyUploads, removedValues, unwanted } from "./transfers.ts";
import { zipBomb } from "./zip_bomb.ts";

/** In the order in which they are done. */
export const ATTACKS: readonly Attack[] = [
  slowloris,
  neverReading,
  neverReadingSubscribers,
  zipBomb,
  lengthBomb,
  loginFlood,
  signedStream,
  hashFlood,
  crossProtocol,
  reconnecting,
  manyUploads,
  givenUp,
  announced,
  unwanted,
  removedValues,
  crumbs,
  longValue,
];
