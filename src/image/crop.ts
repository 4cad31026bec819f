/** @file Cropping and pasting. */

import { LatentfillError } from '../base/errors.ts';
import { checkSides } from './checks.ts';
import { type Image, image, type Mask, mask } from './image.ts';
import type { Box } from './mask.ts';

interface Planes {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
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

/**
 * @throws LatentfillError unless a rectangle lies within a picture: a row that is too long would run on into the next.
 */
function checkWithin({ width, height }: { width: number; height: number }, box: Box): void {
  checkSides(box.width, box.height, 'the rectangle');
  const whole = Number.isInteger(box.x) && Number.isInteger(box.y);
  if (!whole || box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height) {
    throw new LatentfillError(
      'image',
      `Expected a rectangle within ${width}×${height}, got ${box.width}×${box.height} at (${box.x}, ${box.y}): move or shrink it.`,
    );
  }
}
