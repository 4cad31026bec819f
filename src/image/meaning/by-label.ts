/** @file By label: a class map, in which each value is a kind of thing (VOC, COCO, Cityscapes, LabelMe). */

import type { MaskPixels } from './colours.ts';
import { NOISE } from './levels.ts';
import type { Reading } from './reading.ts';
import type { Survey } from './survey.ts';

/** Pixels that lie within surfaces of a value, at least, if it is a label. */
const SURFACE = 4;

/**
 * Every value but black is the hole. Plausible for an opaque file in grey of three values or more that all fill
 * surfaces, which those of soft edges and of noise do not. White may then also be a class of its own, such as the unlabelled border of VOC, and
 * greys may be soft: as plausible as by value. Where no value is light, only this is.
 */
export function byLabel({ pixels, isGrey, isLayer }: Survey): Reading[] {
  if (isLayer || !isGrey) return [];
  const { values, labels } = labelsOf(pixels);
  if (labels.length < 3 || labels.length < values) return [];
  const black = Math.min(...labels);
  return [
    {
      from: 'colour',
      plausibility: Math.max(...labels) < NOISE ? 5 : 4,
      hole: `every value but ${black} of 255, as of a map of classes,`,
      make: () => {
        const data = new Float32Array(pixels.width * pixels.height);
        for (let p = 0; p < data.length; p++) data[p] = pixels.data[4 * p]! > black ? 1 : 0;
        return { data };
      },
    },
  ];
}

/** How many values there are, and which of them fill surfaces: pixels that equal their left and upper neighbours. */
function labelsOf({ width, height, data }: MaskPixels): { values: number; labels: number[] } {
  const [all, flat] = [new Uint32Array(256), new Uint32Array(256)];
  for (let p = 0; p < width * height; p++) {
    const v = data[4 * p]!;
    all[v]!++;
    if (p < width || p % width === 0) continue;
    if (data[4 * (p - 1)] === v && data[4 * (p - width)] === v) flat[v]!++;
  }
  const labels = [...flat.keys()].filter((v) => flat[v]! >= SURFACE);
  return { values: all.filter((count) => count > 0).length, labels };
}
