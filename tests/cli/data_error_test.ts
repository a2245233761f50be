import { dataError } from "../../lib/cli/data_error.ts";
import { DataDirectoryError } from "../../lib/server/mod.ts";
import { JournalError } from "../../lib/store/mod.ts";
import { assertEquals } from "@std/assert";

function test(name: string, error: unknown, expected: string | undefined): void {
  Deno.test({
    name: `dataError ${name}`,
    permissions: "none",
    fn: () => assertEquals(dataError(error, "dir")?.message, expected),
  });
}

test(
  "tells how to see what is whole, when files are damaged",
  new JournalError("file", 7, "Cannot load dir: file is damaged at byte 7: it is odd"),
  "Cannot load dir: file is damaged at byte 7: it is odd; nothing was changed. " +
    "main.ts repair dir shows what is whole",
);
test(
  "tells to stop the other server",
  new Deno.errors.Busy("Cannot open dir: another server uses it"),
  "Cannot open dir: another server uses it; stop it, or give another --data",
);
for (const access of ["read", "write"]) {
  test(
    `names the flags when Deno permits no ${access} access`,
    new Deno.errors.NotCapable(`Requires ${access} access to "dir", run again with another flag`),
    "Cannot open dir: Deno does not permit it; run again with --allow-read=dir --allow-write=dir",
  );
}
test(
  "says what the system says of the directory",
  new DataDirectoryError("dir", new Error("Permission denied (os error 13)")),
  "Cannot use dir: Permission denied (os error 13); give another --data, or mend that",
);
test(
  "leaves alone what is about the network",
  new Deno.errors.NotCapable('Requires net access to "0.0.0.0:1"'),
  undefined,
);
test("leaves alone what is about an address", new Deno.errors.AddrInUse("in use"), undefined);

Deno.test({
  name: "dataError names the flag with all that is to be read",
  permissions: "none",
  fn() {
    const error = new Deno.errors.NotCapable('Requires read access to "dir", run again');
    assertEquals(
      dataError(error, "dir", ["cortado.json"])?.message,
      "Cannot open dir: Deno does not permit it; run again with " +
        "--allow-read=dir,cortado.json --allow-write=dir",
    );
  },
});
