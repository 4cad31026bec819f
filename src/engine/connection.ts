/** @file Calls to an inpainter in another thread or process. Each call has a number, and a signal ends it at once. */

import { onAbort } from '../base/abort.ts';
import { fromPosted, type LatentfillError } from '../base/errors.ts';
import type { FillStep } from '../inpaint/inpaint.ts';
import type { Answer, Calls } from './messages.ts';
import type { Place } from './place.ts';

/** Settings of a call. */
interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: FillStep) => void) | undefined;
}

/** Makes calls. */
interface Ask {
  <K extends keyof Calls>(call: K, asks: Calls[K]['asks'], options?: CallOptions): Promise<Calls[K]['gives']>;
  /** The same, with the call's number, which later calls can refer to. */
  numbered<K extends keyof Calls>(
    call: K,
    asks: Calls[K]['asks'],
    options?: CallOptions,
  ): { readonly id: number; readonly answer: Promise<Calls[K]['gives']> };
}

/** A connection to a place. */
export interface Connection {
  readonly ask: Ask;
  /** False after it was closed, or after the place ended by itself. */
  isOpen(): boolean;
  /** Ends the place; pending calls fail with `reason`. */
  close(reason: LatentfillError): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  readonly onStep: CallOptions['onStep'];
}

/** Connects to a place. */
export function connect(place: Place): Connection {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let ended: LatentfillError | undefined;

  /** Stops waiting for an answer. */
  function forget(id: number): void {
    waiting.delete(id);
    if (waiting.size === 0) place.hold(false);
  }

  function fail(reason: LatentfillError): void {
    ended ??= reason;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
    place.hold(false);
  }

  /** Stops a call: it fails with `reason`, and its answer will be ignored. */
  function stop(id: number, reason: unknown): void {
    const call = waiting.get(id);
    forget(id);
    place.post({ id, stop: true });
    call?.reject(reason);
  }

  place.listen(({ id, step, value, ...posted }: Answer) => {
    const call = waiting.get(id);
    if (!call) return; // the call was stopped
    if (step) {
      try {
        call.onStep?.(step);
      } catch (error) {
        stop(id, error); // as an exception in onStep ends a call in the same thread
      }
      return;
    }
    forget(id);
    const error = fromPosted(posted, "In the inpainter's own process or worker");
    if (error) call.reject(error);
    else call.resolve(value);
  });
  place.onEnd(fail);
  place.hold(false);

  function numbered<K extends keyof Calls>(call: K, asks: Calls[K]['asks'], options: CallOptions = {}) {
    const { signal, onStep } = options;
    const id = ++last;
    const answer = new Promise<Calls[K]['gives']>((resolve, reject) => {
      signal?.throwIfAborted();
      if (ended) throw ended;
      const following = signal && onAbort(signal, () => stop(id, signal.reason));
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          following?.[Symbol.dispose]();
          settle(value);
        };
      waiting.set(id, { resolve: settled(resolve as (value: unknown) => void), reject: settled(reject), onStep });
      place.hold(true);
      try {
        place.post({ id, call, asks } as never);
      } catch (error) {
        forget(id);
        settled(reject)(error); // the arguments cannot be posted
      }
    });
    return { id, answer };
  }

  return {
    ask: Object.assign((async (call, asks, options) => numbered(call, asks, options).answer) as Ask, { numbered }),
    isOpen: () => ended === undefined,
    async close(reason) {
      fail(reason);
      await place.end();
    },
  };
}
