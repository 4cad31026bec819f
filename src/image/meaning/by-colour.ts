/** @file By colour: what differs from the background's colour is the hole. */

import { type Colour, explainedBy, paintsOf } from './colours.ts';
import { distanceLevels } from './levels.ts';
import { histogramOf, type Reading, throughLevels } from './reading.ts';
import { COUNTS, type Survey } from './survey.ts';

/** Two colours that are nearly all of a file: the rest is their common edge. */
const BOTH = 0.97;

/** A colour is black below this value. */
const BLACK = 48;

/** Colours that are painted on black, and on another ground, at most: with more it is a picture. */
const ON_BLACK = 4;
const ON_OTHERS = 2;

/** The share of pixels beside the ground that are paint or its soft edge, at least. */
const EXPLAINED = 0.8;

/**
 * What differs from the background is the hole, in full from its nearest colour on. Plausible for an opaque file that
 * is not grey, where at most four colours on black, or two on another ground, or lines in shades of one, explain what
 * is not background. One reading for each colour that may be the background, that of the border first.
 */
export function byColour(survey: Survey): Reading[] {
  const { colours } = survey;
  return backgroundsOf(colours).map((ground) => ({
    from: 'colour',
    plausibility: isPaintedOn(ground, survey) ? 4 : 0,
    hole: `what is not ${nameOf(ground.rgb)}`,
    make: () => {
      const channel = distances(survey, ground.rgb);
      return throughLevels(channel, distanceLevels(histogramOf(channel), surfaces(channel, survey.pixels.width)));
    },
  }));
}

function isPaintedOn(ground: Colour, { isLayer, isGrey, isPicture, colours, areSurfaces, cells }: Survey): boolean {
  if (isLayer || isGrey || isPicture) return false;
  const others = colours.filter((colour) => colour !== ground);
  const common = others.filter(({ share }) => share >= COUNTS);
  const shades = common.length > 0 ? common : others.slice(0, ON_OTHERS);
  const paints = paintsOf(shades, ground);
  const areFew = shades.length <= (isBlack(ground) ? ON_BLACK : ON_OTHERS) || (paints.length === 1 && !areSurfaces);
  return areFew && explainedBy(cells, ground, paints) >= EXPLAINED;
}

/**
 * The background: black where a file has black and one more colour, for black is what is kept. Otherwise the commonest
 * colour, if it is the border's commonest too, or black if it is one of these. Otherwise either.
 */
function backgroundsOf(colours: readonly Colour[]): Colour[] {
  const [first, second] = colours;
  const outer = colours.reduce((a, b) => (b.border > a.border ? b : a));
  const two = second && first!.share + second.share > BOTH ? [first!, second] : [];
  const black = [...two, first!, outer].find(isBlack);
  if (black) return [black];
  return outer === first ? [outer] : [outer, first!];
}

const isBlack = ({ rgb }: Colour) => Math.max(...rgb) < BLACK;

/** How far each pixel is from a colour: the largest difference of its channels; 0 where it is transparent. */
function distances({ pixels: { data }, isLayer, alpha }: Survey, [r, g, b]: Colour['rgb']): Uint8Array {
  const channel = new Uint8Array(data.length / 4);
  const threshold = isLayer ? alpha.most / 2 : -1;
  for (let i = 0, p = 0; p < channel.length; i += 4, p++) {
    if (data[i + 3]! <= threshold) continue;
    channel[p] = Math.max(Math.abs(data[i]! - r), Math.abs(data[i + 1]! - g), Math.abs(data[i + 2]! - b));
  }
  return channel;
}

/** How often each distance occurs within surfaces: where the pixels to the left and above are as far, to within 2. */
function surfaces(channel: Uint8Array, width: number): Uint32Array {
  const histogram = new Uint32Array(256);
  for (let p = width; p < channel.length; p++) {
    const v = channel[p]!;
    const isFlat = p % width > 0 && Math.abs(v - channel[p - 1]!) <= 2 && Math.abs(v - channel[p - width]!) <= 2;
    if (isFlat) histogram[v]!++;
  }
  return histogram;
}

/** A colour as a person calls it, or as #rrggbb. */
function nameOf(rgb: Colour['rgb']): string {
  const [least, most] = [Math.min(...rgb), Math.max(...rgb)];
  if (most < BLACK) return 'black';
  if (most - least < BLACK) return least > 255 - BLACK ? 'white' : 'grey';
  const bright = rgb.map((v) => (v - least > (most - least) / 2 ? 1 : 0)).join('');
  const names: Record<string, string> = {
    '100': 'red',
    '010': 'green',
    '001': 'blue',
    '110': 'yellow',
    '011': 'cyan',
    '101': 'magenta',
  };
  return names[bright]!;
}
