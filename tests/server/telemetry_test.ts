import { newServices } from "../../lib/server/mod.ts";
import { tellTelemetry } from "../../lib/server/telemetry.ts";
import { assertEquals } from "@std/assert";
import { TalkServer } from "./resp/talkers.ts";

type Callback = (
  result: { observe(value: number, labels: Readonly<Record<string, string>>): void },
) => void;

/** A provider that keeps what is made of it. */
class FakeProvider {
  readonly instruments = new Map<
    string,
    { type: string; unit: string; callbacks: Set<Callback> }
  >();

  getMeter() {
    return {
      createObservableCounter: this.#maker("counter"),
      createObservableGauge: this.#maker("gauge"),
    };
  }

  /** What a metric is now. */
  read(name: string): unknown[] {
    const values: unknown[] = [];
    for (const callback of this.instruments.get(name)!.callbacks) {
      callback({ observe: (value, labels) => void values.push([value, ...Object.values(labels)]) });
    }
    return values;
  }

  #maker(type: string) {
    return (name: string, { unit }: { unit: string }) => {
      const callbacks = new Set<Callback>();
      this.instruments.set(name, { type, unit, callbacks });
      return {
        addCallback: (callback: Callback) => void callbacks.add(callback),
        removeCallback: (callback: Callback) => void callbacks.delete(callback),
      };
    };
  }
}

Deno.test("OpenTelemetry reads the metrics, and of distributions their counts and sums", {
  permissions: "none",
}, () => {
  const provider = new FakeProvider();
  const server = new TalkServer();
  const stop = tellTelemetry(server.services, provider);
  server.connect().say("GET a", "GET a");
  assertEquals(provider.read("cortado_command_calls_total"), [[2, "resp", "get"]]);
  assertEquals(provider.read("cortado_command_duration_seconds_count"), [[2, "resp", "get"]]);
  const of = (name: string) => provider.instruments.get(name)!;
  assertEquals([of("cortado_received_bytes_total").type, of("cortado_connections").type], [
    "counter",
    "gauge",
  ]);
  assertEquals(
    ["cortado_command_duration_seconds_sum", "cortado_sent_bytes_total", "cortado_connections"]
      .map((name) => of(name).unit),
    ["s", "By", "1"],
  );
  stop();
  assertEquals(provider.read("cortado_command_calls_total"), []);
});

Deno.test(
  "OpenTelemetry that is off is told nothing, and does not mind",
  { permissions: "none" },
  () => {
    tellTelemetry(newServices())();
  },
);
