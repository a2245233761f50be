/**
 * A thread that owns sockets: it accepts, reads and writes for the one thread that has the store. It is started
 * as a worker, and is no part of the library.
 *
 * @module
 */

import { IoLoop } from "./io_loop.ts";
import type { Order, Report } from "./messages.ts";

/** What a worker has of its scope. */
interface Scope {
  onmessage: (event: MessageEvent<Order>) => void;
  postMessage(report: Report): void;
}

// The types that Deno gives a module are those of the main thread.
const scope = globalThis as unknown as Scope;

let loop: IoLoop | undefined;

scope.onmessage = ({ data }) => {
  if (data.order === "start") start(data);
  else if (data.order === "news") loop?.take(data.news);
  else if (data.order === "stop") void loop?.stop();
  else void loop?.end();
};

function start(order: Order & { readonly order: "start" }): void {
  try {
    loop = new IoLoop(order, (report) => scope.postMessage(report));
    loop.listen(order.hostname, order.port);
  } catch (cause) {
    const { name, message } = cause as Error;
    scope.postMessage({ report: "failed", name, message });
  }
}
