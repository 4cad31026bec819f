/** @file The random pattern: blots of thresholded noise. */

import { type Random, uniform } from '../../base/random.ts';
import { image, type Mask, mask } from '../../image/image.ts';
import { resizeImage } from '../../image/resize.ts';
import { redraw } from './redraw.ts';

/** The side of a cell of noise is the picture's shorter side · 25 / 96: 16.7 pixels of 64, or one in 0.06. */
const [CELLS, PICTURES] = [96, 25];
/** A pixel is missing where the noise is below this, which is about the missing share too. */
const DENSITY = 0.25;
/** The missing share may differ from the density by less than this. */
const TOLERANCE = 0.05;

/**
 * "Random pattern": uniform noise, enlarged bicubically (a = −1/2) and missing below 0.25; a window at random, where
 * from 20 to 30 % is missing. Source: Pathak et al. 2016 (train_random.lua), as `RandomPattern` in mask_generators.py of
 * VAEAC (Ivanov et al. 2019) has it: 600² cells on 10000² pixels, resolution 0.06, for pictures of 64 pixels. At other
 * sizes the cells keep their share of the picture, as VAEAC's 0.03 at 128 pixels does.
 *
 * The enlarged noise is never held: it is evaluated in the window alone, by {@link resizeImage}. Each window is of noise
 * of its own, 96² cells for 25 × 25 pictures, so that no two holes are of one pattern.
 */
export function patternHole(width: number, height: number, rng: Random): Mask {
  const accepts = (share: number) => Math.abs(share - DENSITY) < TOLERANCE;
  return redraw(() => patternWindow(width, height, rng), accepts);
}

function patternWindow(width: number, height: number, rng: Random): Mask {
  const side = PICTURES * Math.min(width, height);
  const noise = image(CELLS, CELLS, 1, uniform(rng, CELLS * CELLS, 0, 1));
  const [x, y] = [width, height].map((length) => Math.floor(rng() * Math.max(1, side - length + 1)));
  const { data } = resizeImage(noise, side, side, { x: x!, y: y!, width, height });
  return mask(
    width,
    height,
    data.map((v) => (v < DENSITY ? 1 : 0)),
  );
}
