/** @file What is in a mask file, counted in one pass: how transparent it is, and its colours. */

import { type Colour, coloursOf, type MaskPixels } from './colours.ts';

/** What was counted. */
export interface Survey {
  readonly pixels: MaskPixels;
  /** The least and the greatest alpha, and how often each occurs. */
  readonly alpha: { readonly least: number; readonly most: number; readonly histogram: Uint32Array };
  /** Whether alpha says anything: some pixels have at most half of the alpha that others have. */
  readonly isLayer: boolean;
  /** The share of pixels that are opaque (above half of the greatest alpha): of all, and of the border. */
  readonly opaque: { readonly all: number; readonly border: number };
  /** The colours of the opaque pixels, commonest first. */
  readonly colours: readonly Colour[];
  /** Whether these are of surfaces alone, without soft edges and lines. */
  readonly areSurfaces: boolean;
  /** How many opaque pixels each cell of colours has. */
  readonly cells: Uint32Array;
  /** Whether the opaque pixels are a picture rather than something painted. */
  readonly isPicture: boolean;
  /** Whether the opaque pixels are black, white and grey. */
  readonly isGrey: boolean;
}

/** Colours that a painted mask has at most, its background among them. */
const PAINTED = 8;

/** The share of pixels that makes a colour count. */
export const COUNTS = 0.002;

/** Counts what is in a mask file. */
export function survey(pixels: MaskPixels): Survey {
  const alpha = alphaOf(pixels);
  const isLayer = alpha.most > 0 && alpha.least <= alpha.most / 2;
  // What is not opaque has no colour; where alpha says nothing, all pixels count.
  const threshold = isLayer ? alpha.most / 2 : -1;
  const counted = coloursOf(pixels, threshold);
  const many = counted.colours.filter(({ share }) => share >= COUNTS).length > PAINTED;
  return {
    pixels,
    alpha,
    isLayer,
    opaque: opaqueShares(pixels, threshold),
    colours: counted.colours,
    areSurfaces: counted.areSurfaces,
    cells: counted.cells,
    isGrey: counted.isGrey,
    isPicture: many || (counted.isGrey && counted.midGrey > 0.5 && counted.colours.length > 3),
  };
}

function alphaOf({ data }: MaskPixels): Survey['alpha'] {
  const histogram = new Uint32Array(256);
  for (let i = 3; i < data.length; i += 4) histogram[data[i]!]!++;
  const least = histogram.findIndex((count) => count > 0);
  const most = histogram.findLastIndex((count) => count > 0);
  return { least, most, histogram };
}

function opaqueShares({ width, height, data }: MaskPixels, threshold: number): Survey['opaque'] {
  let [all, border, outer] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isOpaque = data[4 * (y * width + x) + 3]! > threshold;
      if (isOpaque) all++;
      if (x > 0 && y > 0 && x < width - 1 && y < height - 1) continue;
      outer++;
      if (isOpaque) border++;
    }
  }
  return { all: all / (width * height), border: border / outer };
}
