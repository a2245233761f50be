// The parts of the standard library that the project uses. Where the JSR registry can be reached, these
// declarations are not needed: map `@std/assert`, `@std/bytes` and `@std/cli` to `jsr:` in deno.json.

declare module "@std/assert" {
  /** Throws unless `expr` is truthy. */
  export function assert(expr: unknown, msg?: string): asserts expr;
  /** Throws unless both are deeply equal; the message shows a difference. */
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  /** Throws unless both differ by `tolerance` at the most. */
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    msg?: string,
  ): void;
  /** Throws when both are deeply equal. */
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  /** Throws unless both are the same by `Object.is`. */
  export function assertStrictEquals<T>(
    actual: unknown,
    expected: T,
    msg?: string,
  ): asserts actual is T;
  /** Throws unless `actual` is an instance of `type`. */
  // deno-lint-ignore no-explicit-any -- a constructor of any arguments
  export function assertInstanceOf<T extends abstract new (...args: any[]) => any>(
    actual: unknown,
    type: T,
    msg?: string,
  ): asserts actual is InstanceType<T>;
  /** Throws unless `actual > expected`. */
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  /** Throws unless `actual >= expected`. */
  export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void;
  /** Throws unless `actual < expected`. */
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  /** Throws unless `actual <= expected`. */
  export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void;
  /** Throws unless `actual` contains `expected`. */
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  /** Throws unless `actual` matches `expected`. */
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  /** Throws unless `fn` throws, and an instance of `type` when it is given; returns the error. */
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any -- a constructor of any arguments
    type?: abstract new (...args: any[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): E;
  /** Throws unless the promise of `fn` rejects, with an instance of `type`; returns the error. */
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any -- a constructor of any arguments
    type?: abstract new (...args: any[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
  /** What the assertions throw. */
  export class AssertionError extends Error {}
}

declare module "@std/bytes" {
  /** All bytes of `buffers` in one new array. */
  export function concat(buffers: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
  /** Whether both hold the same bytes. */
  export function equals(a: Uint8Array, b: Uint8Array): boolean;
  /** Where `needle` first stands in `source` from `start`, or -1. */
  export function indexOfNeedle(source: Uint8Array, needle: Uint8Array, start?: number): number;
  /** Whether `source` begins with `prefix`. */
  export function startsWith(source: Uint8Array, prefix: Uint8Array): boolean;
}

declare module "@std/cli/parse-args" {
  /** How the arguments are read; the part of the library's options that the project uses. */
  export interface ParseOptions {
    /** Options without a value. */
    readonly boolean?: readonly string[];
    /** Options with a text value. */
    readonly string?: readonly string[];
    /** Options that may be given more than once. */
    readonly collect?: readonly string[];
    /** Other names, by name. */
    readonly alias?: Readonly<Record<string, string | readonly string[]>>;
    /** Values of options that are not given. */
    readonly default?: Readonly<Record<string, unknown>>;
    /** Ends option parsing at the first argument that is none. */
    readonly stopEarly?: boolean;
    /** Called for each argument that is not declared; return false to leave it out. */
    readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }
  /** The options by name, and the other arguments in `_`. */
  export interface Args {
    /** Arguments that are no options. */
    readonly _: (string | number)[];
    /** Options by name. */
    readonly [name: string]: unknown;
  }
  /** Parses command-line arguments. */
  export function parseArgs(args: readonly string[], options?: ParseOptions): Args;
}
