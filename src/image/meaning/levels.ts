/** @file Levels: which of a channel's 256 values are kept, which are the hole, and which a soft edge. */

/** Values this near to black are black, and as near to white white: noise of WebP and JPEG, and floors of scanners. */
export const NOISE = 16;

/** What each value of a channel means. */
export interface Levels {
  /** The mask's value for each of the 256. */
  readonly table: Float32Array;
  /** The share of pixels that are neither kept nor wholly in the hole. */
  readonly soft: number;
  /**
   * Whether any value stands for the hole in full; without, what is light may be just the lightest of a dark picture.
   */
  readonly isFull: boolean;
  /** What a person should know, if anything was not plainly black and white. */
  readonly note: string | undefined;
}

/**
 * The levels of a channel, from how often each value occurs:
 * 1. One value alone is the hole from 240 on, and is kept below.
 * 2. Two values alone are the kept part and the hole, in full, as near as they may be: 0 and 1, 0 and 128, 1 and 255.
 *    Two that are less than 16 apart and not from 0 on are one value with noise.
 * 3. Of more, those below 16 are kept, those above 239 the hole, and v / 255 is a soft edge in between.
 * 4. Where nothing is above 239 but half of what is above 15 lies within 16 of the highest value, this is the hole in
 *    full, and the same for the lowest value; what is between them becomes a soft edge from 0 to 1.
 * 5. More values, all below 16, are noise: no hole.
 */
export function levelsOf(histogram: Uint32Array): Levels {
  const values = occupied(histogram);
  const [least, most] = [values[0]!, values.at(-1)!];
  if (values.length === 1 || (values.length === 2 && least > 0 && most - least < NOISE)) {
    return leveled(histogram, most >= 256 - NOISE ? [-1, 0] : [255, 256], undefined);
  }
  if (values.length === 2) {
    const isPlain = least < NOISE && most >= 256 - NOISE;
    return leveled(
      histogram,
      [least, most],
      isPlain ? undefined : `its two values ${least} and ${most} taken as black and white`,
    );
  }
  if (most < NOISE) return leveled(histogram, [255, 256], undefined);
  const half = (part: Span, whole: Span) => 2 * sum(histogram, part) >= sum(histogram, whole);
  const low = least >= NOISE && half([least, least + NOISE], [least, 256 - NOISE]) ? least : 0;
  const high = most < 256 - NOISE && half([most - NOISE + 1, most + 1], [NOISE, most + 1]) ? most : 255;
  if (high - low < 2 * NOISE) return leveled(histogram, [255, 256], undefined);
  const told = [low > 0 ? `${low} taken as black` : '', high < 255 ? `${high} taken as white` : ''].filter(Boolean);
  const isFull = high < 255 || most >= 256 - NOISE;
  if (!isFull) told.push(`nothing filled in full, since no value is above ${most}`);
  return { ...leveled(histogram, [low, high], told.length > 0 ? told.join(' and ') : undefined), isFull };
}

/** Values from the first to before the second. */
type Span = readonly [number, number];

/**
 * The levels of distances from a background: every distance that is a colour of its own is the hole in full. That is
 * the least one that at least a twenty-fifth of the pixels in surfaces have, from 32 on; the many distances of a soft
 * edge are no surfaces. Where there are none, as in thin lines, it is the greatest distance.
 */
export function distanceLevels(histogram: Uint32Array, surfaces: Uint32Array): Levels {
  const least = 2 * NOISE;
  const beyond = sum(surfaces, [least, 256]);
  let full = least;
  while (full < 256 && (beyond === 0 || surfaces[full]! * 25 < beyond)) full++;
  return leveled(histogram, [0, full < 256 ? full : occupied(histogram).at(-1)!], undefined);
}

function leveled(histogram: Uint32Array, [low, high]: Span, note: string | undefined): Levels {
  const noise = Math.min(NOISE, (high - low) / 4);
  const table = Float32Array.from({ length: 256 }, (_, v) => {
    if (v < low + noise) return 0;
    return v > high - noise ? 1 : (v - low) / (high - low);
  });
  let soft = 0;
  for (let v = 0; v < 256; v++) if (table[v]! > 0 && table[v]! < 1) soft += histogram[v]!;
  return { table, soft: soft / Math.max(1, sum(histogram, [0, 256])), isFull: true, note };
}

function sum(histogram: Uint32Array, [from, to]: Span): number {
  let total = 0;
  for (let v = Math.max(0, from); v < to; v++) total += histogram[v]!;
  return total;
}

function occupied(histogram: Uint32Array): number[] {
  const values: number[] = [];
  for (let v = 0; v < 256; v++) if (histogram[v]! > 0) values.push(v);
  return values;
}
