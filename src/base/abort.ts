/** @file Signals that stop work. */

/** A signal that follows others. Dispose of it to stop following. */
export interface Following extends Disposable {
  readonly signal: AbortSignal;
}

/** A signal that is aborted as soon as one of `signals` is, for the same reason. */
export function follow(...signals: readonly (AbortSignal | undefined)[]): Following {
  const controller = new AbortController();
  const ends: (() => void)[] = [];
  for (const signal of signals) {
    if (!signal) continue;
    if (signal.aborted) controller.abort(signal.reason);
    const stop = () => controller.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    ends.push(() => signal.removeEventListener('abort', stop));
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const end of ends) end();
    },
  };
}

/** What a promise gives, or a throw of the signal's reason if that comes first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
