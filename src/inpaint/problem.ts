/** @file The input of a search. */

import type { TextRows } from '../model/text/input-rows.ts';

/** A view to search for, at the side at which it is compared, and in the model's range. */
export interface Problem {
  /** [3, side, side]: the mean of the known pixels under each pixel. Without weight, a value is never used. */
  readonly target: Float32Array;
  /** How much of each pixel is known, [side, side], from 0 to 1. */
  readonly known: Float32Array;
  /** W, [side, side]: 0 where nothing is known. */
  readonly weights: Float32Array;
  /** The image's row of the networks' text input, for a model with captions. */
  readonly text?: TextRows | undefined;
}
