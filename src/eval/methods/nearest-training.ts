/** @file A baseline that can only copy: the hole from the training picture that is nearest where pixels are known. */

import { LatentfillError } from '../../base/errors.ts';
import { type Image, image, type Mask } from '../../image/image.ts';
import { checkMask } from '../../image/mask.ts';

/**
 * Takes training pictures, all of one size with three channels; they are held as 8 bits. Returns a function that gives a
 * hole (every pixel with mask > 0) the pixels of the picture with the least mean squared difference over the known
 * pixels, as it is and not mirrored; of equal ones, the first. Known pixels stay.
 * @throws LatentfillError for pictures of several sizes or none; the function does for one of another size, or a mask
 * without missing or known pixels.
 */
export function openNearest(gallery: readonly Image[]): (picture: Image, hole: Mask) => Image {
  const first = gallery[0];
  if (!first) {
    throw new LatentfillError('image', 'Expected training pictures to copy holes from, got none: give at least one.');
  }
  const length = first.data.length;
  const pixels = new Uint8Array(gallery.length * length);
  for (const [i, { data }] of checked(gallery, first).entries()) {
    for (let k = 0; k < length; k++) pixels[i * length + k] = Math.round(255 * data[k]!);
  }
  return (picture, hole) => {
    checked([picture], first);
    checkMask(hole, picture);
    const start = length * nearestTo(picture, hole, pixels);
    const data = picture.data.map((v, k) => (hole.data[k % hole.data.length]! > 0 ? pixels[start + k]! / 255 : v));
    return image(picture.width, picture.height, picture.channels, data);
  };
}

/** Which picture of the gallery is nearest. A candidate is given up as soon as its sum exceeds the least so far. */
function nearestTo({ data }: Image, hole: Mask, pixels: Uint8Array): number {
  const places = knownPlaces(hole);
  const wanted = Float64Array.from(places, (place) => 255 * data[place]!);
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let start = 0; start < pixels.length; start += data.length) {
    const sum = squaredDifference(wanted, places, pixels, start, least);
    if (sum < least) [best, least] = [start / data.length, sum];
  }
  return best;
}

/** Σ (wanted − pixel)², as far as it is below `most`, which is looked at every 64 values. */
function squaredDifference(
  wanted: Float64Array,
  places: Uint32Array,
  pixels: Uint8Array,
  start: number,
  most: number,
): number {
  let sum = 0;
  for (let from = 0; from < places.length && sum < most; from += 64) {
    const to = Math.min(from + 64, places.length);
    for (let k = from; k < to; k++) {
      const difference = wanted[k]! - pixels[start + places[k]!]!;
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
function checked(pictures: readonly Image[], first: Image): readonly Image[] {
  for (const { width, height, channels } of pictures) {
    if (width === first.width && height === first.height && channels === 3) continue;
    throw new LatentfillError(
      'image',
      `Expected pictures of ${first.width}×${first.height} pixels with 3 channels, as the first of training, got ${width}×${height} with ${channels}: resize them.`,
    );
  }
  return pictures;
}
