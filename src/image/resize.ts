/** @file Resizing. */

import { checkSides } from './checks.ts';
import { checkImage, type Image, image, type Mask, mask } from './image.ts';
import { type Box, checkMaskValues } from './mask.ts';

/** The input samples of one output sample, with their weights. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

interface Planes {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** The weight of an input sample by its distance, in input samples. */
type Filter = (distance: number) => number;

/** To what size planes are resized, and how. */
interface Resizing {
  readonly width: number;
  readonly height: number;
  /** The filter where they are enlarged; where they are shrunk, it is the area average. */
  readonly enlarge: Filter;
  /** The only rectangle of the result that is wanted. @default all of it */
  readonly part?: Box | undefined;
  /** The planes are a part of larger ones of this size, at this place; beyond the part, those are 0. */
  readonly within?: Box | undefined;
}

/**
 * An image at another size: area average when shrinking, Catmull–Rom when enlarging; clipped to [0, 1]. With `part`,
 * only that rectangle of the resized image, whose edge is repeated where the rectangle lies beyond it.
 * @throws LatentfillError for an invalid image, and for sides that are not whole numbers.
 */
export function resizeImage(from: Image, width: number, height: number, part?: Box): Image {
  checkImage(from);
  checkSides(width, height, 'the resized image');
  if (from.width === width && from.height === height && !part) return from;
  const data = resizePlanes(from, from.channels, { width, height, enlarge: catmullRom, part });
  return image(part?.width ?? width, part?.height ?? height, from.channels, data);
}

/**
 * A mask at another size: area average when shrinking, linear when enlarging, so that no rings surround the hole.
 * @throws LatentfillError for an invalid mask, and for sides that are not whole numbers.
 */
export function resizeMask(from: Mask, width: number, height: number): Mask {
  checkMaskValues(from);
  checkSides(width, height, 'the resized mask');
  if (from.width === width && from.height === height) return from;
  return mask(width, height, resizePlanes(from, 1, { width, height, enlarge: linear }));
}

/** Part of an image that is known, at another size. */
export interface Known {
  /** The mean of the known pixels under each pixel, [3, size, size]; meaningless where `share` is 0. */
  readonly image: Image;
  /** How much of each pixel is known, [size, size], from 0 to 1. */
  readonly share: Float32Array;
}

/**
 * The square `box` of an image at `size` pixels a side, from its known pixels alone (normalised convolution, Knutsson &
 * Westin 1993): a pixel of `hole` above 0 is not known, nor is what lies beyond the image. Area average when shrinking;
 * Catmull–Rom when enlarging, but linear beside a hole, whose pixels must have no influence.
 */
export function resizeKnown(from: Image, hole: Mask, box: Box, size: number): Known {
  const { channels } = from;
  const [side, area] = [box.width, size * size];
  // Shrinking looks at nothing beyond the picture, which may be far smaller than the square.
  const seen = side > size ? common(box, from) : box;
  const { shown, known } = knownPart(from, hole, seen);
  const resized = (data: Float32Array, planes: number, enlarge: Filter) => {
    const source = { width: seen.width, height: seen.height, data };
    return resizePlanes(source, planes, {
      width: size,
      height: size,
      enlarge,
      within: seen === box ? undefined : inset(seen, box),
    });
  };
  const share = resized(known, 1, linear);
  const sums = resized(shown, channels, linear);
  for (let i = 0; i < area; i++) share[i] = share[i]! > 1 - 1e-6 ? 1 : share[i]! < 1e-6 ? 0 : share[i]!;
  const data = sums.map((sum, i) => (share[i % area]! > 0 ? Math.min(1, sum / share[i % area]!) : 0));
  if (side < size) {
    const missing = known.map((k) => 1 - k);
    const near = resized(missing, 1, within2);
    const smooth = resized(shown, channels, catmullRom);
    for (let i = 0; i < data.length; i++) if (near[i % area] === 0) data[i] = smooth[i]!;
  }
  return { image: image(size, size, channels, data), share };
}

/** The part of a square that lies within a picture. */
function common(box: Box, { width, height }: Image): Box {
  const [x, y] = [Math.max(0, box.x), Math.max(0, box.y)];
  const [right, bottom] = [Math.min(width, box.x + box.width), Math.min(height, box.y + box.height)];
  return { x, y, width: right - x, height: bottom - y };
}

/** Where a part lies within a larger square. */
function inset(part: Box, whole: Box): Box {
  return { x: part.x - whole.x, y: part.y - whole.y, width: whole.width, height: whole.height };
}

/** The pixels of a square, 0 where they are not known, and which are known (1). */
function knownPart(from: Image, hole: Mask, box: Box): { shown: Float32Array; known: Float32Array } {
  const area = box.width * box.height;
  const shown = new Float32Array(from.channels * area);
  const known = new Float32Array(area);
  const [left, right] = [Math.max(0, box.x), Math.min(from.width, box.x + box.width)];
  for (let y = Math.max(0, box.y); y < Math.min(from.height, box.y + box.height); y++) {
    for (let x = left; x < right; x++) {
      const at = y * from.width + x;
      if (hole.data[at]! > 0) continue;
      const to = (y - box.y) * box.width + x - box.x;
      known[to] = 1;
      for (let c = 0; c < from.channels; c++) shown[c * area + to] = from.data[c * from.width * from.height + at]!;
    }
  }
  return { shown, known };
}

/** Rows first, then columns: both filters are separable. Values are held within [0, 1]. */
function resizePlanes(
  from: Planes,
  planes: number,
  { width: wholeWidth, height: wholeHeight, enlarge, part, within }: Resizing,
): Float32Array {
  const { x: left, y: top, width, height } = part ?? { x: 0, y: 0, width: wholeWidth, height: wholeHeight };
  const source = within ?? { x: 0, y: 0, width: from.width, height: from.height };
  const seen = (all: Taps[], start: number, length: number) =>
    within ? all.map((taps) => cutTaps(taps, start, length)) : all;
  const across = seen(taps(source.width, wholeWidth, enlarge, left, width), source.x, from.width);
  const down = seen(taps(source.height, wholeHeight, enlarge, top, height), source.y, from.height);
  const wide = new Float64Array(planes * from.height * width);
  for (let row = 0; row < planes * from.height; row++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = across[x]!;
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        sum += weights[k]! * from.data[row * from.width + clamp(first + k, from.width)]!;
      }
      wide[row * width + x] = sum;
    }
  }
  const out = new Float32Array(planes * height * width);
  for (let row = 0; row < planes * height; row++) {
    const { first, weights } = down[row % height]!;
    const plane = Math.floor(row / height) * from.height;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        sum += weights[k]! * wide[(plane + clamp(first + k, from.height)) * width + x]!;
      }
      out[row * width + x] = Math.min(1, Math.max(0, sum));
    }
  }
  return out;
}

/** The taps that lie within `length` input samples from `start` on, counted from there. */
function cutTaps({ first, weights }: Taps, start: number, length: number): Taps {
  const skipped = Math.max(0, start - first);
  return { first: first + skipped - start, weights: weights.slice(skipped, Math.max(skipped, start + length - first)) };
}

/** Those of `length` of the `to` output samples, from sample `first` on. */
function taps(from: number, to: number, enlarge: Filter, first: number, length: number): Taps[] {
  const scale = from / to;
  return Array.from({ length }, (_, j) => {
    const i = first + j;
    if (scale > 1) {
      const [start, end] = [i * scale, (i + 1) * scale];
      const at = Math.floor(start);
      const weights = Array.from(
        { length: Math.ceil(end - 1e-9) - at },
        (_, k) => (Math.min(end, at + k + 1) - Math.max(start, at + k)) / scale,
      );
      return { first: at, weights };
    }
    const centre = (i + 0.5) * scale - 0.5;
    const at = Math.floor(centre) - 1;
    return { first: at, weights: [0, 1, 2, 3].map((k) => enlarge(Math.abs(centre - at - k))) };
  });
}

/** Keys 1981, a = −1/2. */
export function catmullRom(t: number): number {
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
}

function linear(t: number): number {
  return Math.max(0, 1 - t);
}

/** Positive for every sample that Catmull–Rom may look at. */
function within2(t: number): number {
  return t < 2 ? 0.25 : 0;
}

function clamp(i: number, size: number): number {
  return Math.min(size - 1, Math.max(0, i));
}
