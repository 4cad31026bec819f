/** @file Scores of evaluations that never were, with measures as a test wants them. */

import type { Scored, Scores } from '../../../src/eval/evaluation/gather.ts';
import type { Method } from '../../../src/eval/methods/method.ts';

type Values = Scored['values'];

const method = (name: string): Method => ({
  ...{ name, about: name, definition: name },
  way: { kind: 'finished', folder: name },
});

const none = {
  ...{
    hole: null,
    whole: null,
    ssim: null,
    ssimHole: null,
    features: null,
    paired: null,
    unpaired: null,
    attributes: null,
  },
  ...{ known: null, seam: null, logit: null, diversity: null, evaluations: null, seconds: null },
};

/** A fill of a picture, or with `photograph` one of several pictures of a photograph. */
export interface Given extends Partial<Values> {
  readonly picture: number;
  readonly photograph?: string;
}

export function scores(name: string, protocol: string, given: readonly Given[], features?: Scores['features']): Scores {
  const fills = given.map(({ picture, photograph = `${picture}`, ...values }): Scored => {
    const known = { ...none, ...values };
    const line = {
      ...{ method: name, of: '', protocol, picture, photograph, contextual: null, known: null, diversity: null },
      ...{ evaluations: null, seconds: null, hole: known.hole ?? 0, whole: 0, ssim: 0, ssimHole: 0, seam: 0 },
    };
    return { line, values: known };
  });
  return { method: method(name), protocol, fills, features };
}
