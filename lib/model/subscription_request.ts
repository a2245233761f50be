/**
 * Requests about subscriptions, as Redis has them: several at once, and patterns.
 *
 * @module
 */

/** What names stand for: channels, or patterns of channels. */
export type TopicKind = "channel" | "pattern";

/** Asks for the messages of channels; each subscription is confirmed by itself. */
export interface SubscribeToRequest {
  /** Which request this is. */
  readonly op: "SUBSCRIBE_TO";
  /** What the names stand for. */
  readonly kind: TopicKind;
  /** The names, any bytes. */
  readonly names: readonly Uint8Array[];
}

/** Ends subscriptions; each end is confirmed by itself. */
export interface UnsubscribeFromRequest {
  /** Which request this is. */
  readonly op: "UNSUBSCRIBE_FROM";
  /** What the names stand for. */
  readonly kind: TopicKind;
  /** The names; none for all of the kind. */
  readonly names: readonly Uint8Array[];
}

/** Asks which channels have subscribers. */
export interface PubsubChannelsRequest {
  /** Which request this is. */
  readonly op: "PUBSUB_CHANNELS";
  /** Only channels that match it. */
  readonly pattern: Uint8Array | undefined;
}

/** Asks how many subscribers channels have. */
export interface PubsubNumsubRequest {
  /** Which request this is. */
  readonly op: "PUBSUB_NUMSUB";
  /** The channels. */
  readonly channels: readonly Uint8Array[];
}

/** Asks how many patterns have subscribers. */
export interface PubsubNumpatRequest {
  /** Which request this is. */
  readonly op: "PUBSUB_NUMPAT";
}

/** Any request about subscriptions. */
export type SubscriptionRequest =
  | SubscribeToRequest
  | UnsubscribeFromRequest
  | PubsubChannelsRequest
  | PubsubNumsubRequest
  | PubsubNumpatRequest;
