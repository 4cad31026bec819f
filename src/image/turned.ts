/** @file Squares of a picture that are turned: cut out at a size, and laid back. */

import { type Image, image, type Mask } from './image.ts';
import type { Box } from './mask.ts';
import { catmullRom, type Known, resizeImage, resizeKnown } from './resize.ts';

/** A rectangle that is turned about its own middle; its place and sides are those before it is turned, and may be fractions. */
export interface TurnedBox extends Box {
  /** In radians, clockwise as pictures are seen (y points down). @default 0 */
  readonly angle?: number | undefined;
}

/** Where the pixels of one picture lie in another: a similarity. */
interface Placing {
  /** The corner of the first picture in the second, in its pixels. */
  readonly corner: readonly [x: number, y: number];
  /** One pixel to the right; one down is the same turned by 90°. */
  readonly right: readonly [dx: number, dy: number];
}

/** What is sampled, and where of it something is known; beyond a picture without a `hole`, its edge is repeated. */
interface Sampled {
  readonly from: Image;
  readonly hole: Mask | undefined;
}

/**
 * The turned square `box` of an image at `size` pixels a side, from its known pixels alone, as {@link resizeKnown} does for
 * one that is not turned. Where it shrinks, the mean over a pixel is that of bilinear samples, at least one for each pixel of
 * the image (FFHQ was cut so); where it is enlarged, Catmull–Rom, but linear beside what is not known.
 */
export function cutTurned(from: Image, hole: Mask, box: TurnedBox, size: number): Known {
  if (isUpright(box)) return resizeKnown(from, hole, box, size);
  return sampled({ from, hole }, placingOf(box, size), size, size);
}

/**
 * The rectangle `part` of a picture, with `square` laid over the turned square `view` of it; beyond the view, the edge of
 * `square` is repeated. The inverse of {@link cutTurned}.
 */
export function layTurned(square: Image, view: TurnedBox, part: Box): Image {
  if (isUpright(view)) {
    return resizeImage(square, view.width, view.height, { ...part, x: part.x - view.x, y: part.y - view.y });
  }
  const { corner, right } = placingOf(view, square.width);
  const scale = right[0] ** 2 + right[1] ** 2;
  const [x, y] = [part.x - corner[0], part.y - corner[1]];
  const placing: Placing = {
    corner: [(x * right[0] + y * right[1]) / scale, (y * right[0] - x * right[1]) / scale],
    right: [right[0] / scale, -right[1] / scale],
  };
  return sampled({ from: square, hole: undefined }, placing, part.width, part.height).image;
}

/** Whether a pixel of the picture, by the place of its middle, lies in a turned square. */
export function isWithin(view: TurnedBox, x: number, y: number): boolean {
  const { corner, right } = placingOf(view, 1);
  const [dx, dy] = [x - corner[0], y - corner[1]];
  const area = right[0] ** 2 + right[1] ** 2;
  const [across, down] = [dx * right[0] + dy * right[1], dy * right[0] - dx * right[1]];
  return across >= 0 && across <= area && down >= 0 && down <= area;
}

/** Whether its pixels can be those of a rectangle that is not turned, for which resizing is exact and faster. */
function isUpright({ x, y, width, height, angle = 0 }: TurnedBox): boolean {
  return angle === 0 && [x, y, width, height].every(Number.isInteger);
}

/** Where the pixels of a turned square of `size` pixels a side lie in its picture. */
function placingOf({ x, y, width, height, angle = 0 }: TurnedBox, size: number): Placing {
  const [cos, sin] = [(Math.cos(angle) * width) / 2, (Math.sin(angle) * width) / 2];
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  return {
    corner: [middleX - cos + sin, middleY - sin - cos],
    right: [(2 * cos) / size, (2 * sin) / size],
  };
}

/** A picture of `width`×`height` pixels that lie so in the one that is sampled. */
function sampled(source: Sampled, { corner, right }: Placing, width: number, height: number): Known {
  const { channels } = source.from;
  const scale = Math.hypot(...right);
  const parts = Math.max(1, Math.ceil(scale - 1e-9));
  const [data, share] = [new Float32Array(channels * width * height), new Float32Array(width * height)];
  const sums = new Float64Array(channels);
  for (let i = 0; i < width * height; i++) {
    const [column, row] = [i % width, Math.floor(i / width)];
    sums.fill(0);
    let known = 0;
    for (let part = 0; part < parts * parts; part++) {
      const across = column + ((part % parts) + 0.5) / parts;
      const down = row + (Math.floor(part / parts) + 0.5) / parts;
      // Pixels have their values in their middles.
      const x = corner[0] + across * right[0] - down * right[1] - 0.5;
      const y = corner[1] + across * right[1] + down * right[0] - 0.5;
      known += (scale < 1 && addTaps(source, x, y, CUBIC, sums)) || addTaps(source, x, y, LINEAR, sums);
    }
    share[i] = known > parts ** 2 - 1e-6 ? 1 : known < 1e-6 ? 0 : known / parts ** 2;
    for (let c = 0; c < channels && share[i]! > 0; c++) {
      data[c * width * height + i] = Math.min(1, Math.max(0, sums[c]! / known));
    }
  }
  return { image: image(width, height, channels, data), share };
}

/** A kernel over so many pixels a side; one that `needsAll` of them takes none otherwise. */
interface Kernel {
  readonly reach: number;
  readonly needsAll: boolean;
  weight(distance: number): number;
}

const LINEAR: Kernel = { reach: 1, needsAll: false, weight: (t) => Math.max(0, 1 - t) };
const CUBIC: Kernel = { reach: 2, needsAll: true, weight: catmullRom };

/** The weights across of one place, kept since this is called for every sample. */
const across = new Float64Array(4);

/** Adds what is known around a place to the sums, weighted, and returns the weight of that: at most 1. */
function addTaps({ from, hole }: Sampled, x: number, y: number, kernel: Kernel, sums: Float64Array): number {
  const { width, height, channels, data } = from;
  const { reach, weight } = kernel;
  const side = 2 * reach;
  const [left, top] = [Math.floor(x) - reach + 1, Math.floor(y) - reach + 1];
  if (hole && kernel.needsAll && !isAllKnown(hole, left, top, side)) return 0;
  for (let u = 0; u < side; u++) across[u] = weight(Math.abs(x - left - u));
  let known = 0;
  for (let v = top; v < top + side; v++) {
    if (hole && (v < 0 || v >= height)) continue;
    const down = weight(Math.abs(y - v));
    const row = Math.min(height - 1, Math.max(0, v)) * width;
    for (let u = 0; u < side; u++) {
      const column = left + u;
      if (hole && (column < 0 || column >= width || hole.data[row + column]! > 0)) continue;
      const at = row + Math.min(width - 1, Math.max(0, column));
      const w = down * across[u]!;
      known += w;
      for (let c = 0; c < channels; c++) sums[c]! += w * data[c * width * height + at]!;
    }
  }
  return known;
}

function isAllKnown({ width, height, data }: Mask, left: number, top: number, side: number): boolean {
  if (left < 0 || top < 0 || left + side > width || top + side > height) return false;
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) if (data[y * width + x]! > 0) return false;
  }
  return true;
}
