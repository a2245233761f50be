import { CONFIG_OPTION, configure, limitLines } from "../../lib/cli/configuration.ts";
import { UsageError } from "../../lib/cli/error.ts";
import { valueOption } from "../../lib/cli/options.ts";
import { parseCount, parseSize, tellSize } from "../../lib/cli/quantities.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { MemoryIo } from "./helpers.ts";

const TABLE = {
  ...CONFIG_OPTION,
  maxBatch: { ...valueOption("N", "", parseCount), limit: { byDefault: 7, format: String } },
  maxKeySize: {
    ...valueOption("SIZE", "", parseSize),
    limit: { byDefault: 65_535, format: tellSize },
  },
  maxAge: { ...valueOption("N", "", parseCount), limit: { byDefault: 1, format: String } },
  maxValueSize: {
    ...valueOption("SIZE", "", parseSize),
    limit: { byDefault: 1 << 20, format: tellSize },
  },
  password: valueOption("PASSWORD", "", (text) => text),
};

/** Runs with a file of that content. */
async function withFile(text: string, fn: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, text);
    await fn(path);
  } finally {
    await Deno.remove(path);
  }
}

const FILES: Deno.PermissionOptions = { read: true, write: true };

Deno.test({
  name: "a flag goes over the environment, that over the file, and that over the default",
  permissions: FILES,
  async fn() {
    const all = '{"maxBatch": 1, "maxKeySize": 1, "maxValueSize": 1, "password": "s3cret"}';
    await withFile(all, async (config) => {
      const env = { CORTADO_MAX_KEY_SIZE: "2KiB", CORTADO_MAX_VALUE_SIZE: "2MiB" };
      const flags = { config, maxValueSize: 3 << 20 };
      const configuration = await configure(TABLE, flags, new MemoryIo({ env }));
      assertEquals(configuration.values, {
        config,
        maxBatch: 1,
        maxKeySize: 2_048,
        maxValueSize: 3 << 20,
        password: "s3cret",
      });
      assertEquals(limitLines(TABLE, configuration), [
        "limit maxAge       1     (default)",
        `limit maxBatch     1     (file ${config})`,
        "limit maxKeySize   2 KiB (environment CORTADO_MAX_KEY_SIZE)",
        "limit maxValueSize 3 MiB (flag --max-value-size)",
      ]);
      assertEquals(configuration.originOf("maxAge").told, "default");
      assertEquals(configuration.originOf("maxBatch").named, `Cannot use ${config}: maxBatch`);
    });
  },
});

Deno.test({
  name: "the environment names a file where no flag does, and a file names none",
  permissions: FILES,
  async fn() {
    await withFile('{"maxBatch": 5}', async (path) => {
      const env = { CORTADO_CONFIG: path };
      const { values } = await configure(TABLE, {}, new MemoryIo({ env }));
      assertEquals(values, { config: path, maxBatch: 5 });
      await withFile('{"config": "other.json"}', async (config) => {
        await assertRejects(
          () => configure(TABLE, { config }, new MemoryIo({ env })),
          UsageError,
          `Cannot use ${config}: there is no option config`,
        );
      });
    });
  },
});
