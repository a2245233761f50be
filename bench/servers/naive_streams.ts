/**
 * The streams that one would write first: `conn.readable`, one chunk a request, one chunk a response,
 * `conn.writable`. The decoder, handlers, store and encoder are the same. Prints its port.
 *
 * @module
 */

import { BatchDecoder, encodeAll } from "../../lib/codec/mod.ts";
import type { Services } from "../../lib/handler/mod.ts";
import { type Incoming, newServices, Session } from "../../lib/server/mod.ts";
import { print } from "../report.ts";

function serveConnection(connection: Deno.TcpConn, services: Services): Promise<void> {
  const session = new Session(services);
  const batches = new BatchDecoder(session.decoder);
  const decode = new TransformStream<Uint8Array<ArrayBuffer>, Incoming>({
    transform(chunk, controller) {
      const requests: Incoming[] = [];
      batches.push(chunk, requests);
      for (const request of requests) controller.enqueue(request);
    },
  });
  const answer = new TransformStream<Incoming, Uint8Array<ArrayBuffer>>({
    transform(request, controller) {
      session.handle([request]);
      controller.enqueue(encodeAll(session.encoder, session.takeOutput()));
    },
  });
  return connection.readable.pipeThrough(decode).pipeThrough(answer).pipeTo(connection.writable);
}

const services = newServices();
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
print(String(listener.addr.port));
for await (const connection of listener) {
  connection.setNoDelay(true);
  serveConnection(connection, services).catch(() => {});
}
