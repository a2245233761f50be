/**
 * Requests that are answered later.
 *
 * @module
 */

/** What a request waits for before it is answered, and before those behind it are carried out. */
export interface Wait {
  /** For how long at most, in milliseconds; 0 for any time. */
  readonly timeout: number;
  /** Resolves when it need not wait any more; without it only the time ends the wait, or the connection's end. */
  readonly until: Promise<unknown> | undefined;
  /** Whether nothing is read meanwhile: what comes depends on how it ends. The time must be short. */
  readonly unread?: true;
  /** Called when the wait is over, however it ended: replies. */
  readonly over: () => void;
}

/** A timer that is set for longer rings at once. No client waits for 24 days. */
const MAX_TIMER = 2 ** 31 - 1;

/** Resolves when what is waited for is so, when the time has passed, or when the wait is stopped. */
export async function finished(
  { until = new Promise(() => {}), timeout }: Pick<Wait, "until" | "timeout">,
  stopped: Promise<void>,
): Promise<void> {
  if (timeout === 0 || timeout > MAX_TIMER) return void await Promise.race([until, stopped]);
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeout);
  await Promise.race([until, stopped, late]);
  clearTimeout(timer);
}
