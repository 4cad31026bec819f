/** @file By value: white is the hole, black is kept, grey is a soft edge; transparent counts as black. */

import { type Levels, levelsOf } from './levels.ts';
import { histogramOf, type Reading, throughLevels } from './reading.ts';
import type { Survey } from './survey.ts';

/** From this value on, a grey on a transparent layer is light. */
const LIGHT = 192;

/**
 * White is the hole. Plausible for a file in black, white and grey:
 * - opaque, with something white, and at most half neither black nor white: else it would be a photograph in grey;
 * - on a transparent layer, with something light, unless it is a copy of the picture to fill, erased: black alone may
 *   mean either, and is for the other readings.
 */
export function byValue(survey: Survey, isCopy = false): Reading {
  let kept: { channel: Uint8Array; levels: Levels } | undefined;
  const read = () => {
    if (kept) return kept;
    const channel = lumaOf(survey);
    kept = { channel, levels: levelsOf(histogramOf(channel)) };
    return kept;
  };
  const { isGrey, isLayer, isPicture, colours } = survey;
  const hasLight = colours.some(({ rgb, share }) => rgb[0] >= LIGHT && share > 0.001);
  const isPlausible =
    isGrey && (isLayer ? hasLight && !isPicture && !isCopy : read().levels.soft <= 0.5 && read().levels.isFull);
  return {
    from: 'luma',
    plausibility: isPlausible ? 4 : 0,
    hole: undefined,
    make: () => throughLevels(read().channel, read().levels),
  };
}

/** Luma (Rec. 601) of each pixel on black, 0 to 255: that of a grey is the grey itself. */
function lumaOf({ pixels: { data }, alpha, isLayer }: Survey): Uint8Array {
  const channel = new Uint8Array(data.length / 4);
  for (let i = 0, p = 0; p < channel.length; i += 4, p++) {
    const luma = 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
    channel[p] = Math.round(isLayer ? (luma * data[i + 3]!) / alpha.most : luma);
  }
  return channel;
}
