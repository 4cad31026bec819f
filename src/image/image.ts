/** @file The one image type. It owns its layout and range: nothing else in the code converts layouts. */

import { LatentfillError } from '../base/errors.ts';

/**
 * A picture. `data` is float32, channels first ([channels, height, width], rows top to bottom), values in [0, 1],
 * sRGB-encoded; 1 (grey) or 3 (RGB) channels. 8-bit values v are held as v / 255, so going there and back is exact.
 */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/**
 * Which pixels are missing. `data` is float32 [height, width]: 1 in the hole, 0 where the pixel is known, and between
 * at a soft edge. (The papers' M is its complement: M = 1 where known.)
 */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** A new image; `data` is taken, not copied, and is black when left out. */
export function image(width: number, height: number, channels: number, data?: Float32Array): Image {
  const size = width * height * channels;
  if (data && data.length !== size) {
    throw new LatentfillError(
      `Expected ${width}×${height}×${channels} = ${size} values for an image, got ${data.length}.`,
    );
  }
  return { width, height, channels, data: data ?? new Float32Array(size) };
}

/** A new mask; `data` is taken, not copied, and is all known (0) when left out. */
export function mask(width: number, height: number, data?: Float32Array): Mask {
  const size = width * height;
  if (data && data.length !== size) {
    throw new LatentfillError(`Expected ${width}×${height} = ${size} values for a mask, got ${data.length}.`);
  }
  return { width, height, data: data ?? new Float32Array(size) };
}
