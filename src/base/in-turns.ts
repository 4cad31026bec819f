/** @file Long computations on the caller's own thread, cut into pieces so that others have their turn in between. */

/** A computation in pieces: it yields wherever it may be left off for a while, or for good. */
export type Work<T> = Generator<void, T, void>;

/** Milliseconds of computing between turns of the event loop: a page draws every 16. */
const PATIENCE = 8;

/** Runs to the end at once. */
export function finish<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Runs to the end, with a turn of the event loop each 8 ms, or soon after where pieces are longer. The signal is looked at
 * before each piece; once it is aborted, none is begun. @throws the signal's reason.
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

/** Lets a page draw and answer its user, and timers and signals be heard, before the promise resolves. */
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
