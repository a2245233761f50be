/**
 * The handlers of publish and subscribe.
 *
 * @module
 */

import {
  CommandError,
  count,
  ok,
  type PublishRequest,
  type Response,
  type SubscribeRequest,
  type UnsubscribeRequest,
} from "../model/mod.ts";
import type { Peer, Services } from "./context.ts";

/** Subscribes the connection to a channel. */
export function subscribe(request: SubscribeRequest, services: Services, peer: Peer): Response {
  const { channels, limits } = services;
  const { channel, checksum } = request;
  if (channels.countOf(peer) >= limits.maxSubscriptions && !channels.has(peer, channel)) {
    throw new CommandError(
      "SUBSCRIPTION_LIMIT",
      `Cannot subscribe: the connection has ${limits.maxSubscriptions} subscriptions, which is the limit (option maxSubscriptions)`,
    );
  }
  channels.subscribe(peer, channel, checksum);
  return ok();
}

/** Ends the connection's subscription to a channel. */
export function unsubscribe(
  request: UnsubscribeRequest,
  { channels }: Services,
  peer: Peer,
): Response {
  channels.unsubscribe(peer, request.channel);
  return ok();
}

/** Sends a message to the subscribers of a channel. */
export function publish(request: PublishRequest, { channels }: Services): Response {
  return count(channels.publish(request.channel, request.message));
}
