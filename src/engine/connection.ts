/** @file Calls to the far end: each has a number, its answer comes when it comes, and a signal ends it at once. */

import { onAbort } from '../base/abort.ts';
import { fromPosted, type LatentfillError } from '../base/errors.ts';
import type { SearchState } from '../inpaint/search.ts';
import type { Answer, Calls } from './messages.ts';
import type { Place } from './place.ts';

/** How a call is made. */
interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: SearchState) => void) | undefined;
}

/** Asks the far end. */
interface Ask {
  <K extends keyof Calls>(call: K, asks: Calls[K]['asks'], options?: CallOptions): Promise<Calls[K]['gives']>;
  /** The same, with the number by which others call it. */
  numbered<K extends keyof Calls>(
    call: K,
    asks: Calls[K]['asks'],
    options?: CallOptions,
  ): { readonly id: number; readonly answer: Promise<Calls[K]['gives']> };
}

/** A place that can be asked. */
export interface Connection {
  readonly ask: Ask;
  /** False once it was closed or has ended by itself. */
  isOpen(): boolean;
  /** Ends the place; what is still asked fails for `reason`. */
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

  /** Waits for an answer no longer. */
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

  /** Stops a call, whose answer nobody waits for then. */
  function stop(id: number, reason: unknown): void {
    const call = waiting.get(id);
    forget(id);
    place.post({ id, stop: true });
    call?.reject(reason);
  }

  place.listen(({ id, step, value, ...posted }: Answer) => {
    const call = waiting.get(id);
    if (!call) return; // it was stopped
    if (step) {
      try {
        call.onStep?.(step);
      } catch (error) {
        stop(id, error); // as it would end a call here
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
        settled(reject)(error); // it holds what cannot be posted
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
