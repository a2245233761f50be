import { DEFAULT_LIMITS, type Limits, serverLimits } from "../../lib/server/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";

function test(name: string, fn: () => void): void {
  Deno.test({ name: `serverLimits ${name}`, permissions: "none", fn });
}

test("fills in the defaults", () => {
  assertEquals(serverLimits({}), DEFAULT_LIMITS);
  assertEquals(serverLimits({ maxBatch: 7 }), { ...DEFAULT_LIMITS, maxBatch: 7 });
});

test("takes each limit at the least that it may be", () => {
  const least: Required<Limits> = {
    maxKeySize: 0,
    maxValueSize: 0,
    maxStreamedSize: 0,
    maxTransfers: 0,
    maxInFlight: 1,
    maxInFlightBytes: 1,
    maxBulkSize: 0,
    maxTransactionSize: 0,
    maxConnections: 1,
    maxConnectionsPerAddress: 0,
    maxOutputSize: 0,
    softOutputSize: 0,
    softOutputTime: 0,
    maxBufferMemory: 0,
    maxSubscriptions: 0,
    maxBatch: 1,
    idleTimeout: 0,
    maxAuthFailures: 0,
    frameTimeout: 0,
    authTimeout: 0,
    shutdownTimeout: 0,
    handshakeTimeout: 1,
  };
  assertEquals(serverLimits(least), least);
});

test("refuses what is no whole number in range, and names the limit", () => {
  for (const name of Object.keys(DEFAULT_LIMITS)) {
    for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      assertThrows(
        () => serverLimits({ [name]: value }),
        RangeError,
        `Cannot use ${name} ${value}`,
      );
    }
  }
  for (const name of ["maxConnections", "maxBatch", "handshakeTimeout"]) {
    assertThrows(
      () => serverLimits({ [name]: 0 }),
      RangeError,
      `Cannot use ${name} 0: it must be a whole number from 1`,
    );
  }
});

test("refuses a size that no header can say", () => {
  assertThrows(() => serverLimits({ maxKeySize: 65_536 }), RangeError, "from 0 to 65535");
  assertThrows(() => serverLimits({ maxValueSize: 2 ** 32 }), RangeError, "from 0 to 4294967295");
});
