/** @file The input of a search. */

import type { TextRows } from '../model/text/input-rows.ts';

/** One image to fill, at the model's size and in its range. */
export interface Problem {
  /** [3, size, size]. Values in the hole are never used. */
  readonly target: Float32Array;
  /** W, [size, size]: 0 in the hole. */
  readonly weights: Float32Array;
  /** The image's row of the networks' text input, for a model with captions. */
  readonly text?: TextRows | undefined;
}
