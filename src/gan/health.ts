/** @file Stops training that has failed: on numbers that are not finite, and on a collapsed discriminator. */

import { LatentfillError } from '../base/errors.ts';
import type { LogLine } from './run/log.ts';

/** Consecutive cycles with the signs of a collapse after which training stops. */
const PATIENCE = 200;
/** Below this difference, the mean logits on real and generated images count as equal. */
const SAME = 1e-5;
/** Below this loss, the discriminator leaves no gradient for the generator. */
const SURE = 1e-6;

/**
 * A check to call after each cycle; `last` is the epoch of the last checkpoint, if there is one. It throws a
 * LatentfillError when a number is not finite, or when the discriminator has been collapsed for 200 cycles.
 */
export function healthCheck(): (line: LogLine, last: number | undefined) => void {
  let same = 0;
  let sure = 0;
  return (line, last) => {
    const good = last === undefined ? 'no checkpoint was written yet' : `the last good checkpoint is epoch ${last}`;
    const advice = 'begin again with a lower learning rate or larger r1 and r2';
    const wrong = Object.entries(line).find(([, value]) => !Number.isFinite(value));
    if (wrong) {
      throw new LatentfillError(
        'training',
        `Expected finite numbers, got ${wrong[0]} = ${wrong[1]} in cycle ${line.cycle}; ${good}: ${advice}.`,
      );
    }
    same = Math.abs(line['d.realLogit']! - line['d.fakeLogit']!) < SAME ? same + 1 : 0;
    sure = line['d.loss']! < SURE ? sure + 1 : 0;
    if (same >= PATIENCE || sure >= PATIENCE) {
      const came =
        same >= PATIENCE ? 'the same logit for all of them' : `a loss of ${line['d.loss']!.toExponential(1)}`;
      throw new LatentfillError(
        'training',
        `Expected a discriminator that tells real images from generated ones and leaves a gradient, got ${came} for ${PATIENCE} cycles; ${good}: ${advice}.`,
      );
    }
  };
}
