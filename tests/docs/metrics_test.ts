/** docs/metrics.md and the metrics of a server say the same. */

import { Client } from "../../lib/client/mod.ts";
import { METRICS } from "../../lib/handler/mod.ts";
import { serve } from "../../lib/server/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { until } from "../server/raw_client.ts";
import { type Family, parseExposition } from "../handler/exposition_parser.ts";

const PAGE = new URL("../../docs/metrics.md", import.meta.url);

/** A row of the table: name, type, labels, what it tells. */
type Row = readonly [string, string, string, string];

function rowsOfPage(): Row[] {
  const row = /^\| `((?:cortado|process)_\w+)` +\| (\w+) +\| (.*?) +\| (.*?) +\|$/gm;
  return [...Deno.readTextFileSync(PAGE).matchAll(row)].map(([, ...cells]) =>
    cells as unknown as Row
  );
}

/** What a server tells that has a journal, and has had traffic of both protocols. */
async function families(): Promise<ReadonlyMap<string, Family>> {
  const directory = await Deno.makeTempDir();
  try {
    await using server = await serve({ port: 0, admin: { port: 0 }, data: { directory } });
    await using client = await Client.connect(server.addr!);
    await client.set("k", "v", { ttl: 60_000 });
    await client.incr("k").catch(() => {});
    const { hotKeys } = server.services.statistics;
    for (let at = 0; at < 1_000; at++) hotKeys.look({ key: new TextEncoder().encode("k") }, 0);
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.addr!.port });
    await conn.write(new TextEncoder().encode("NOPE\r\nQUIT\r\n"));
    for (const buffer = new Uint8Array(512); await conn.read(buffer) !== null;);
    await until(() => server.services.statistics.endings.size > 0);
    // A first garbage collection may be some time away.
    while (server.services.system.collections.size === 0) new Array(100_000).fill({});
    const response = await fetch(`http://127.0.0.1:${server.adminAddr!.port}/metrics`);
    return parseExposition(await response.text());
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("docs/metrics.md has every metric of a server, with its type, labels and words", {
  permissions: { net: ["127.0.0.1"], read: true, write: true },
}, async () => {
  const told = [...(await families()).values()].map(({ name, type, help, lines }): Row => {
    assert(lines.length > 0, `${name} has no samples`);
    const labels = new Set(lines.flatMap((line) => Object.keys(line.labels)));
    labels.delete("le");
    return [name, type, [...labels].map((label) => `\`${label}\``).join(", "), help];
  });
  const line = (cells: Row) => `| \`${cells[0]}\` | ${cells.slice(1).join(" | ")} |`;
  assertEquals(rowsOfPage(), told, `The table should be:\n\n${told.map(line).join("\n")}\n`);
});

Deno.test(
  "docs/metrics.md names no metric that there is not",
  { permissions: { read: true } },
  () => {
    const known = new Set(METRICS.map(({ name }) => name));
    const named = [...Deno.readTextFileSync(PAGE).matchAll(/\b(?:cortado|process)_[a-z_]+\b/g)]
      .map(([name]) => name.replace(/_(bucket|sum|count)$/, ""));
    assertEquals(named.filter((name) => !known.has(name)), []);
  },
);
