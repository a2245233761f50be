/**
 * Which arguments of commands are keys, and what is done with them.
 *
 * @module
 */

import type { RespCommand } from "../request_decoder.ts";
import type { Command, KeySpec, KeyUse } from "./command.ts";

const READ: readonly KeyUse[] = ["RO", "access"];
const CHANGE: readonly KeyUse[] = ["RW", "access", "update"];

/** What a command does with its keys; empty when it has none. */
export function keySpecsOf({ keySpecs, keys, flags }: Command): readonly KeySpec[] {
  if (keySpecs !== undefined) return keySpecs;
  if (keys === undefined) return [];
  return [{ ...keys, use: flags.includes("readonly") ? READ : CHANGE }];
}

/** A key among arguments. */
export interface FoundKey {
  /** The key. */
  readonly key: Uint8Array;
  /** What is done with it. */
  readonly use: readonly KeyUse[];
}

/** The keys among the arguments of a command, which are as many as its arity says. */
export function keysAmong(command: Command, args: RespCommand): FoundKey[] {
  const found: FoundKey[] = [];
  for (const spec of keySpecsOf(command)) {
    const last = spec.last < 0 ? args.length + spec.last : spec.last;
    const use = spec.useOf === undefined ? spec.use : spec.useOf(args);
    for (let at = spec.first; at <= last; at += spec.step) found.push({ key: args[at]!, use });
  }
  return found;
}
