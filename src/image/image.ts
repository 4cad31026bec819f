/** @file The one image type. It owns its layout and range: nothing else in the code converts layouts. */

import { LatentfillError } from '../base/errors.ts';
import { checkData, checkRecord, checkSides, checkValues } from './checks.ts';

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

/**
 * A new image; `data` is taken, not copied, and is black when left out. Its values are looked at where it is used.
 * @throws LatentfillError for sides, channels or data that no {@link Image} has.
 */
export function image(width: number, height: number, channels: number, data?: Float32Array): Image {
  checkShape(width, height, channels, 'the image');
  const made = { width, height, channels, data: data ?? new Float32Array(width * height * channels) };
  checkData(made.data, [width, height, channels], 'the image');
  return made;
}

/**
 * A new mask; `data` is taken, not copied, and is all known (0) when left out. Its values are looked at where it is used.
 * @throws LatentfillError for sides or data that no {@link Mask} has.
 */
export function mask(width: number, height: number, data?: Float32Array): Mask {
  checkSides(width, height, 'the mask');
  const made = { width, height, data: data ?? new Float32Array(width * height) };
  checkData(made.data, [width, height], 'the mask');
  return made;
}

/** @throws LatentfillError unless it is an {@link Image} as described there; `name` is what errors call it. */
export function checkImage(picture: Image, name = 'the image'): void {
  checkRecord(picture, name, 'width, height, channels and data');
  const { width, height, channels, data } = picture;
  checkShape(width, height, channels, name);
  checkData(data, [width, height, channels], name);
  checkValues(data, width, height, name);
}

function checkShape(width: number, height: number, channels: number, name: string): void {
  checkSides(width, height, name);
  if (channels === 1 || channels === 3) return;
  throw new LatentfillError(
    'image',
    `Expected ${name} to have 1 channel (grey) or 3 (RGB), got ${channels}: leave transparency out, and convert other colours to RGB.`,
  );
}
