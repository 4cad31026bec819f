/** @file The input of a search. */

import type { TextRows } from '../model/text/input-rows.ts';

/** A view to search for, at the model's size and in its range. */
export interface Problem {
  /** [3, size, size]: the mean of the known pixels under each pixel. Without weight, a value is never used. */
  readonly target: Float32Array;
  /** How much of each pixel is known, [size, size], from 0 to 1. */
  readonly known: Float32Array;
  /** W, [size, size]: 0 where nothing is known. */
  readonly weights: Float32Array;
  /** The image's row of the networks' text input, for a model with captions. */
  readonly text?: TextRows | undefined;
}
