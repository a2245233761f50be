/**
 * The command line: a table of commands, from which help, completion, dispatch and errors come.
 *
 * @module
 */

export type { Address } from "../client/mod.ts";
export type {
  CommandClient,
  CommandOptions,
  Connect,
  ConnectOptions,
  ConnectProtection,
  WriteOptions,
} from "./connection.ts";
export * from "./io.ts";
export * from "./main.ts";
