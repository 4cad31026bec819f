/** @file A baseline that can only copy: the hole from the training picture that is nearest where pixels are known. */

import { LatentfillError } from '../../base/errors.ts';
import { type Image, image, type Mask } from '../../image/image.ts';
import { checkMask } from '../../image/mask.ts';
import type { Filler } from './method.ts';

/**
 * Takes training pictures, all of one size with three channels; they are held as 8 bits. Returns a function that gives a
 * hole (every pixel with mask > 0) the pixels of the picture with the least mean squared difference over the known
 * pixels, as it is and not mirrored; of equal ones, the first. Known pixels stay.
 * @throws LatentfillError for pictures of several sizes or none; the function does for one of another size, or a mask
 * without missing or known pixels.
 */
export async function openNearest(gallery: AsyncIterable<Image> | Iterable<Image>): Promise<Filler> {
  const pictures: Uint8Array[] = [];
  let first: Image | undefined;
  for await (const picture of gallery) {
    first ??= picture;
    checkLike(picture, first);
    pictures.push(Uint8Array.from(picture.data, (v) => Math.round(255 * v)));
  }
  if (!first) {
    throw new LatentfillError('image', 'Expected training pictures to copy holes from, got none: give at least one.');
  }
  const like = first;
  return (picture, hole) => {
    checkLike(picture, like);
    checkMask(hole, picture);
    const nearest = nearestTo(picture, hole, pictures);
    const data = picture.data.map((v, k) => (hole.data[k % hole.data.length]! > 0 ? nearest[k]! / 255 : v));
    return image(picture.width, picture.height, picture.channels, data);
  };
}

/** The picture of the gallery that is nearest. A candidate is given up as soon as its sum exceeds the least so far. */
function nearestTo({ data }: Image, hole: Mask, pictures: readonly Uint8Array[]): Uint8Array {
  const places = knownPlaces(hole);
  const wanted = Float64Array.from(places, (place) => 255 * data[place]!);
  let [best, least] = [pictures[0]!, Number.POSITIVE_INFINITY];
  for (const pixels of pictures) {
    const sum = squaredDifference(wanted, places, pixels, least);
    if (sum < least) [best, least] = [pixels, sum];
  }
  return best;
}

/** Σ (wanted − pixel)², as far as it is below `most`, which is looked at every 64 values. */
function squaredDifference(wanted: Float64Array, places: Uint32Array, pixels: Uint8Array, most: number): number {
  let sum = 0;
  for (let from = 0; from < places.length && sum < most; from += 64) {
    const to = Math.min(from + 64, places.length);
    for (let k = from; k < to; k++) {
      const difference = wanted[k]! - pixels[places[k]!]!;
      sum += difference * difference;
    }
  }
  return sum;
}

/**
 * Where the known values of three planes lie, a far stride apart one after the other, so that a few of them are of all
 * parts of the picture and a wrong candidate is given up early.
 */
function knownPlaces({ data: hole }: Mask): Uint32Array {
  const places: number[] = [];
  for (let k = 0; k < 3 * hole.length; k++) if (hole[k % hole.length] === 0) places.push(k);
  const strides = Math.ceil(places.length / 64);
  const spread: number[] = [];
  for (let first = 0; first < strides; first++) {
    for (let k = first; k < places.length; k += strides) spread.push(places[k]!);
  }
  return Uint32Array.from(spread);
}

/** @throws LatentfillError for a picture that is not of the size of `first`, or not RGB. */
function checkLike({ width, height, channels }: Image, first: Image): void {
  if (width === first.width && height === first.height && channels === 3) return;
  throw new LatentfillError(
    'image',
    `Expected pictures of ${first.width}×${first.height} pixels with 3 channels, as the first of training, got ${width}×${height} with ${channels}: resize them.`,
  );
}
