/**
 * Attacks a server that runs as a process of its own, with a normal client beside the attack, and tells what
 * came of it:
 *
 *     deno task attack [NAME ...] [--rounds 4] [--markdown]
 *
 * Without names it is all of `attacks.ts`. Each attack has its own server. The normal client is measured in
 * many windows of 50 ms, in each round first without the attack and then beside it. It takes 12 minutes.
 * Exits with 1 when a criterion does not hold. docs/reliability.md has the figures.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { Meter } from "../../bench/processes.ts";
import { benchOptions, print } from "../../bench/report.ts";
import type { Attack } from "./attack.ts";
import { ATTACKS } from "./attacks.ts";
import { markdownRows, told } from "./report.ts";
import { perform, type Report } from "./stage.ts";

const { rounds } = benchOptions({ rounds: 4 });
const args = parseArgs(Deno.args, { string: ["rounds"], boolean: ["markdown"] });
const reports = await performAll(chosen(args._.map(String)));
if (args.markdown) print(markdownRows(reports));
const missed = reports.flatMap(({ attack, criteria }) =>
  criteria.filter(({ holds }) => !holds).map(({ claim }) => `${attack.name}: ${claim}`)
);
for (const claim of missed) print(`MISSED: ${claim}`);
print(missed.length === 0 ? "All criteria hold." : `${missed.length} criteria do not hold.`);
Deno.exit(missed.length === 0 ? 0 : 1);

/** The attacks with these names; all of them without any. */
function chosen(names: readonly string[]): readonly Attack[] {
  const unknown = names.filter((name) => !ATTACKS.some((attack) => attack.name === name));
  if (unknown.length > 0) {
    print(`Cannot attack with ${unknown.join(", ")}: there are`);
    for (const { name, what } of ATTACKS) print(`  ${name}: ${what}`);
    Deno.exit(2);
  }
  return names.length === 0 ? ATTACKS : ATTACKS.filter(({ name }) => names.includes(name));
}

async function performAll(attacks: readonly Attack[]): Promise<Report[]> {
  await using meter = new Meter();
  const reports: Report[] = [];
  for (const attack of attacks) {
    print(`${attack.name}: ${attack.what}`);
    const report = await perform(attack, rounds, meter);
    print(told(report));
    reports.push(report);
  }
  return reports;
}
