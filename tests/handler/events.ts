import { parseEventFlags } from "../../lib/handler/mod.ts";
import { textOf, utf8 } from "../codec/helpers.ts";
import type { Bench } from "./helpers.ts";

/** The events of all classes from now on, one a line: database, event, key. Take them out with `splice(0)`. */
export function eventsOf({ services }: Bench): string[] {
  const log: string[] = [];
  services.events.flags = parseEventFlags("EAmn")!;
  services.databases.onExpired = (key, at) => services.events.emit("x", "expired", key, at);
  services.databases.onCreated = (key, at) => services.events.emit("n", "new", key, at);
  services.channels.subscribePattern({
    deliver({ channel, payload }) {
      const [, database, event] = /^__keyevent@(\d+)__:(.+)$/.exec(textOf(channel))!;
      log.push(`${database} ${event} ${textOf(payload)}`);
    },
  }, utf8("__keyevent@*"));
  return log;
}
