/** @file Sizes changed, pieces cut out and put back. */

import { type Image, image, type Mask, mask } from './image.ts';
import type { Box } from './mask.ts';

/** One output sample: the inputs that it mixes. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** An image at another size: area average when shrinking, Catmull–Rom when enlarging; held within [0, 1]. */
export function resizeImage(from: Image, width: number, height: number): Image {
  if (from.width === width && from.height === height) return from;
  const data = resizePlanes(from.data, from.width, from.height, width, height, from.channels);
  return image(
    width,
    height,
    from.channels,
    data.map((v) => Math.min(1, Math.max(0, v))),
  );
}

/** A mask at another size: area average when shrinking, linear when enlarging. */
export function resizeMask(from: Mask, width: number, height: number): Mask {
  if (from.width === width && from.height === height) return from;
  return mask(width, height, resizePlanes(from.data, from.width, from.height, width, height, 1, linear));
}

/** The pixels of a rectangle that lies within the image. */
export function cropImage(from: Image, box: Box): Image {
  return image(
    box.width,
    box.height,
    from.channels,
    cropPlanes(from.data, from.width, from.height, box, from.channels),
  );
}

/** The part of a mask in a rectangle. */
export function cropMask(from: Mask, box: Box): Mask {
  return mask(box.width, box.height, cropPlanes(from.data, from.width, from.height, box, 1));
}

/** `target` with `patch` laid over it, its corner at the box's. */
export function paste(target: Image, patch: Image, box: Box): Image {
  const data = target.data.slice();
  for (let row = 0; row < patch.channels * patch.height; row++) {
    const [c, y] = [Math.floor(row / patch.height), row % patch.height];
    const to = (c * target.height + box.y + y) * target.width + box.x;
    data.set(patch.data.subarray(row * patch.width, (row + 1) * patch.width), to);
  }
  return image(target.width, target.height, target.channels, data);
}

function cropPlanes(data: Float32Array, width: number, height: number, box: Box, planes: number): Float32Array {
  const out = new Float32Array(planes * box.width * box.height);
  for (let row = 0; row < planes * box.height; row++) {
    const start = (Math.floor(row / box.height) * height + box.y + (row % box.height)) * width + box.x;
    out.set(data.subarray(start, start + box.width), row * box.width);
  }
  return out;
}

/** Rows first, then columns: both filters are separable. */
function resizePlanes(
  data: Float32Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
  planes: number,
  enlarge = catmullRom,
): Float32Array {
  const across = taps(width, toWidth, enlarge);
  const down = taps(height, toHeight, enlarge);
  const wide = new Float32Array(planes * height * toWidth);
  for (let row = 0; row < planes * height; row++) {
    across.forEach(({ first, weights }, x) => {
      wide[row * toWidth + x] = weights.reduce(
        (sum, w, k) => sum + w * data[row * width + clamp(first + k, width)]!,
        0,
      );
    });
  }
  const out = new Float32Array(planes * toHeight * toWidth);
  for (let plane = 0; plane < planes; plane++) {
    down.forEach(({ first, weights }, y) => {
      for (let k = 0; k < weights.length; k++) {
        const from = (plane * height + clamp(first + k, height)) * toWidth;
        const to = (plane * toHeight + y) * toWidth;
        for (let x = 0; x < toWidth; x++) out[to + x]! += weights[k]! * wide[from + x]!;
      }
    });
  }
  return out;
}

function taps(from: number, to: number, enlarge: (distance: number) => number): Taps[] {
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
