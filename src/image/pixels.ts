/** @file To and from the pixels of a canvas. */

import { LatentfillError } from '../base/errors.ts';
import { type Image, image, type Mask } from './image.ts';

/** Pixels as a canvas has them (`ImageData`): 8-bit red, green, blue and alpha, pixel by pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** The image of a canvas's pixels, 3 channels; alpha is left out. */
export function imageFromPixels({ width, height, data }: Pixels): Image {
  const area = width * height;
  if (data.length !== 4 * area) {
    throw new LatentfillError(`Expected ${width}×${height}×4 = ${4 * area} bytes of pixels, got ${data.length}.`);
  }
  const planes = Float32Array.from({ length: 3 * area }, (_, i) => data[4 * (i % area) + Math.floor(i / area)]! / 255);
  return image(width, height, 3, planes);
}

/** An image's pixels for a canvas, transparent where `hole` is: `new ImageData(data, width, height)`. */
export function pixelsOf({ width, height, channels, data }: Image, hole?: Mask): Pixels {
  const area = width * height;
  const pixels = new Uint8ClampedArray(4 * area); // rounds
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = 255 * data[Math.min(c, channels - 1) * area + i]!;
    pixels[4 * i + 3] = 255 * (1 - (hole?.data[i] ?? 0));
  }
  return { width, height, data: pixels };
}
