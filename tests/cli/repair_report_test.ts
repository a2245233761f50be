import { reportOf } from "../../lib/cli/repair_report.ts";
import { Databases, type FileFindings, type Findings, type Stretch } from "../../lib/store/mod.ts";
import { assertEquals } from "@std/assert";

const STRETCH: Stretch = {
  from: 51,
  to: 60,
  reason: "no record begins with the bytes 4142",
  isTorn: false,
  bytes: Uint8Array.of(0x41),
  next: { name: "SET", key: Uint8Array.of(0x6b, 0x0a) },
};

function report(file: Partial<FileFindings>, counts: Partial<Findings> = {}): string[] {
  const whole = { name: "journal-00000001.cafe", size: 100, records: 1, stretches: [] };
  const files = [{ ...whole, ...file }];
  const findings = { files, isDamaged: true, dropped: 0, skipped: 0, ...counts };
  return reportOf("dir", findings, new Databases());
}

Deno.test({
  name: "reportOf says where a file is damaged, why, and what is behind it",
  permissions: "none",
  fn() {
    assertEquals(report({ stretches: [STRETCH] }), [
      "journal-00000001.cafe: 100 bytes, 1 whole record",
      "  bytes 51 to 60, 9 bytes: damaged: no record begins with the bytes 4142",
      `  ${"51".padStart(10)}  ${"41".padEnd(47)}  |A|`,
      '  byte 60: records go on with SET "k\\n"',
      "0 entries are whole.",
      "Lost: 9 bytes of the files.",
    ]);
  },
});

Deno.test({
  name: "reportOf says of a torn tail that a server cuts it",
  permissions: "none",
  fn() {
    const torn = { ...STRETCH, bytes: new Uint8Array(), isTorn: true, next: undefined };
    assertEquals(report({ stretches: [torn] }, { isDamaged: false }).slice(1), [
      "  bytes 51 to 60, 9 bytes: a torn tail, which a server cuts by itself: " + STRETCH.reason,
      "Nothing is damaged. 0 entries are whole.",
    ]);
  },
});

Deno.test({
  name: "reportOf shows ten stretches of a file at the most, and counts what is lost besides",
  permissions: "none",
  fn() {
    const stretches = new Array(12).fill({ ...STRETCH, next: undefined });
    const lines = report({ stretches }, { dropped: 1, skipped: 2 });
    assertEquals(lines.length, 1 + 2 * 10 + 1 + 1 + 3);
    assertEquals(lines.slice(-5), [
      "  and 2 more damaged stretches",
      "0 entries are whole.",
      "Lost: 108 bytes of the files.",
      "Dropped: 1 whole record of requests of which a part is lost.",
      "Skipped: 2 changes of what is lost.",
    ]);
  },
});
