/**
 * Buffers for reading and writing: no I/O and no protocol.
 *
 * - {@linkcode Slab}: memory to read into, carved into views that nothing is read over while somebody looks at them.
 * - {@linkcode ReadBuffer}: what was received and not yet decoded.
 * - {@linkcode Input}: what a decoder sees of it.
 * - {@linkcode WriteBuffer}: what was encoded and not yet sent.
 * - {@linkcode readU16}, {@linkcode readU32}, {@linkcode readU64}, {@linkcode readI64}: its integers, read
 *   back.
 *
 * @module
 */

export * from "./crc32.ts";
export * from "./input.ts";
export * from "./no_bytes.ts";
export * from "./read_buffer.ts";
export * from "./read_integers.ts";
export * from "./slab.ts";
export * from "./write_buffer.ts";
