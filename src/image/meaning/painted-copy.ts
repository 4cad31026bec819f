/** @file By comparison: the mask file is a copy of the picture that was painted over where the hole is. */

import type { Image } from '../image.ts';
import { piecesOf } from '../pieces.ts';
import type { Colour, MaskPixels } from './colours.ts';
import { differencesOf } from './differences.ts';
import { NOISE } from './levels.ts';
import type { Reading } from './reading.ts';
import { COUNTS, type Survey } from './survey.ts';

type Rgb = Colour['rgb'];

/**
 * How much of the file must equal the picture, its commonest colour aside, which may be the paint or a plain ground.
 */
const EXACT = 0.3;
const NEAR = 0.6;

/** Differences of a copy that was saved with loss. */
const LOSSY = 2 * NOISE;

/**
 * What differs from the picture is the hole. Plausible for an opaque file of more than two colours where 30 % of the
 * pixels equal the picture's exactly, or 60 % to within 16 (a lossy copy), without those of the file's commonest
 * colour. Of a lossy copy only differences above 32 count, in pieces of at least 16 pixels. Where the paint has the
 * picture's own colour, its pieces belong to the hole if half of them do, and so do small gaps: up to 16 pixels, or a
 * fiftieth of the hole.
 */
export function paintedCopy(survey: Survey, picture: Image): Reading[] {
  const hasPicture = survey.colours.filter(({ share }) => share >= COUNTS).length > 2;
  if (survey.isLayer || !hasPicture) return [];
  const differences = differencesOf(survey.pixels, picture);
  const { exact, near } = agreement(survey, differences);
  if (exact < EXACT && near < NEAR) return [];
  const isExact = exact >= EXACT;
  return [
    {
      from: 'colour',
      plausibility: 5,
      hole: 'what was painted over a copy of the picture',
      make: () => ({ data: regionOf(survey.pixels, differences, isExact) }),
    },
  ];
}

/** The shares of pixels that equal the picture, exactly and nearly, among those not of the commonest colour. */
function agreement({ pixels: { data }, colours }: Survey, differences: Uint8Array): { exact: number; near: number } {
  const ground = colours[0]!.rgb;
  let [counted, exact, near] = [0, 0, 0];
  for (let p = 0; p < differences.length; p++) {
    if (distance(data, p, ground) < NOISE) continue;
    counted++;
    if (differences[p] === 0) exact++;
    if (differences[p]! < NOISE) near++;
  }
  return { exact: exact / Math.max(1, counted), near: near / Math.max(1, counted) };
}

/** The painted region: what differs, the rest of the paint where the picture has its colour, and small gaps. */
function regionOf(pixels: MaskPixels, differences: Uint8Array, isExact: boolean): Float32Array {
  const { width, height } = pixels;
  const region = new Float32Array(differences.length);
  const changed = piecesOf(width, height, (p) => differences[p]! > (isExact ? 0 : LOSSY));
  let total = 0;
  changed.forEachRun((from, to, piece) => {
    if (!isExact && changed.areas[piece]! < NOISE) return;
    region.fill(1, from, to);
    total += to - from;
  });
  addPaint(pixels, region, isExact ? 1 : NOISE);
  const kept = piecesOf(width, height, (p) => region[p] === 0);
  kept.forEachRun((from, to, piece) => {
    if (!kept.atBorder[piece] && kept.areas[piece]! <= Math.max(NOISE, total / 50)) region.fill(1, from, to);
  });
  return region;
}

/** Adds each piece of the paint's colour, to within `tolerance`, of which at least half is in the region already. */
function addPaint({ width, height, data }: MaskPixels, region: Float32Array, tolerance: number): void {
  const paint = commonest(data, region);
  const pieces = piecesOf(width, height, (p) => distance(data, p, paint) < tolerance);
  const inside = pieces.areas.map(() => 0);
  pieces.forEachRun((from, to, piece) => {
    for (let p = from; p < to; p++) inside[piece]! += region[p]!;
  });
  pieces.forEachRun((from, to, piece) => {
    if (2 * inside[piece]! >= pieces.areas[piece]!) region.fill(1, from, to);
  });
}

/** The commonest colour of a region, of cells of 8 values a channel. */
function commonest(data: MaskPixels['data'], region: Float32Array): Rgb {
  const counts = new Uint32Array(32 ** 3);
  let [best, paint]: [number, Rgb] = [0, [0, 0, 0]];
  for (let p = 0, i = 0; p < region.length; p++, i += 4) {
    if (region[p] === 0) continue;
    const cell = ((data[i]! >> 3) << 10) | ((data[i + 1]! >> 3) << 5) | (data[i + 2]! >> 3);
    counts[cell]!++;
    if (counts[cell]! <= best) continue;
    best = counts[cell]!;
    paint = [data[i]!, data[i + 1]!, data[i + 2]!];
  }
  return paint;
}

/** The largest difference of a pixel's channels from a colour. */
function distance(data: MaskPixels['data'], pixel: number, [r, g, b]: Rgb): number {
  const i = 4 * pixel;
  return Math.max(Math.abs(data[i]! - r), Math.abs(data[i + 1]! - g), Math.abs(data[i + 2]! - b));
}
