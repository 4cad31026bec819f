/** @file By transparency: a picture erased where its hole is, or a hole painted on a transparent layer. */

import { levelsOf, NOISE } from './levels.ts';
import { type Made, type Reading, throughLevels } from './reading.ts';
import type { Survey } from './survey.ts';

/** A part covers the picture, or its border, from this share on; between it and its complement is no evidence. */
const COVERS = 0.6;

/**
 * The transparent part is the hole: two points where the opaque part is a picture, or a copy of the one to fill, one
 * where it covers the border and one where it covers most. Every pixel that is not opaque is in the hole, in full: what
 * a soft eraser has left of it is no longer the picture. But where hardly transparent pixels (less than 16 below
 * opaque) outnumber all others that are not opaque, they are a faint transparency of the whole, and kept.
 */
export function erased({ pixels: { data }, alpha, opaque, isPicture, isLayer }: Survey, isCopy = false): Reading {
  const isErased = isPicture || isCopy;
  const points = (isErased ? 2 : 0) + (opaque.border > COVERS ? 1 : 0) + (opaque.all > COVERS ? 1 : 0);
  return {
    from: 'alpha',
    plausibility: isLayer ? points : 0,
    hole: 'the transparent part',
    make: (): Made => {
      const { histogram, most } = alpha;
      const faint = count(histogram, most - NOISE + 1, most);
      const rest = count(histogram, 0, most - NOISE + 1);
      const opaqueFrom = faint > rest ? most - NOISE + 1 : most;
      const mask = Float32Array.from({ length: data.length / 4 }, (_, p) => (data[4 * p + 3]! < opaqueFrom ? 1 : 0));
      const details = [
        faint > rest ? 'hardly transparent pixels kept' : '',
        count(histogram, NOISE, opaqueFrom) > 0 ? 'soft edges filled in full' : '',
      ].filter(Boolean);
      return { data: mask, detail: details.join(' and ') || undefined };
    },
  };
}

/**
 * What is painted on transparent is the hole, whatever its colours; its soft edges are those of the mask. A point where
 * it has a colour, or some but no picture's many; one where the transparent part covers the border, and one where it
 * covers most.
 */
export function painted({ pixels: { data }, alpha, opaque, colours, isPicture, isGrey, isLayer }: Survey): Reading {
  const isPaint = !isPicture && (!isGrey || colours.length > 1);
  const points = (isPaint ? 1 : 0) + (opaque.border < 1 - COVERS ? 1 : 0) + (opaque.all < 1 - COVERS ? 1 : 0);
  return {
    from: 'colour',
    plausibility: isLayer ? points : 0,
    hole: 'the part painted on transparent, of any colour,',
    make: () => {
      const channel = Uint8Array.from({ length: data.length / 4 }, (_, p) => data[4 * p + 3]!);
      return throughLevels(channel, levelsOf(alpha.histogram));
    },
  };
}

function count(histogram: Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let v = Math.max(0, from); v < to; v++) sum += histogram[v]!;
  return sum;
}
