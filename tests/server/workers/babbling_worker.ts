/** A worker whose messages are none. */

import { Bell } from "../../../lib/server/workers/bell.ts";
import { layout } from "../../../lib/server/workers/layout.ts";
import type { Order, Report } from "../../../lib/server/workers/messages.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Order>) => void;
  postMessage(report: Report): void;
};

scope.onmessage = ({ data }) => {
  if (data.order !== "start") return;
  scope.postMessage({ report: "listening" });
  layout(data.rings).up.push(99, 1, 0);
  new Bell(data.bell, 0).wake();
};
