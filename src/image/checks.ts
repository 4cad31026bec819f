/** @file Checks of images and masks that a caller made, before they are used. */

import { LatentfillError } from '../base/errors.ts';

/** @throws LatentfillError unless both sides are whole numbers of pixels, at least 1. Errors call the image `name`. */
export function checkSides(width: unknown, height: unknown, name: string): void {
  for (const [side, given] of Object.entries({ width, height })) {
    if (Number.isSafeInteger(given) && (given as number) > 0) continue;
    throw new LatentfillError(
      'image',
      `Expected the ${side} of ${name} to be a positive whole number of pixels, got ${shown(given)}: give it the ${side} of its data.`,
    );
  }
}

/** @throws LatentfillError unless `data` is a Float32Array whose length is the product of `sizes`. */
export function checkData(data: unknown, sizes: readonly number[], name: string): asserts data is Float32Array {
  if (classOf(data) !== 'Float32Array') {
    throw new LatentfillError(
      'image',
      `Expected the data of ${name} to be a Float32Array, got ${shown(data)}: convert it to values from 0 to 1.`,
    );
  }
  const size = sizes.reduce((a, b) => a * b, 1);
  const { length } = data as Float32Array;
  if (length !== size) {
    throw new LatentfillError(
      'image',
      `Expected ${sizes.join('×')} = ${size} values in the data of ${name}, got ${length}: give one for each pixel${sizes.length > 2 ? ' and channel' : ''}.`,
    );
  }
}

/** @throws LatentfillError unless every value is in [0, 1]. */
export function checkValues(data: Float32Array, width: number, height: number, name: string): void {
  if (allWithinRange(data)) return;
  const at = data.findIndex((v) => !(v >= 0 && v <= 1));
  if (at < 0) return; // only −0, which has the sign bit of a negative number
  const [x, y] = [at % width, Math.floor(at / width) % height];
  throw new LatentfillError(
    'image',
    `Expected values from 0 to 1 in ${name}, got ${data[at]} at pixel (${x}, ${y}): scale or clamp them first.`,
  );
}

/** @throws LatentfillError unless `given` is an object; its fields are checked later. */
export function checkRecord(given: unknown, name: string, fields: string): void {
  if (typeof given === 'object' && given !== null) return;
  throw new LatentfillError('image', `Expected ${name} to have ${fields}, got ${shown(given)}: give all of them.`);
}

/**
 * Whether every value is in [0, 1] and none is −0 or NaN. Non-negative floats compare like their bits as integers, and
 * a bitwise OR collects all sign bits without branches, in half the time of comparing floats.
 */
function allWithinRange({ buffer, byteOffset, length }: Float32Array): boolean {
  const bits = new Int32Array(buffer, byteOffset, length);
  const one = 0x3f800000;
  let signs = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    const a = bits[i]!;
    const b = bits[i + 1]!;
    const c = bits[i + 2]!;
    const d = bits[i + 3]!;
    signs |= a | (one - a) | b | (one - b) | c | (one - c) | d | (one - d);
  }
  for (; i < length; i++) signs |= bits[i]! | (one - bits[i]!);
  return signs >= 0;
}

/** A value in an error: a number as it is, the type of anything else. */
function shown(given: unknown): string {
  return typeof given === 'number' || given == null ? String(given) : `a value of the kind ${classOf(given)}`;
}

/** The name of a value's class, also for a value from another frame, where `instanceof` fails. */
export function classOf(given: unknown): string {
  return Object.prototype.toString.call(given).slice(8, -1);
}
