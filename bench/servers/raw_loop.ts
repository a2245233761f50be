/**
 * The yardstick: the same decoder, handlers, store and encoder in a plain loop of reads and writes,
 * without streams. Prints its port.
 *
 * @module
 */

import { Slab, WriteBuffer } from "../../lib/bytes/mod.ts";
import { BatchDecoder } from "../../lib/codec/mod.ts";
import type { Services } from "../../lib/handler/mod.ts";
import { type Incoming, newServices, Session } from "../../lib/server/mod.ts";
import { print } from "../report.ts";

async function serveConnection(connection: Deno.TcpConn, services: Services): Promise<void> {
  const session = new Session(services);
  const batches = new BatchDecoder(session.decoder);
  const slab = new Slab();
  const out = new WriteBuffer();
  for (;;) {
    const count = await connection.read(slab.free());
    if (count === null) return;
    const requests: Incoming[] = [];
    batches.push(slab.carve(count), requests);
    session.handle(requests);
    for (const response of session.takeOutput()) session.encoder.encode(response, out);
    for (const view of out.drain()) {
      for (let at = 0; at < view.length;) at += await connection.write(view.subarray(at));
    }
  }
}

const services = newServices();
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
print(String(listener.addr.port));
for await (const connection of listener) {
  connection.setNoDelay(true);
  serveConnection(connection, services).catch(() => {}).finally(() => connection.close());
}
