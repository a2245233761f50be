/**
 * RESP, the protocol of Redis, versions 2 and 3: bytes to requests and replies, and back, with the
 * table of commands.
 *
 * @module
 */

export * from "./call_decoder.ts";
export { CATEGORIES, categoriesOf } from "./commands/categories.ts";
export * from "./commands/command.ts";
export * from "./commands/describe.ts";
export { type FoundKey, keysAmong, keySpecsOf } from "./commands/key_specs.ts";
export { ALL_COMMANDS, COMMANDS, findCommand, type KnownCommand } from "./commands/table.ts";
export * from "./reply_encoder.ts";
export * from "./request_decoder.ts";
export * from "./secrets.ts";
export * from "./value.ts";
export * from "./value_decoder.ts";
export * from "./value_encoder.ts";
export { type RespVersion } from "./write.ts";
