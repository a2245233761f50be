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
import type { Peer } from "./context.ts";
import type { Handlers } from "./handlers.ts";

/** Subscribes the connection to a channel. */
function subscribe(request: SubscribeRequest, peer: Peer): Response {
  const { channels } = peer.services;
  const { channel, checksum } = request;
  if (!channels.has(peer, channel)) checkSubscriptions(peer);
  channels.subscribe(peer, channel, checksum);
  return ok();
}

/**
 * Makes sure that a connection may have one subscription more.
 *
 * @throws {CommandError} When it has as many as it may have.
 */
export function checkSubscriptions(peer: Peer): void {
  const { channels, limits: { maxSubscriptions } } = peer.services;
  if (channels.countOf(peer) < maxSubscriptions) return;
  throw new CommandError(
    "SUBSCRIPTION_LIMIT",
    `Cannot subscribe: the connection has ${maxSubscriptions} subscriptions, which is the limit (option maxSubscriptions)`,
  );
}

/** Ends the connection's subscription to a channel. */
function unsubscribe(request: UnsubscribeRequest, peer: Peer): Response {
  peer.services.channels.unsubscribe(peer, request.channel);
  return ok();
}

/** Sends a message to the subscribers of a channel. */
function publish(request: PublishRequest, { services }: Peer): Response {
  return count(services.channels.publish(request.channel, request.message));
}

/** The handlers of publish and subscribe. */
export const CHANNEL_HANDLERS: Handlers<SubscribeRequest | UnsubscribeRequest | PublishRequest> = {
  SUBSCRIBE: subscribe,
  UNSUBSCRIBE: unsubscribe,
  PUBLISH: publish,
};
