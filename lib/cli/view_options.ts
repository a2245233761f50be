/**
 * How `inspect` and `tap` show what is said.
 *
 * @module
 */

import { jsonLine, type Located, TextView } from "../inspect/mod.ts";
import type { Io } from "./io.ts";
import { type OptionValues, switchOption, valueOption } from "./options.ts";
import { parseSize } from "./quantities.ts";

const DEFAULT_MAX_BYTES = 64;

/** The options of both commands. */
export const VIEW_OPTIONS = {
  json: switchOption("print an object of JSON a line"),
  maxBytes: valueOption(
    "SIZE",
    `how much of a long field is shown (default ${DEFAULT_MAX_BYTES})`,
    parseSize,
  ),
  color: switchOption("colours, also when the output is no terminal; --color=false: none"),
};

/** What they ask for. */
export interface View {
  /** How many bytes of a field are shown. */
  readonly maxShown: number;
  /** The lines of an item. */
  readonly show: (located: Located) => readonly string[];
}

/** Shows items as the options say: in colours on a terminal, unless NO_COLOR is set. */
export function viewOf(options: OptionValues<typeof VIEW_OPTIONS>, io: Io): View {
  const { json = false, maxBytes = DEFAULT_MAX_BYTES } = options;
  if (json) return { maxShown: maxBytes, show: (located) => [jsonLine(located, maxBytes)] };
  const color = options.color ?? (io.isTerminal.stdout && !io.env("NO_COLOR"));
  const view = new TextView({ color, maxBytes });
  return { maxShown: maxBytes, show: (located) => [...view.lines(located), ""] };
}
