/**
 * Typed requests, responses and errors: what every protocol is decoded to and encoded from.
 *
 * @module
 */

export * from "./acl_request.ts";
export * from "./bit_request.ts";
export * from "./client_request.ts";
export * from "./command_request.ts";
export * from "./connection_request.ts";
export * from "./error.ts";
export * from "./extended.ts";
export * from "./glob.ts";
export * from "./integer.ts";
export * from "./key_request.ts";
export * from "./persistence_request.ts";
export * from "./request.ts";
export * from "./response.ts";
export * from "./server_request.ts";
export * from "./string_request.ts";
export * from "./subscription_request.ts";
export * from "./transaction_request.ts";
