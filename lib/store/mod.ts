/**
 * State: what the server keeps. It knows no protocol.
 *
 * @module
 */

export * from "./accesses.ts";
export { nameOf } from "./bytes.ts";
export * from "./context.ts";
export * from "./databases.ts";
export * from "./databases_reader.ts";
export * from "./effects.ts";
export type { Encoding, Entry } from "./entry.ts";
export type { HashSeed } from "./key_hash.ts";
export * from "./loans.ts";
export * from "./memory_store.ts";
export type { EntryVisitor } from "./record_visitor.ts";
export { LARGE } from "./record_layout.ts";
export type { Page, PageOptions } from "./page.ts";
export * from "./sections.ts";
export type {
  SharedDatabases,
  SharedNews,
  SharedOrder,
  SharedPiece,
  SharedStore,
} from "./shared_words.ts";
export type { StoreOptions } from "./store_options.ts";
export * from "./shared_pool.ts";
export * from "./store_reader.ts";
export * from "./value_finder.ts";
export * from "./journal/mod.ts";
