/**
 * LOLWUT: a cup of coffee.
 *
 * @module
 */

import { type LolwutRequest, type Response, text } from "../model/mod.ts";
import { VERSION } from "./about.ts";
import type { Handlers } from "./handlers.ts";

const CUP = String.raw`
      ) )  (
     (  (   )
    .--------.__
    |~~~~~~~~|  )
    |        |_/
     \______/
   \__________/
`;

/** The cup, and the version. */
function lolwut(_: LolwutRequest): Response {
  return text(`${CUP}\nCortado ver. ${VERSION}\n`);
}

/** The handler of LOLWUT. */
export const LOLWUT_HANDLERS: Handlers<LolwutRequest> = { LOLWUT: lolwut };
