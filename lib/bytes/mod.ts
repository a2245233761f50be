/**
 * Buffers for reading and writing: no I/O and no protocol.
 *
 * - {@linkcode Slab}: memory to read into, carved into views that are never overwritten.
 * - {@linkcode ReadBuffer}: what was received and not yet decoded.
 * - {@linkcode WriteBuffer}: what was encoded and not yet sent.
 *
 * @module
 */

export * from "./crc32.ts";
export * from "./read_buffer.ts";
export * from "./slab.ts";
export * from "./write_buffer.ts";
