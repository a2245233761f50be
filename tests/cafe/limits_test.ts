import { assertEquals, assertThrows } from "@std/assert";
import {
  CafeReplyDecoder,
  CafeRequestDecoder,
  DEFAULT_FRAME_LIMITS,
  type FrameLimits,
  frameLimits,
} from "../../lib/cafe/mod.ts";

const PURE = { permissions: "none" } as const;

Deno.test("frameLimits fills in the defaults", PURE, () => {
  assertEquals(frameLimits({}), DEFAULT_FRAME_LIMITS);
  assertEquals(frameLimits({ maxKeySize: 250 }), { maxKeySize: 250, maxValueSize: 67_108_864 });
});

Deno.test("frameLimits fills in the default of a limit that is undefined", PURE, () => {
  // The compiler does not let a caller write this; a caller without one may.
  const limits = { maxKeySize: undefined, maxValueSize: undefined } as unknown as FrameLimits;
  assertEquals(frameLimits(limits), DEFAULT_FRAME_LIMITS);
});

Deno.test("frameLimits takes the ends of the ranges", PURE, () => {
  for (
    const limits of [{ maxKeySize: 0, maxValueSize: 0 }, {
      maxKeySize: 65_535,
      maxValueSize: 4_294_967_295,
    }]
  ) {
    assertEquals(frameLimits(limits), limits);
  }
});

Deno.test("decoders refuse limits that a header cannot say", PURE, () => {
  const wrong: [FrameLimits, string][] = [
    [
      { maxKeySize: 65_536 },
      "Cannot use maxKeySize 65536: it must be a whole number from 0 to 65535",
    ],
    [{ maxKeySize: -1 }, "Cannot use maxKeySize -1: it must be a whole number from 0 to 65535"],
    [
      { maxValueSize: 1.5 },
      "Cannot use maxValueSize 1.5: it must be a whole number from 0 to 4294967295",
    ],
    [
      { maxValueSize: 2 ** 32 },
      "Cannot use maxValueSize 4294967296: it must be a whole number from 0 to 4294967295",
    ],
    [
      { maxValueSize: NaN },
      "Cannot use maxValueSize NaN: it must be a whole number from 0 to 4294967295",
    ],
  ];
  for (const [limits, message] of wrong) {
    assertEquals(assertThrows(() => new CafeRequestDecoder(limits), RangeError).message, message);
    assertEquals(assertThrows(() => new CafeReplyDecoder(limits), RangeError).message, message);
  }
});
