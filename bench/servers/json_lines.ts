/**
 * The same service in the protocol that people write first: JSON lines over TCP, values in base64. All
 * requests of a read are answered by one write. Prints its port.
 *
 * @module
 */

import { bufferFromBase64, encodeLines, JsonLinesDecoder } from "../json_lines.ts";
import { print } from "../report.ts";

const ROOM = 65_536;

interface LineRequest {
  readonly op: string;
  readonly key: string;
  readonly value?: string;
}

const store = new Map<string, Uint8Array>();

function answer({ op, key, value }: LineRequest): unknown {
  if (op === "GET") {
    const found = store.get(key);
    return found === undefined ? { miss: true } : { value: found.toBase64() };
  }
  if (op !== "SET" || value === undefined) return { error: `there is no ${op}` };
  store.set(key, bufferFromBase64(value));
  return { ok: true };
}

async function serveConnection(connection: Deno.TcpConn): Promise<void> {
  const decoder = new JsonLinesDecoder<LineRequest>((line) => JSON.parse(line));
  const room = new Uint8Array(ROOM);
  for (let count; (count = await connection.read(room)) !== null;) {
    const requests: LineRequest[] = [];
    decoder.push(room.subarray(0, count), requests);
    const bytes = encodeLines(requests, (request) => JSON.stringify(answer(request)));
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
print(String(listener.addr.port));
for await (const connection of listener) {
  connection.setNoDelay(true);
  serveConnection(connection).catch(() => {}).finally(() => connection.close());
}
