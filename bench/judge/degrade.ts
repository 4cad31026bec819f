/** @file What a generator may do to a picture without changing what it shows: shifts, blur, grain, blotches, light. */

import { normal, type Random, random } from '../../src/base/random.ts';
import { type Image, image } from '../../src/image/image.ts';

/** The most of each: pixels, share of a 3×3 binomial blur, standard deviations of values in [0, 1], relative contrast. */
const MOST = { shift: 1, blur: 1, grain: 0.05, blotches: 0.04, contrast: 0.12, light: 0.05 };

/** Normals, 2¹⁸ of them, and smooth fields: drawing them afresh would take longer than a training step. */
const GRAINS = normal(random('judge', 'grain'), 1 << 18);
const fields = new Map<string, Float32Array[]>();
const FIELDS = 256;
/** Knots of a smooth field along each side. */
const KNOTS = 5;

/** `picture` with each degradation at a strength of its own, uniform from none to the most. */
export function degrade(picture: Image, rng: Random): Image {
  const { width, height, channels, data } = picture;
  const shift = () => Math.round((2 * rng() - 1) * MOST.shift);
  const [dx, dy, blur] = [shift(), shift(), rng() * MOST.blur];
  const [contrast, light] = [1 + (2 * rng() - 1) * MOST.contrast, (2 * rng() - 1) * MOST.light];
  const [grain, blotches, first] = [rng() * MOST.grain, rng() * MOST.blotches, Math.floor(rng() * GRAINS.length)];
  const columns = moved(width, dx);
  const rows = moved(height, dy).map((y) => y * width);
  const [near, side, corner] = [1 - (blur * 3) / 4, blur / 8, blur / 16];
  const smooth = smoothFields(width, height);
  const out = new Float32Array(data.length);
  let i = 0;
  for (let c = 0; c < channels; c++) {
    const field = smooth[Math.floor(rng() * FIELDS)]!;
    const from = c * width * height;
    for (let y = 0; y < height; y++) {
      const [above, here, below] = [from + rows[y]!, from + rows[y + 1]!, from + rows[y + 2]!];
      for (let x = 0; x < width; x++, i++) {
        const [a, b, d] = [columns[x]!, columns[x + 1]!, columns[x + 2]!];
        const v =
          near * data[here + b]! +
          side * (data[above + b]! + data[below + b]! + data[here + a]! + data[here + d]!) +
          corner * (data[above + a]! + data[above + d]! + data[below + a]! + data[below + d]!);
        const noise = blotches * field[y * width + x]! + grain * GRAINS[(first + i) & (GRAINS.length - 1)]!;
        out[i] = Math.min(1, Math.max(0, 0.5 + (v - 0.5) * contrast + light + noise));
      }
    }
  }
  return image(width, height, channels, out);
}

/** Where each position of a side, from −1 to `size`, comes from when all move by `shift`; the border is repeated. */
function moved(size: number, shift: number): Int32Array {
  return Int32Array.from({ length: size + 2 }, (_, i) => Math.min(size - 1, Math.max(0, i - 1 - shift)));
}

/** Fields of normals at the knots of a square grid, bilinear between them. */
function smoothFields(width: number, height: number): Float32Array[] {
  const key = `${width}×${height}`;
  const known = fields.get(key);
  if (known) return known;
  const made = Array.from({ length: FIELDS }, (_, f) => {
    const knots = normal(random('judge', 'field', f), KNOTS * KNOTS);
    return Float32Array.from({ length: width * height }, (_, i) =>
      between(knots, (i % width) / (width - 1), Math.floor(i / width) / (height - 1)),
    );
  });
  fields.set(key, made);
  return made;
}

/** Between knots, at u and v in [0, 1]. */
function between(knots: Float32Array, u: number, v: number): number {
  const [x, y] = [u * (KNOTS - 1), v * (KNOTS - 1)];
  const [left, top] = [Math.min(KNOTS - 2, Math.floor(x)), Math.min(KNOTS - 2, Math.floor(y))];
  const [a, b, at] = [x - left, y - top, top * KNOTS + left];
  const upper = knots[at]! + a * (knots[at + 1]! - knots[at]!);
  const lower = knots[at + KNOTS]! + a * (knots[at + KNOTS + 1]! - knots[at + KNOTS]!);
  return upper + b * (lower - upper);
}
