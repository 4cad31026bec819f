/** @file Converts images to and from the pixels of a canvas. */

import { LatentfillError } from '../base/errors.ts';
import { checkRecord, checkSides, classOf } from './checks.ts';
import { checkImage, type Image, image, type Mask } from './image.ts';
import { checkMaskSize, checkMaskValues } from './mask.ts';

/** Pixels as a canvas has them (`ImageData`): 8-bit red, green, blue and alpha, pixel by pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * The image of a canvas's pixels, 3 channels; alpha is left out.
 * @throws LatentfillError for pixels of another size or kind.
 */
export function imageFromPixels(pixels: Pixels): Image {
  checkPixels(pixels);
  const { width, height, data } = pixels;
  const area = width * height;
  const planes = Float32Array.from({ length: 3 * area }, (_, i) => data[4 * (i % area) + Math.floor(i / area)]! / 255);
  return image(width, height, 3, planes);
}

/** @throws LatentfillError unless they are {@link Pixels} as described there. */
export function checkPixels(pixels: Pixels): void {
  checkRecord(pixels, 'the pixels', 'width, height and data');
  const { width, height, data } = pixels;
  checkSides(width, height, 'the pixels');
  const area = width * height;
  if (!/^Uint8(Clamped)?Array$/.test(classOf(data))) {
    throw new LatentfillError(
      'image',
      `Expected 8-bit pixels (a Uint8ClampedArray), got a value of the kind ${classOf(data)}: ask the canvas for rgba-unorm8.`,
    );
  }
  if (data.length !== 4 * area) {
    throw new LatentfillError(
      'image',
      `Expected ${width}×${height}×4 = ${4 * area} bytes of pixels, got ${data.length}: give red, green, blue and alpha of each.`,
    );
  }
}

/**
 * An image's pixels for a canvas, transparent where `hole` is: `new ImageData(data, width, height)`.
 * @throws LatentfillError for an invalid image or mask, and when their sizes differ.
 */
export function pixelsOf(picture: Image, hole?: Mask): Pixels {
  checkImage(picture);
  if (hole) {
    checkMaskValues(hole);
    checkMaskSize(hole, picture);
  }
  const { width, height, channels, data } = picture;
  const area = width * height;
  const pixels = new Uint8ClampedArray(4 * area); // rounds
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = 255 * data[Math.min(c, channels - 1) * area + i]!;
    pixels[4 * i + 3] = 255 * (1 - (hole?.data[i] ?? 0));
  }
  return { width, height, data: pixels };
}
