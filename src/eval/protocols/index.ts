/** @file The mask protocols of the literature by their names. A new one is a function and an entry in this table. */

import type { Random } from '../../base/random.ts';
import { centreHole, halfHole, randomHole, strokeHole } from '../../image/holes.ts';
import type { Mask } from '../../image/image.ts';
import { lamaHole } from './lama.ts';
import { patternHole } from './pattern.ts';
import { redraw } from './redraw.ts';

/** Which holes are cut into the pictures of an evaluation. */
export interface Protocol {
  readonly name: string;
  /** One or two sentences with the source, for reports and docs. */
  readonly about: string;
  /**
   * The hole of picture `i`, with missing and known pixels, for pictures of 16 pixels or more a side. It depends on the
   * size, what is drawn from `rng`, and, for masks from files, `i`.
   */
  hole(width: number, height: number, rng: Random, i: number): Mask;
}

const SIDES = ['left', 'right', 'top', 'bottom'] as const;
const LAMA = 'Suvorov et al. 2022 (LaMa), over at most half of the picture';

/** Each protocol by its name. */
export const protocols: Readonly<Record<string, Protocol>> = Object.fromEntries(
  [
    protocol(
      'center',
      'The middle half of each side, 25 % of the picture. Source: Yeh et al. 2017, section 4; the holes of the course project IFT6266.',
      (width, height) => centreHole(width, height),
    ),
    protocol(
      'half',
      'The left, right, upper or lower half, drawn at random. Source: Yeh et al. 2017, section 4, with all four sides as in the implementation by ChengBinJin.',
      (width, height, rng) => halfHole(width, height, SIDES[Math.floor(rng() * SIDES.length)]!),
    ),
    protocol(
      'pattern',
      'Blots of enlarged and thresholded noise over 20 to 30 % of the picture. Source: Pathak et al. 2016, with the constants of Ivanov et al. 2019 (VAEAC).',
      patternHole,
    ),
    protocol(
      'random80',
      'Each pixel is missing with probability 0.8. Source: Yeh et al. 2017, section 4.',
      (width, height, rng) => redraw(() => randomHole(width, height, 0.8, rng)),
    ),
    protocol('strokes', 'Bent brush strokes over 15 to 30 % of the picture. Source: latentfill.', strokeHole),
    protocol('thin', `4 to 51 thin strokes. Source: ${LAMA}.`, (width, height, rng) =>
      lamaHole(width, height, rng, 'thin'),
    ),
    protocol('medium', `4 to 6 strokes, or 1 to 5 boxes. Source: ${LAMA}.`, (width, height, rng) =>
      lamaHole(width, height, rng, 'medium'),
    ),
    protocol('thick', `1 to 6 thick strokes, or 1 to 3 boxes. Source: ${LAMA}.`, (width, height, rng) =>
      lamaHole(width, height, rng, 'thick'),
    ),
  ].map((one) => [one.name, one]),
);

function protocol(name: string, about: string, hole: Protocol['hole']): Protocol {
  return { name, about, hole };
}
