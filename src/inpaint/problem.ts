/** @file What a search is given. */

import type { TextRows } from '../model/text/input-rows.ts';

/** One image to fill, at the model's size and in its range. */
export interface Problem {
  /** [3, size, size]. What lies in the hole is never looked at. */
  readonly target: Float32Array;
  /** W, [size, size]: 0 in the hole. */
  readonly weights: Float32Array;
  /** The image's row of the networks' text input, where they know captions. */
  readonly text?: TextRows | undefined;
}
