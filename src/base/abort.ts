/** @file Signals that stop work. */

const hearers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `stop` once the signal is aborted, unless disposed of before. However much work one signal stops, it has one listener:
 * with more than ten, Node warns of a leak.
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

/** A signal that is aborted as soon as one of `signals` is, for the same reason. */
export function follow(...signals: readonly (AbortSignal | undefined)[]): Following {
  const controller = new AbortController();
  const heard: Disposable[] = [];
  for (const signal of signals) {
    if (!signal) continue;
    if (signal.aborted) controller.abort(signal.reason);
    else heard.push(onAbort(signal, () => controller.abort(signal.reason)));
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const one of heard) one[Symbol.dispose]();
    },
  };
}

/** What a promise gives, or a throw of the signal's reason if that comes first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const heard = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(() => heard[Symbol.dispose]());
  });
}
