/** @file Whether a linear classifier tells fills from true pictures (P-IDS and U-IDS, Zhao et al. 2021, section 4). */

import { LatentfillError } from '../../base/errors.ts';
import { numbered } from '../statistics/photographs.ts';
import type { Matrix } from './inner-products.ts';
import { realness } from './linear-classifier.ts';

/** One score a picture; the mean of each over pictures is from 0, all are told apart, to 0.5, as by chance. Above it is chance. */
export interface DiscriminativeScores {
  /** 1 where the fill is judged more real than its own true picture, ½ for a tie, 0 otherwise: the mean is P-IDS. */
  readonly paired: Float64Array;
  /** The mean of [the true picture is judged a fill] and [the fill is judged real], ½ for ties: the mean is U-IDS. */
  readonly unpaired: Float64Array;
}

const FEWEST = 4;
const FOLDS = 5;

/**
 * Scores of P-IDS and U-IDS (Zhao et al. 2021, section 4) from features: row i of both is of one picture, of `photographs[i]`.
 *
 * The paper's classifier judges the pictures that it was trained on. With fewer pictures than numbers in a feature a linear
 * classifier tells any two sets apart there, and both scores are 0 for everything. So it is cross-fitted here: photographs in turn
 * go to 5 folds, all pictures of one to the same, and each fold is judged by a classifier of the other folds. A fill and its true
 * picture are trained on or left out together, and so the scores are 0.5 on average for fills that are as good as real. They are
 * higher than those of the paper's protocol, and grow smaller with more pictures: compare methods on the same ones.
 * @returns null for fewer than 4 photographs.
 * @throws LatentfillError unless there are a fill, a true picture and a photograph for each row, and features of one length.
 */
export function discriminativeScores(
  fills: Matrix,
  reals: Matrix,
  photographs: readonly string[],
): DiscriminativeScores | null {
  checkRows(fills, reals, photographs.length);
  const { of, count } = numbered(photographs);
  if (count < FEWEST) return null;
  const scores = { paired: new Float64Array(of.length), unpaired: new Float64Array(of.length) };
  const folds = Math.min(FOLDS, count);
  for (let fold = 0; fold < folds; fold++) {
    const [kept, left]: [number[], number[]] = [[], []];
    for (const [i, photograph] of of.entries()) (photograph % folds === fold ? left : kept).push(i);
    const judge = realness(fills, reals, kept);
    for (const i of left) {
      const [fill, real] = [judge(fills, i), judge(reals, i)];
      scores.paired[i] = above(fill - real);
      scores.unpaired[i] = (above(fill) + above(-real)) / 2;
    }
  }
  return scores;
}

function above(value: number): number {
  return value > 0 ? 1 : value === 0 ? 0.5 : 0;
}

function checkRows(fills: Matrix, reals: Matrix, photographs: number): void {
  if (fills.rows === reals.rows && fills.columns === reals.columns && fills.rows === photographs) return;
  throw new LatentfillError(
    'data',
    `Expected a true picture and a photograph for each fill, got features [${fills.rows}, ${fills.columns}] of fills, [${reals.rows}, ${reals.columns}] of true pictures and ${photographs} photographs: give each fill both.`,
  );
}
