/**
 * The prompt on a terminal: editing, history and completion. Loaded only when it is needed, since it
 * brings `node:readline` with it.
 *
 * @module
 */

import process from "node:process";
import { createInterface, type Interface } from "node:readline";

/** A line with a command. */
export interface Line {
  /** The text of the line, without its end. */
  readonly text: string;
  /** Aborted when the command of this line is to end early. */
  readonly signal: AbortSignal;
}

/** What the command that Ctrl-C ends fails with. */
const INTERRUPTED = "Interrupted; what was sent may be carried out all the same";

/** How many lines can be had again by the up key. */
const HISTORY_SIZE = 1_000;

/**
 * The lines that are typed, until Ctrl-D. Ctrl-C aborts the line that runs and those typed ahead; while
 * none runs, it empties the line that is typed.
 */
export async function* promptLines(
  prompt: string,
  complete: (line: string) => string[],
): AsyncGenerator<Line, void, void> {
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt,
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
    completer: (line: string) => [complete(line), line],
  });
  // The lines that are not done: the first one runs, the others were typed ahead.
  const undone: AbortController[] = [];
  terminal.on("line", () => undone.push(new AbortController()));
  terminal.on("SIGINT", () => {
    if (undone.length === 0) emptyLine(terminal);
    else for (const line of undone) line.abort(new Error(INTERRUPTED));
  });
  try {
    terminal.prompt();
    for await (const text of terminal) {
      yield { text, signal: undone[0]!.signal };
      undone.shift();
      terminal.prompt();
    }
    process.stdout.write("\n"); // Ctrl-D leaves the cursor behind the prompt.
  } finally {
    terminal.close();
  }
}

function emptyLine(terminal: Interface): void {
  terminal.write(null, { ctrl: true, name: "e" }); // To the end of the line,
  terminal.write(null, { ctrl: true, name: "u" }); // and all before it away.
}
