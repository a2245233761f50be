/**
 * What COMMAND INFO and COMMAND DOCS tell of a command.
 *
 * @module
 */

import { respArray, respBulk, respInteger, respMap, respSet, respSimple } from "../value.ts";
import type { RespEntry, RespValue } from "../value.ts";
import { categoriesOf } from "./categories.ts";
import { type Command, COMMAND_FLAGS, KEY_USES, type KeySpec, type KeyUse } from "./command.ts";
import { keySpecsOf } from "./key_specs.ts";

/** What programs ask of a command: its arity, its flags, where its keys are. */
export function describeForPrograms(command: Command): RespValue {
  const { name, arity, flags, keys, tips = [], subcommands } = command;
  return respArray([
    respBulk(name),
    respInteger(arity),
    words(COMMAND_FLAGS.filter((flag) => flags.includes(flag))),
    respInteger(keys?.first ?? 0),
    respInteger(keys?.last ?? 0),
    respInteger(keys?.step ?? 0),
    words(categoriesOf(command).map((category) => `@${category}`)),
    respSet(tips.map((tip) => respBulk(tip))),
    respSet(keySpecsOf(command).map(describeKeys)),
    subcommands === undefined ? respSet([]) : respArray(subcommands.map(describeForPrograms)),
  ]);
}

function words(texts: readonly string[]): RespValue {
  return respSet(texts.map(respSimple));
}

/** What is done with a key, in the order of Redis. */
export function describeUse(use: readonly KeyUse[]): RespValue {
  return words(KEY_USES.filter((word) => use.includes(word)));
}

function describeKeys({ first, last, step, use }: KeySpec): RespValue {
  const lastkey = last < 0 ? last : last - first;
  return respMap([
    entry("flags", describeUse(use)),
    entry("begin_search", search("index", { index: first })),
    entry("find_keys", search("range", { lastkey, keystep: step, limit: 0 })),
  ]);
}

function entry(name: string, value: RespValue): RespEntry {
  return [respBulk(name), value];
}

function search(type: string, spec: Readonly<Record<string, number>>): RespValue {
  const entries = Object.entries(spec).map(([name, value]) => entry(name, respInteger(value)));
  return respMap([entry("type", respBulk(type)), entry("spec", respMap(entries))]);
}

/** What people ask of a command: what it does and costs. */
export function describeForPeople(command: Command): RespValue {
  const { summary, since, group, complexity, syntax, subcommands } = command;
  const texts = { summary, since, group, complexity };
  const entries = Object.entries(texts).map(([name, text]) => entry(name, respBulk(text)));
  if (syntax !== undefined) entries.push(entry("syntax", respBulk(syntax)));
  if (subcommands !== undefined) {
    const described = subcommands.map((sub) => entry(sub.name, describeForPeople(sub)));
    entries.push(entry("subcommands", respMap(described)));
  }
  return respMap(entries);
}

/** What a container answers to HELP. */
export function describeHelp({ name, subcommands = [] }: Command): RespValue {
  const title = `${name.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`;
  const lines = subcommands.flatMap(({ name, syntax, summary }) => [
    syntax ?? name.slice(name.indexOf("|") + 1).toUpperCase(),
    `    ${summary}.`,
  ]);
  return respArray([title, ...lines].map(respSimple));
}
