/** @file Long computations on the calling thread, in pieces, so that the event loop can run in between. */

/** A computation in pieces: it yields wherever it can be suspended or cancelled. */
export type Work<T> = Generator<void, T, void>;

/** Milliseconds of computation between turns of the event loop; a page draws every 16 ms. */
const PATIENCE = 8;

/** Runs to the end without a pause. */
export function finish<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Runs to the end, with a turn of the event loop after the first piece that ends 8 ms after the last turn. The signal
 * is checked before each piece. @throws the signal's reason.
 */
export async function finishInTurns<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
  let since = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - since < PATIENCE) continue;
    await turn();
    since = performance.now();
  }
}

/** Resolves after a turn of the event loop, in which a page can draw, and timers and other events are handled. */
export function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel(); // timers wait 4 ms in pages
  return new Promise((resolve) => {
    const heard = port1 as unknown as { onmessage(): void };
    heard.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
