/** @file Resizing, cropping and pasting. */

import { LatentfillError } from '../base/errors.ts';
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

/**
 * An image at another size: area average when shrinking, Catmull–Rom when enlarging; clipped to [0, 1].
 * @throws LatentfillError for an invalid image, and for sides that are not whole numbers.
 */
export function resizeImage(from: Image, width: number, height: number): Image {
  checkImage(from);
  checkSides(width, height, 'the resized image');
  if (from.width === width && from.height === height) return from;
  return image(width, height, from.channels, resizePlanes(from, from.channels, width, height, catmullRom));
}

/**
 * A mask at another size: area average when shrinking, linear when enlarging, so that no rings surround the hole.
 * @throws LatentfillError for an invalid mask, and for sides that are not whole numbers.
 */
export function resizeMask(from: Mask, width: number, height: number): Mask {
  checkMaskValues(from);
  checkSides(width, height, 'the resized mask');
  if (from.width === width && from.height === height) return from;
  return mask(width, height, resizePlanes(from, 1, width, height, linear));
}

/** The pixels of a rectangle. @throws LatentfillError unless it lies within the image. */
export function cropImage(from: Image, box: Box): Image {
  return image(box.width, box.height, from.channels, cropPlanes(from, from.channels, box));
}

/** The part of a mask in a rectangle. @throws LatentfillError unless it lies within the mask. */
export function cropMask(from: Mask, box: Box): Mask {
  return mask(box.width, box.height, cropPlanes(from, 1, box));
}

/** `target` with `patch` laid over the rectangle. @throws LatentfillError unless sizes agree and it lies within. */
export function paste(target: Image, patch: Image, box: Box): Image {
  checkWithin(target, box);
  if (patch.width !== box.width || patch.height !== box.height || patch.channels !== target.channels) {
    throw new LatentfillError(
      'image',
      `Expected a patch of ${box.width}×${box.height}×${target.channels} to paste, got ${patch.width}×${patch.height}×${patch.channels}: resize it first.`,
    );
  }
  const data = target.data.slice();
  for (let row = 0; row < patch.channels * patch.height; row++) {
    data.set(patch.data.subarray(row * patch.width, (row + 1) * patch.width), start(target, box, row));
  }
  return image(target.width, target.height, target.channels, data);
}

function cropPlanes(from: Planes, planes: number, box: Box): Float32Array {
  checkWithin(from, box);
  const out = new Float32Array(planes * box.width * box.height);
  for (let row = 0; row < planes * box.height; row++) {
    const at = start(from, box, row);
    out.set(from.data.subarray(at, at + box.width), row * box.width);
  }
  return out;
}

/** Where a rectangle's row lies in the whole; rows count on from plane to plane. */
function start({ width, height }: Planes, box: Box, row: number): number {
  return (Math.floor(row / box.height) * height + box.y + (row % box.height)) * width + box.x;
}

// Without this a row that is too long would run on into the next.
function checkWithin({ width, height }: Planes, box: Box): void {
  checkSides(box.width, box.height, 'the rectangle');
  const whole = Number.isInteger(box.x) && Number.isInteger(box.y);
  if (!whole || box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height) {
    throw new LatentfillError(
      'image',
      `Expected a rectangle within ${width}×${height}, got ${box.width}×${box.height} at (${box.x}, ${box.y}): move or shrink it.`,
    );
  }
}

/** Rows first, then columns: both filters are separable. Values are held within [0, 1]. */
function resizePlanes(from: Planes, planes: number, width: number, height: number, enlarge: Filter): Float32Array {
  const across = taps(from.width, width, enlarge);
  const down = taps(from.height, height, enlarge);
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

function taps(from: number, to: number, enlarge: Filter): Taps[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    if (scale > 1) {
      const [start, end] = [i * scale, (i + 1) * scale];
      const first = Math.floor(start);
      const length = Math.ceil(end - 1e-9) - first;
      const weights = Array.from(
        { length },
        (_, k) => (Math.min(end, first + k + 1) - Math.max(start, first + k)) / scale,
      );
      return { first, weights };
    }
    const centre = (i + 0.5) * scale - 0.5;
    const first = Math.floor(centre) - 1;
    return { first, weights: [0, 1, 2, 3].map((k) => enlarge(Math.abs(centre - first - k))) };
  });
}

/** Keys 1981, a = −1/2. */
function catmullRom(t: number): number {
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  return t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
}

function linear(t: number): number {
  return Math.max(0, 1 - t);
}

function clamp(i: number, size: number): number {
  return Math.min(size - 1, Math.max(0, i));
}
