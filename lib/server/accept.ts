/**
 * Accepting connections for as long as a listener is open.
 *
 * @module
 */

/** What connections are accepted from: `Deno.Listener` is such. */
export interface Acceptor<S> {
  /** Waits for the next connection. */
  accept(): Promise<S>;
}

/** How a loop that accepts goes on. */
export interface AcceptOptions<S> {
  /** Takes over a connection. Must not throw, and must not wait. */
  readonly onConnection: (socket: S) => void;
  /** Told of each failed accept, and how long the loop waits after it, in milliseconds. */
  readonly onError: (cause: unknown, delay: number) => void;
  /** Ends the loop, also while it waits; the listener is the caller's to close. */
  readonly signal: AbortSignal;
  /** Waits; resolves early when the signal is aborted. Default: a timer. */
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const MIN_DELAY = 5;
const MAX_DELAY = 1_000;

/**
 * Accepts until the signal is aborted. An accept that fails, as for want of file descriptors, is tried
 * again after 5 ms, then twice as long each time up to a second: a server does not end because it is full.
 */
export async function acceptAll<S>(
  listener: Acceptor<S>,
  options: AcceptOptions<S>,
): Promise<void> {
  const { onConnection, onError, signal, delay = pause } = options;
  let wait = MIN_DELAY;
  while (!signal.aborted) {
    try {
      onConnection(await listener.accept());
      wait = MIN_DELAY;
    } catch (cause) {
      if (signal.aborted) return;
      onError(cause, wait);
      await delay(wait, signal);
      wait = Math.min(MAX_DELAY, wait * 2);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
