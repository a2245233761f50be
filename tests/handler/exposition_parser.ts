/**
 * A strict reader of Prometheus' text format, version 0.0.4, written from its specification
 * (https://prometheus.io/docs/instrumenting/exposition_formats/) and from what `promtool check metrics` wants.
 */

/** A sample line. */
export interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All that is told of a metric. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly lines: Line[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const TYPES = ["counter", "gauge", "histogram", "summary", "untyped"];
const VALUE = /^(?:[+-]?Inf|NaN|[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)$/i;
const SUFFIX = /_(bucket|sum|count)$/;
/** What promtool takes for units that are no base units, or are short for them. */
const WRONG_UNIT =
  /_(milliseconds|microseconds|nanoseconds|minutes|hours|days|kilobytes|megabytes|bits|percent|ms|us|ns|s|sec|secs|kb|mb|b)(_|$)/;

/** Reads a page; throws an error that says what is wrong with it, and in which line. */
export function parseExposition(page: string): ReadonlyMap<string, Family> {
  if (!page.endsWith("\n")) throw new Error("the last line has no line feed");
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  const helps = new Map<string, string>();
  let current: Family | undefined;
  for (const [at, text] of page.slice(0, -1).split("\n").entries()) {
    const fail = (why: string) => new Error(`line ${at + 1}: ${why}: ${text}`);
    const help = /^# HELP (\S+) (.+)$/.exec(text);
    const type = /^# TYPE (\S+) (\S+)$/.exec(text);
    if (help) {
      const [, name = "", words = ""] = help;
      if (!NAME.test(name)) throw fail("bad name");
      if (helps.has(name)) throw fail("second HELP");
      if (!/^(?:[^\\]|\\[\\n])*$/.test(words)) throw fail("bad escape");
      helps.set(name, words);
    } else if (type) {
      const [, name = "", kind = ""] = type;
      if (!TYPES.includes(kind)) throw fail("bad type");
      if (families.has(name)) throw fail("second TYPE, or after its samples");
      if (!helps.has(name)) throw fail("no HELP");
      current = { name, help: helps.get(name)!, type: kind, lines: [] };
      families.set(name, current);
    } else {
      if (text.startsWith("#") || text === "") throw fail("neither HELP, TYPE nor a sample");
      const line = parseLine(text, fail);
      const own = current?.type === "histogram" ? line.name.replace(SUFFIX, "") : line.name;
      if (own !== current?.name) throw fail("not under its TYPE");
      const key = JSON.stringify([line.name, Object.entries(line.labels).sort()]);
      if (seen.has(key)) throw fail("twice");
      seen.add(key);
      current.lines.push(line);
    }
  }
  for (const name of helps.keys()) if (!families.has(name)) throw new Error(`${name} has no TYPE`);
  for (const family of families.values()) check(family);
  return families;
}

function parseLine(text: string, fail: (why: string) => Error): Line {
  const [, name = "", inside, value = ""] = /^([^\s{]+)(?:\{(.*)\})? (\S+)$/.exec(text) ?? [];
  if (!NAME.test(name)) throw fail("no sample");
  if (!VALUE.test(value)) throw fail("bad value");
  const labels: Record<string, string> = {};
  const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,(?=.)|$)/y;
  const rest = inside ?? "";
  while (pair.lastIndex < rest.length) {
    const [, label, text] = pair.exec(rest) ?? [];
    if (label === undefined || label.startsWith("__")) throw fail("bad labels");
    if (label in labels) throw fail("a label twice");
    labels[label] = text!.replaceAll(/\\(.)/g, (_, letter) => letter === "n" ? "\n" : letter);
  }
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) };
}

function check({ name, help, type, lines }: Family): void {
  const fail = (why: string) => new Error(`${name}: ${why}`);
  if (help === "") throw fail("no help");
  if ((type === "counter") !== name.endsWith("_total")) throw fail("_total is for counters");
  if (SUFFIX.test(name)) throw fail("has the suffix of a histogram");
  if (WRONG_UNIT.test(name)) throw fail("has no base unit");
  if (/[a-z][A-Z]/.test(name)) throw fail("is in camel case");
  if (/_(counter|gauge|histogram|summary)(_|$)/.test(name)) throw fail("has its type in its name");
  const negative = type !== "gauge" && lines.some(({ value }) => !(value >= 0));
  if (negative) throw fail("is below 0, or no number");
  if (type === "histogram") checkHistogram(lines, name, fail);
}

function checkHistogram(
  lines: readonly Line[],
  name: string,
  fail: (why: string) => Error,
): void {
  const groups = Map.groupBy(lines, ({ labels: { le: _, ...labels } }) => JSON.stringify(labels));
  for (const [labels, group] of groups) {
    const of = (suffix: string) => group.filter((line) => line.name === name + suffix);
    const buckets = of("_bucket").map((line) => [
      Number(line.labels["le"]!.replace("+Inf", "Infinity")),
      line.value,
    ]);
    const [sums, counts] = [of("_sum"), of("_count")];
    if (sums.length !== 1 || counts.length !== 1) throw fail(`no sum or count for ${labels}`);
    if (group.length !== buckets.length + 2) throw fail(`what is no part of it, for ${labels}`);
    const last = buckets.at(-1);
    if (last?.[0] !== Infinity || last[1] !== counts[0]!.value) {
      throw fail(`+Inf is not the count for ${labels}`);
    }
    for (const [at, [end, count]] of buckets.entries()) {
      const before = buckets[at - 1];
      if (Number.isNaN(end) || (before && !(before[0]! < end! && before[1]! <= count!))) {
        throw fail(`the buckets do not grow for ${labels}`);
      }
    }
  }
}
