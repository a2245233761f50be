/**
 * The command `dissector`.
 *
 * @module
 */

import { type Command, command } from "./command.ts";
import type { Io } from "./io.ts";

/** Prints the dissector for Wireshark. */
export const dissectorCommand: Command<Io> = command({
  name: "dissector",
  summary: "print a dissector of CAFE for Wireshark and tshark, in Lua",
  notes: [
    "  main.ts dissector > cortado.lua",
    "  tshark -X lua_script:cortado.lua -r capture.pcap -Y cafe",
    "or put the file into Wireshark's folder of personal Lua plugins.",
  ],
  prepare: () => async (io) => {
    const { dissector } = await import("../inspect/mod.ts");
    await io.stdout.write(new TextEncoder().encode(dissector()));
  },
});
