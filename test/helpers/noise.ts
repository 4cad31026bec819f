/** @file Noise for tests, in pages too: nothing here is of Node or Vitest. */

import { random, uniform } from '../../src/base/random.ts';

/** Uniform numbers on [low, high), the same for the same name. */
export function noise(name: string, count: number, low = -1, high = 1): Float32Array {
  return uniform(random('test', name), count, low, high);
}
