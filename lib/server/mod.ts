/**
 * The server: sockets, connections and sessions. The only folder that names `Deno.listen`.
 *
 * @module
 */

export * from "./accept.ts";
export * from "./address.ts";
export type { AdminOptions } from "./admin/admin.ts";
export * from "./admission.ts";
export * from "./collections.ts";
export * from "./connection.ts";
export * from "./conversation.ts";
export type { DataOptions } from "./data.ts";
export * from "./data_directory.ts";
export * from "./data_directory_error.ts";
export * from "./ending.ts";
export * from "./ending_report.ts";
export * from "./limits.ts";
export * from "./linger.ts";
export * from "./observer.ts";
export * from "./password_hash.ts";
export * from "./patience.ts";
export { type AnswersReply, GetRun } from "./plain/get_runs.ts";
export type { ProtectionOptions } from "./protection.ts";
export * from "./protected_mode.ts";
export * from "./relay.ts";
export * from "./serve.ts";
export * from "./serve_options.ts";
export * from "./services.ts";
export * from "./session.ts";
export * from "./socket.ts";
export * from "./sweep.ts";
export * from "./system.ts";
export * from "./tls.ts";
export * from "./unix.ts";
export * from "./users.ts";
export type { Wait } from "./wait.ts";
export * from "./watch.ts";
export * from "./wire.ts";
export { WorkersError } from "./workers/error.ts";
