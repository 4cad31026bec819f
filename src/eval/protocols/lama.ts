/**
 * @file The thin, medium and thick holes of LaMa (Suvorov et al. 2022): `MixedMaskGenerator` in
 * saicinpainting/training/data/masks.py with configs/data_gen/random_{thin,medium,thick}_256.yaml.
 */

import type { Random } from '../../base/random.ts';
import { type Mask, mask } from '../../image/image.ts';
import { boxInto, type Canvas, canvasOf, strokeInto } from './canvas.ts';
import { redraw } from './redraw.ts';

/** From the first to the last whole number, both included. */
type Range = readonly [first: number, last: number];

/** A configuration; lengths are in pixels of a picture whose shorter side is 256. */
interface LamaConfig {
  /** How many strokes. The source adds one to `max_times`, and so do these. */
  readonly strokes: Range;
  /** `brush_w` and `length` of a segment: their least values are 5 and 10, whatever the configuration. */
  readonly thickness: Range;
  readonly segment: Range;
  /** Boxes, instead of strokes, with probability 0.3 / (1 + 0.3). */
  readonly boxes?: { readonly count: Range; readonly side: Range; readonly margin: number };
}

const CONFIGS = {
  thin: { strokes: [4, 51], thickness: [5, 14], segment: [10, 49] },
  medium: {
    ...{ strokes: [4, 6], thickness: [5, 54], segment: [10, 109] },
    boxes: { count: [1, 5], side: [10, 50], margin: 0 },
  },
  thick: {
    ...{ strokes: [1, 6], thickness: [5, 104], segment: [10, 209] },
    boxes: { count: [1, 3], side: [30, 150], margin: 10 },
  },
} as const satisfies Record<string, LamaConfig>;

/** box_proba, of 1 + box_proba. */
const BOX_SHARE = 0.3 / 1.3;
/** How much wider than its thickness cv2.line draws: so the area of thin strokes is within 4 % of its, else 13 % less. */
const OPENCV_EDGE = 1;
/** max_tamper_area: larger holes are drawn again. */
const MOST = 0.5;

/**
 * A hole of one of LaMa's three kinds, over at most half of the picture. The geometry is drawn for a shorter side of 256
 * pixels, to which LaMa resizes pictures first, and rendered at the picture's size with strokes and boxes at least one
 * pixel wide: a mask drawn at 256 pixels and shrunk would have grey edges, and lose its thin strokes where those are cut.
 */
export function lamaHole(width: number, height: number, rng: Random, kind: keyof typeof CONFIGS): Mask {
  const config: LamaConfig = CONFIGS[kind];
  const draw = () => {
    const canvas = canvasOf(mask(width, height));
    if (config.boxes && rng() < BOX_SHARE) drawBoxes(canvas, config.boxes, rng);
    else drawStrokes(canvas, config, rng);
    return canvas.hole;
  };
  return redraw(draw, (share) => share <= MOST);
}

/** `make_random_irregular_mask`: zigzags of one to five segments, whose angles are 0.01 + 0, 1, 2 or 3 radians. */
function drawStrokes(canvas: Canvas, { strokes, thickness, segment }: LamaConfig, rng: Random): void {
  const count = within(strokes, rng);
  for (let i = 0; i < count; i++) {
    let from = [Math.floor(rng() * canvas.width), Math.floor(rng() * canvas.height)] as const;
    for (let left = within([1, 5], rng); left > 0; left--) {
      const angle = 0.01 + within([0, 3], rng);
      const length = within(segment, rng);
      const [dx, dy] = [Math.sin(i % 2 === 0 ? -angle : angle), Math.cos(angle)];
      const to = [end(from[0] + length * dx, canvas.width), end(from[1] + length * dy, canvas.height)] as const;
      strokeInto(canvas, from, to, within(thickness, rng) + OPENCV_EDGE);
      from = to;
    }
  }
}

/** `make_random_rectangle_mask`. */
function drawBoxes(canvas: Canvas, { count, side, margin }: NonNullable<LamaConfig['boxes']>, rng: Random): void {
  for (let left = within(count, rng); left > 0; left--) {
    const [width, height] = [within(side, rng), within(side, rng)];
    const x = within([margin, canvas.width - margin - width], rng);
    const y = within([margin, canvas.height - margin - height], rng);
    boxInto(canvas, { x, y, width, height });
  }
}

function within([first, last]: Range, rng: Random): number {
  return first + Math.floor(rng() * (last - first + 1));
}

/** A whole number within the picture, cut as the source does. */
function end(at: number, size: number): number {
  return Math.min(size, Math.max(0, Math.trunc(at)));
}
