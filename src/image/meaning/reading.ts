/** @file A reading of a mask file: one way to say which of its pixels are the hole. */

import type { Levels } from './levels.ts';

/**
 * What of a mask file says where the hole is: how light its pixels are, how transparent, or how far from a background.
 */
export const masksFrom = ['luma', 'alpha', 'colour'] as const;

/** One of these. */
export type MaskFrom = (typeof masksFrom)[number];

/** What a reading makes of a mask file. */
export interface Made {
  /** [height, width]: 1 in the hole, 0 where pixels are kept. */
  readonly data: Float32Array;
  /** What was not plainly black and white. */
  readonly detail?: string | undefined;
}

/** One reading of a mask file. */
export interface Reading {
  readonly from: MaskFrom;
  /**
   * How well it fits what is in the file: 0 where only a person can ask for it. Readings that fit alike are a question.
   */
  readonly plausibility: number;
  /** The hole in words; undefined for white on black, which needs none. */
  readonly hole: string | undefined;
  make(): Made;
}

/** The mask of a channel of `area` pixels and its levels. */
export function throughLevels(channel: Uint8Array, { table, note }: Levels): Made {
  const data = new Float32Array(channel.length);
  for (let i = 0; i < data.length; i++) data[i] = table[channel[i]!]!;
  return { data, detail: note };
}

/** How often each value of a channel occurs. */
export function histogramOf(channel: Uint8Array): Uint32Array {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < channel.length; i++) histogram[channel[i]!]!++;
  return histogram;
}
