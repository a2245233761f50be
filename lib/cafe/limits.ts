/**
 * How large a frame may be.
 *
 * @module
 */

import { MAX_KEY_LENGTH, MAX_VALUE_LENGTH } from "./head.ts";

/** Limits that a decoder checks on the header of a frame, before anything is allocated. */
export interface FrameLimits {
  /** The longest key, in bytes. Default 65,535, which is what a header can say. */
  readonly maxKeySize?: number;
  /** The longest value, in bytes. Default 67,108,864 (64 MiB). */
  readonly maxValueSize?: number;
}

/** The limits where none are given. */
export const DEFAULT_FRAME_LIMITS: Required<FrameLimits> = {
  maxKeySize: MAX_KEY_LENGTH,
  maxValueSize: 67_108_864,
};

/**
 * The limits with the defaults filled in.
 *
 * @throws {RangeError} When one is not a whole number that a header can say.
 */
export function frameLimits(limits: FrameLimits): Required<FrameLimits> {
  const { maxKeySize = DEFAULT_FRAME_LIMITS.maxKeySize } = limits;
  const { maxValueSize = DEFAULT_FRAME_LIMITS.maxValueSize } = limits;
  checkLimit("maxKeySize", maxKeySize, MAX_KEY_LENGTH);
  checkLimit("maxValueSize", maxValueSize, MAX_VALUE_LENGTH);
  return { maxKeySize, maxValueSize };
}

function checkLimit(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw new RangeError(`Cannot use ${name} ${value}: it must be a whole number from 0 to ${most}`);
}
