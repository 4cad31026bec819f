/** @file Results of steps, made before they are asked for. */

/** Settings of {@link lookAhead}. */
export interface LookAhead {
  /** Steps made in advance. */
  readonly ahead: number;
  /** Steps kept after they were asked for. */
  readonly keep: number;
}

/**
 * Wraps `make` so that asking for a step begins the `ahead` next ones as well, and asking again for one of the last
 * `keep` makes nothing. Any step may be asked for at any time. A failure is told to who asks for that step, then.
 */
export function lookAhead<T>(
  make: (step: number) => Promise<T>,
  { ahead, keep }: LookAhead,
): (step: number) => Promise<T> {
  const steps = new Map<number, Promise<T>>(); // those wanted longest ago come first

  function want(step: number): Promise<T> {
    const result = steps.get(step) ?? make(step);
    result.catch(() => {}); // nobody may have asked yet
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
