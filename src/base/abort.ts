/** @file Helpers for abort signals. */

const hearers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `stop` when the signal is aborted, unless disposed of before. All callbacks of a signal share one listener,
 * since Node warns of a leak from eleven listeners on.
 */
export function onAbort(signal: AbortSignal, stop: () => void): Disposable {
  const own = () => stop();
  const all = hearers.get(signal) ?? listen(signal);
  all.add(own);
  return {
    [Symbol.dispose]() {
      all.delete(own);
      if (all.size > 0 || hearers.get(signal) !== all) return;
      hearers.delete(signal);
      signal.removeEventListener('abort', hear);
    },
  };
}

function listen(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  hearers.set(signal, all);
  signal.addEventListener('abort', hear, { once: true });
  return all;
}

function hear(this: AbortSignal): void {
  const all = hearers.get(this);
  hearers.delete(this);
  for (const stop of all ?? []) stop();
}

/** A signal that follows others. Dispose of it to stop following. */
export interface Following extends Disposable {
  readonly signal: AbortSignal;
}

/** A signal that is aborted as soon as one of `signals` is, for the same reason. It then stops following the others. */
export function follow(...signals: readonly (AbortSignal | undefined)[]): Following {
  const controller = new AbortController();
  const heard: Disposable[] = [];
  const leave = () => {
    for (const one of heard) one[Symbol.dispose]();
  };
  for (const signal of signals) {
    if (!signal) continue;
    const stop = () => {
      leave();
      controller.abort(signal.reason);
    };
    if (signal.aborted) stop();
    else heard.push(onAbort(signal, stop));
  }
  return { signal: controller.signal, [Symbol.dispose]: leave };
}

/** The result of a promise, or a rejection with the signal's reason if that comes first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const heard = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(() => heard[Symbol.dispose]());
  });
}
