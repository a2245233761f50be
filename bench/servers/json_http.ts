/**
 * The same service as JSON over HTTP, by `Deno.serve`: GET and PUT of a path, values in base64. Prints its
 * port.
 *
 * @module
 */

import { bufferFromBase64 } from "../json_lines.ts";
import { print } from "../report.ts";

const store = new Map<string, Uint8Array>();

async function answer(request: Request): Promise<Response> {
  const key = request.url.slice(request.url.lastIndexOf("/") + 1);
  if (request.method === "GET") {
    const found = store.get(key);
    if (found === undefined) return Response.json({ miss: true }, { status: 404 });
    return Response.json({ value: found.toBase64() });
  }
  const { value }: { readonly value: string } = await request.json();
  store.set(key, bufferFromBase64(value));
  return Response.json({ ok: true });
}

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => print(String(port)),
}, answer);
