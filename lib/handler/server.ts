/**
 * The handlers of the requests about the server that only RESP has, gathered from their files.
 *
 * @module
 */

import {
  integer,
  list,
  type NothingRequest,
  ok,
  type Response,
  type ServerRequest,
  type TimeRequest,
} from "../model/mod.ts";
import { CONFIG_HANDLERS } from "./config.ts";
import type { Peer } from "./context.ts";
import { DEBUG_HANDLERS } from "./debug.ts";
import type { Handlers } from "./handlers.ts";
import { INFO_HANDLERS } from "./info.ts";
import { FIGURE_HANDLERS } from "./info_figures.ts";
import { LATENCY_HANDLERS } from "./latency.ts";
import { LOLWUT_HANDLERS } from "./lolwut.ts";
import { MEMORY_HANDLERS } from "./memory.ts";
import { SLOW_LOG_HANDLERS } from "./slow_log.ts";

/** The present time: seconds since 1970, and the microseconds of the second. */
function time(_: TimeRequest, peer: Peer): Response {
  const ms = peer.services.databases.now();
  return list([integer(Math.floor(ms / 1_000)), integer(Math.floor((ms % 1_000) * 1_000))]);
}

function nothing(_: NothingRequest): Response {
  return ok();
}

/** The handlers of the requests about the server that only RESP has. */
export const SERVER_HANDLERS: Handlers<ServerRequest> = {
  TIME: time,
  NOTHING: nothing,
  ...INFO_HANDLERS,
  ...FIGURE_HANDLERS,
  ...CONFIG_HANDLERS,
  ...SLOW_LOG_HANDLERS,
  ...LATENCY_HANDLERS,
  ...MEMORY_HANDLERS,
  ...DEBUG_HANDLERS,
  ...LOLWUT_HANDLERS,
};
