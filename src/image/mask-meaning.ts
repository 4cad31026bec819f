/** @file What the pixels of a mask file mean: which are the hole. What has two meanings is refused, not guessed. */

import { LatentfillError } from '../base/errors.ts';
import { type Image, type Mask, mask } from './image.ts';
import { checkMaskSize, holeFraction } from './mask.ts';
import { erased, painted } from './meaning/by-alpha.ts';
import { byColour } from './meaning/by-colour.ts';
import { byLabel } from './meaning/by-label.ts';
import { byValue } from './meaning/by-value.ts';
import type { MaskPixels } from './meaning/colours.ts';
import { isErasedCopy, isSame } from './meaning/differences.ts';
import { paintedCopy } from './meaning/painted-copy.ts';
import { type MaskFrom, masksFrom, type Reading } from './meaning/reading.ts';
import { type Survey, survey } from './meaning/survey.ts';
import { checkPixels, type Pixels } from './pixels.ts';

/** How a mask file is to be understood. */
export interface MaskOptions {
  /**
   * What says where the hole is: `'luma'` (white), `'alpha'` (transparent), `'colour'` (what is painted: not
   * transparent, or not of the background's colour). Left out: what fits the file; one that may mean two things is an
   * error.
   */
  readonly from?: MaskFrom | undefined;
  /** Swaps the hole and the kept part. */
  readonly invert?: boolean | undefined;
  /** The picture to fill: a copy of it that was painted over is then understood as its mask. */
  readonly picture?: Image | undefined;
}

/** A mask file, understood. */
export interface MaskFile {
  readonly mask: Mask;
  /** What said where the hole is. Given as `from`, it gives the same mask, except of a painted copy of the picture. */
  readonly from: MaskFrom;
  /** One line that says how it was understood, where it is not plainly white on black. */
  readonly note: string | undefined;
}

/**
 * The mask of a canvas's pixels, understood as {@link MaskFile} files are.
 * @throws LatentfillError for pixels of another size or kind, and for a mask that may mean two things or nothing.
 */
export function maskFromPixels(pixels: Pixels, options: MaskOptions = {}): MaskFile {
  checkPixels(pixels);
  return meaningOf(pixels, options);
}

/** What pixels mean as a mask. Errors call it `name`. */
export function meaningOf(pixels: MaskPixels, options: MaskOptions, name = 'the mask'): MaskFile {
  const { from, invert = false, picture } = options;
  checkFrom(from);
  if (picture) checkMaskSize(pixels, picture, name);
  const seen = survey(pixels);
  const reading = from === undefined ? fitting(seen, picture, name) : askedFor(seen, from, name);
  const { data, detail } = reading.make();
  if (invert) for (let i = 0; i < data.length; i++) data[i] = 1 - data[i]!;
  const made = mask(pixels.width, pixels.height, data);
  const parts = [...saidOf(reading, from, invert, made), ...(detail === undefined ? [] : [detail])];
  const share = holeFraction(made);
  if (!invert && from === undefined && reading.from === 'luma' && share > 0.5) {
    parts.push(`white is the hole, ${shareText(share)}: if the rest should be filled instead, set the option 'invert'`);
  }
  return { mask: made, from: reading.from, note: parts.length > 0 ? parts.join('; ') : undefined };
}

function checkFrom(from: unknown): void {
  if (from === undefined || masksFrom.includes(from as MaskFrom)) return;
  const known = masksFrom.map((one) => `'${one}'`).join(', ');
  throw new LatentfillError(
    'options',
    `Expected one of ${known} as the option 'from', got '${from}': or leave it out.`,
  );
}

/** The one reading that fits best. @throws LatentfillError where none fits, or two fit alike. */
function fitting(seen: Survey, picture: Image | undefined, name: string): Reading {
  if (picture && isSame(seen, picture)) throw thePicture(name);
  const copies = picture ? paintedCopy(seen, picture) : [];
  const isCopy = picture !== undefined && isErasedCopy(seen, picture);
  const readings = [
    ...copies,
    byValue(seen, isCopy),
    ...byLabel(seen),
    ...byColour(seen),
    erased(seen, isCopy),
    painted(seen),
  ];
  const best = Math.max(...readings.map(({ plausibility }) => plausibility));
  const [first, second] = readings.filter(({ plausibility }) => plausibility === best);
  if (best === 0 && !seen.isLayer) throw aPicture(seen, name);
  if (best === 0) throw twoMeanings(erased(seen), painted(seen), name);
  if (second) throw twoMeanings(first!, second, name);
  return first!;
}

/** The reading that a person asks for, whether it fits or not. */
function askedFor(seen: Survey, from: MaskFrom, name: string): Reading {
  if (from === 'luma') return byValue(seen);
  if (from === 'colour') return seen.isLayer ? painted(seen) : (byLabel(seen)[0] ?? byColour(seen)[0]!);
  if (seen.isLayer) return erased(seen);
  throw new LatentfillError(
    'mask',
    `Expected transparent pixels in ${name}, got none: leave the option 'from' out, or set it to 'luma' or 'colour'.`,
  );
}

function thePicture(name: string): LatentfillError {
  return new LatentfillError(
    'mask',
    `Expected ${name} to differ from the picture, got the picture itself: erase the hole from it, or paint over it.`,
  );
}

function aPicture({ isGrey }: Survey, name: string): LatentfillError {
  return new LatentfillError(
    'mask',
    `Expected ${name} in black and white, or painted on one colour, got a picture ${isGrey ? 'in grey' : 'of many colours'} without transparency: paint the hole white on black, or set the option 'from' to 'luma' (what is light) or 'colour' (what differs from the border).`,
  );
}

function twoMeanings(first: Reading, second: Reading, name: string): LatentfillError {
  const advice =
    first.from === second.from
      ? `set the option 'from' to '${first.from}' for the first, and the option 'invert' besides for the second`
      : `set the option 'from' to '${first.from}' for the first or to '${second.from}' for the second`;
  return new LatentfillError(
    'mask',
    `Expected ${name} to have one meaning, got one whose hole may be ${plain(first)} or ${plain(second)}: ${advice}.`,
  );
}

const plain = ({ hole }: Reading) => (hole ?? 'what is white').replace(/,$/, '');

/** The hole in words and its size, unless it is white on black, or was asked for and needs no word. */
function saidOf({ hole }: Reading, from: MaskFrom | undefined, invert: boolean, made: Mask): string[] {
  if (hole === undefined || from !== undefined) return [];
  const share = shareText(holeFraction(made));
  return [invert ? `${hole} kept and the rest taken as the hole (${share})` : `${hole} taken as the hole (${share})`];
}

/** `2 % of the picture`. */
export function shareText(share: number): string {
  const percent = 100 * share;
  const digits = percent > 0 && percent < 10 ? Math.max(0.1, percent).toFixed(1).replace('.0', '') : percent.toFixed(0);
  return `${digits} % of the picture`;
}
