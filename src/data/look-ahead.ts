/** @file Computes results of steps in advance. */

/** Settings of {@link lookAhead}. */
export interface LookAhead {
  /** Steps made in advance. */
  readonly ahead: number;
  /** Results kept after they were requested. */
  readonly keep: number;
}

/**
 * Wraps `make` so that a request for a step also begins the next `ahead` steps. The last `keep` results are cached.
 * Steps can be requested in any order. A failure rejects the request for its own step only.
 */
export function lookAhead<T>(
  make: (step: number) => Promise<T>,
  { ahead, keep }: LookAhead,
): (step: number) => Promise<T> {
  const steps = new Map<number, Promise<T>>(); // those wanted longest ago come first

  function want(step: number): Promise<T> {
    const result = steps.get(step) ?? make(step);
    result.catch(() => {}); // prevents an unhandled rejection before the step is requested
    steps.delete(step);
    steps.set(step, result);
    for (const old of steps.keys()) if (steps.size > ahead + keep) steps.delete(old);
    return result;
  }

  return (step) => {
    const wanted = want(step);
    for (let i = 1; i <= ahead; i++) want(step + i);
    return wanted;
  };
}
