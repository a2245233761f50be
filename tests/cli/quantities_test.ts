import {
  formatAddress,
  formatSize,
  formatTime,
  parseAddress,
  parseCount,
  parseHost,
  parseInteger,
  parsePort,
  parseSize,
  parseTime,
  parseTimeout,
  parseTtl,
} from "../../lib/cli/quantities.ts";
import { DEFAULT_PORT } from "../../lib/server/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";

const SEED = 51_966;

Deno.test({
  name: "parseSize reads plain bytes and the units KiB, MiB and GiB",
  permissions: "none",
  fn() {
    assertEquals(["0", "7", "64KiB", "64MiB", "2GiB"].map(parseSize), [
      0,
      7,
      65_536,
      67_108_864,
      2_147_483_648,
    ]);
  },
});

Deno.test({
  name: "parseTime reads 0 and the units ms, s, m, h and d",
  permissions: "none",
  fn() {
    const times = ["0", "7ms", "500ms", "10s", "5m", "1h", "1d"].map(parseTime);
    assertEquals(times, [0, 7, 500, 10_000, 300_000, 3_600_000, 86_400_000]);
  },
});

Deno.test({
  name: "parseTime does not guess the unit of a plain number",
  permissions: "none",
  fn() {
    for (const parse of [parseTime, parseTimeout, parseTtl]) {
      assertEquals(
        assertThrows(() => parse("60"), RangeError).message,
        '"60" has no unit: give 60s or 60ms',
      );
    }
  },
});

Deno.test({
  name: "sizes and times that are written in another way are refused, with what was found",
  permissions: "none",
  fn() {
    for (
      const text of ["", " ", "-1", "+1", "1.5s", "1e3", "0x10", "1 s", "s", "10S", "1KB", "NaN"]
    ) {
      for (const parse of [parseSize, parseTime, parseCount]) {
        assertThrows(() => parse(text), RangeError, JSON.stringify(text));
      }
    }
    assertThrows(() => parseTime("1constructor"), RangeError);
    assertThrows(() => parseSize("1ms"), RangeError);
    assertThrows(() => parseCount("1KiB"), RangeError);
  },
});

Deno.test({
  name: "sizes and times beyond 2^53 - 1 are refused, however they are written",
  permissions: "none",
  fn() {
    assertEquals(parseSize("9007199254740991"), Number.MAX_SAFE_INTEGER);
    assertThrows(() => parseSize("9007199254740992"), RangeError, "too large");
    assertThrows(() => parseTime("104249991375d"), RangeError, "too large");
    assertThrows(() => parseSize("9".repeat(400)), RangeError, "too large");
  },
});

Deno.test({
  name: "every size and every time is read back from how it is formatted",
  permissions: "none",
  fn() {
    const whole = fc.oneof(
      fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      fc.nat({ max: 1_000 }).map((n) => n * 1_048_576),
      fc.nat({ max: 1_000 }).map((n) => n * 60_000),
    );
    fc.assert(
      fc.property(whole, (value) => {
        assertEquals(parseSize(formatSize(value)), value);
        assertEquals(parseTime(formatTime(value)), value);
      }),
      { seed: SEED },
    );
    assertEquals([65_536, 67_108_864, 1_000, 0].map(formatSize), ["64KiB", "64MiB", "1000", "0"]);
    assertEquals([5_000, 0, 90_000, 86_400_000].map(formatTime), ["5s", "0", "90s", "1d"]);
  },
});

Deno.test({
  name: "any text is either read as a safe whole number or refused with a RangeError",
  permissions: "none",
  fn() {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^\d{0,20}[a-zA-Z]{0,4}$/));
    fc.assert(
      fc.property(text, (text) => {
        for (const parse of [parseSize, parseTime, parseCount, parsePort]) {
          try {
            const value = parse(text);
            assertEquals(Number.isSafeInteger(value) && value >= 0, true);
          } catch (error) {
            assertEquals(error instanceof RangeError, true);
          }
        }
      }),
      { seed: SEED },
    );
  },
});

Deno.test({
  name: "parseTtl refuses a time of 0",
  permissions: "none",
  fn() {
    assertEquals(parseTtl("1ms"), 1);
    assertThrows(() => parseTtl("0s"), RangeError, "the least is 1ms");
  },
});

Deno.test({
  name: "parseTimeout refuses a time that a timer would not wait for",
  permissions: "none",
  fn() {
    assertEquals(parseTimeout("2147483647ms"), 2 ** 31 - 1);
    assertThrows(() => parseTimeout("2147483648ms"), RangeError, "the limit is 2147483647ms");
    assertThrows(() => parseTimeout("25d"), RangeError, "too long");
  },
});

Deno.test({
  name: "parsePort reads 0 to 65535 in digits",
  permissions: "none",
  fn() {
    assertEquals(["0", "80", "65535"].map(parsePort), [0, 80, 65_535]);
    for (const text of ["65536", "-1", "1e3", "", "8o", "100000"]) {
      assertThrows(() => parsePort(text), RangeError, "is not a port");
    }
  },
});

Deno.test({
  name: "parseInteger reads the 64-bit integers and no others",
  permissions: "none",
  fn() {
    const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
    assertEquals([`${least}`, `${most}`, "+7", "-0", "007"].map(parseInteger), [
      least,
      most,
      7n,
      0n,
      7n,
    ]);
    for (const text of [`${most + 1n}`, `${least - 1n}`, "", "1.0", "0x1", " 1", "--1"]) {
      assertThrows(() => parseInteger(text), RangeError, "64-bit");
    }
  },
});

Deno.test({
  name: "parseHost takes names and addresses, and IPv6 addresses out of their brackets",
  permissions: "none",
  fn() {
    assertEquals(["localhost", "127.0.0.1", "::1", "[::1]", "fe80::1%eth0"].map(parseHost), [
      "localhost",
      "127.0.0.1",
      "::1",
      "::1",
      "fe80::1%eth0",
    ]);
    for (const text of ["", "[]", "localhost:80", "a b", "[localhost:1]", "http://x"]) {
      assertThrows(() => parseHost(text), RangeError, "is not a host");
    }
  },
});

Deno.test({
  name:
    "parseAddress reads HOST:PORT, [IPV6]:PORT, HOST, those with tls: before them, and unix:PATH",
  permissions: "none",
  fn() {
    assertEquals(parseAddress("localhost:80"), { hostname: "localhost", port: 80 });
    assertEquals(parseAddress("[::1]:80"), { hostname: "::1", port: 80 });
    assertEquals(parseAddress("localhost"), { hostname: "localhost", port: DEFAULT_PORT });
    assertEquals(parseAddress("unix:/run/a:b"), { path: "/run/a:b" });
    assertEquals(parseAddress("tls:[::1]:80"), { hostname: "::1", port: 80, tls: true });
    assertEquals(parseAddress("tls:80"), { hostname: "tls", port: 80 });
    assertEquals(formatAddress(parseAddress("tls:localhost:80")), "tls:localhost:80");
    for (
      const text of ["", ":80", "a:b", "a:1:2", "::1", "a:", "unix:", "tls:", "tls:a:b", "a:70000"]
    ) {
      assertThrows(() => parseAddress(text), RangeError);
    }
  },
});

Deno.test({
  name: "every address is read back from how it is formatted",
  permissions: "none",
  fn() {
    for (const text of ["127.0.0.1:1", "[::1]:65535", "localhost:51966", "unix:/tmp/x y"]) {
      assertEquals(formatAddress(parseAddress(text)), text);
    }
  },
});

Deno.test({
  name: "the command line and the server agree on the default port",
  permissions: "none",
  fn: () => assertEquals(parseAddress("h"), { hostname: "h", port: DEFAULT_PORT }),
});
