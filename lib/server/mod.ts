/**
 * The server: sockets, connections and sessions. The only folder that names `Deno.listen`.
 *
 * @module
 */

export * from "./accept.ts";
export * from "./address.ts";
export * from "./admission.ts";
export * from "./connection.ts";
export * from "./conversation.ts";
export * from "./data_directory.ts";
export * from "./data_directory_error.ts";
export * from "./ending.ts";
export * from "./limits.ts";
export * from "./linger.ts";
export * from "./patience.ts";
export * from "./serve.ts";
export * from "./services.ts";
export * from "./session.ts";
export * from "./socket.ts";
export * from "./sweep.ts";
export * from "./system.ts";
export * from "./unix.ts";
export type { Wait } from "./wait.ts";
export * from "./watch.ts";
export * from "./wire.ts";
