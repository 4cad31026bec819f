/** @file Hide, fill under each kind of caption, judge. */

import type { Dataset } from '../../src/data/dataset.ts';
import { describeToon, type ToonAttributes } from '../../src/data/sources/toon-caption.ts';
import type { Judge } from '../../src/eval/measures/judge.ts';
import { psnr } from '../../src/eval/measures/psnr.ts';
import { meanColour } from '../../src/eval/methods/baselines.ts';
import type { Image } from '../../src/image/image.ts';
import { inpaintAll } from '../../src/inpaint/inpainter.ts';
import type { Options } from '../../src/inpaint/options-type.ts';
import type { Model } from '../../src/model/model.ts';
import type { Wanted } from '../../src/runtime/devices.ts';
import { type Face, faceOf } from '../judge/attributes.ts';
import { type Hiding, maskOf, type Pair, pairsOf } from './hidings.ts';

/**
 * What a hole is filled with: the face's own caption, another face's, the own one with what is hidden taken from the
 * other's, one that names only that ("a person with red hair"), or none.
 */
export const conditions = ['true', 'shuffled', 'swapped', 'named', 'none'] as const;
export type Condition = (typeof conditions)[number];

/** How the holes are filled. */
export interface FillSettings {
  readonly count: number;
  readonly conditions: readonly Condition[];
  readonly search: Options;
  readonly device?: Wanted | undefined;
  readonly say: (line: string) => void;
}

/** A filled hole: the blended picture, what the judge sees in it, and its hole PSNR in dB. */
export interface Filled {
  readonly image: Image;
  readonly seen: Face;
  readonly hole: number;
}

/** A face with something hidden, and what became of it. */
export interface Trial {
  /** What the face shows, and what the face shows whose caption was given instead. */
  readonly own: Face;
  readonly other: Face;
  readonly captions: Readonly<Record<Condition, string | undefined>>;
  readonly original: Image;
  /** What the judge sees in the original, and in the picture with its hole in the mean colour. */
  readonly seen: Face;
  readonly hidden: Face;
  readonly fills: Readonly<Partial<Record<Condition, Filled>>>;
}

/** Holes per call: progress is told after each. */
const TOGETHER = 32;

/** Hides an attribute of `count` faces and fills each hole once for each condition. */
export async function runHiding(
  hiding: Hiding,
  faces: Dataset,
  model: Model,
  judge: Judge,
  settings: FillSettings,
): Promise<Trial[]> {
  const mask = maskOf(hiding);
  const pairs = pairsOf(hiding, faces, settings.count);
  const originals = await Promise.all(pairs.map(({ own }) => faces.image(own)));
  const seen = await judge.classify(originals);
  const hidden = await judge.classify(originals.map((image) => meanColour(image, mask)));
  const captions = pairs.map((pair) => captionsOf(hiding, faces, pair));
  const filled: Partial<Record<Condition, Filled[]>> = {};
  for (const condition of settings.conditions) {
    const holes = originals.map((image, i) => ({ image, mask, caption: captions[i]![condition] }));
    const images = await fill(model, holes, settings, `${hiding.name}, ${condition}`);
    const judged = await judge.classify(images);
    filled[condition] = images.map((image, i) => ({
      image,
      seen: judged[i]!,
      hole: psnr(image, originals[i]!, mask).hole,
    }));
  }
  return pairs.map(({ own, other }, i) => ({
    own: faceOf(faces, own),
    other: faceOf(faces, other),
    captions: captions[i]!,
    original: originals[i]!,
    seen: seen[i]!,
    hidden: hidden[i]!,
    fills: Object.fromEntries(settings.conditions.map((condition) => [condition, filled[condition]![i]!])),
  }));
}

function captionsOf({ hides }: Hiding, faces: Dataset, { own, other }: Pair): Trial['captions'] {
  const taken = Object.fromEntries(hides.map((key) => [key, faceOf(faces, other)[key]!]));
  return {
    true: faces.captions(own)[0],
    shuffled: faces.captions(other)[0],
    swapped: describeToon(withoutAbsent({ ...faceOf(faces, own), ...taken })),
    named: describeToon(withoutAbsent(faceOf(faces, other)), hides),
    none: undefined,
  };
}

function withoutAbsent(face: Face): ToonAttributes {
  const present = Object.entries(face).filter(([, value]) => value !== 'none');
  return Object.fromEntries(present) as unknown as ToonAttributes;
}

async function fill(
  model: Model,
  holes: Parameters<typeof inpaintAll>[1],
  { search, device, say }: FillSettings,
  what: string,
): Promise<Image[]> {
  const images: Image[] = [];
  const began = performance.now();
  for (let start = 0; start < holes.length; start += TOGETHER) {
    const part = await inpaintAll(model, holes.slice(start, start + TOGETHER), search, { device });
    for (const filled of part) images.push(await filled.blended());
    const seconds = (performance.now() - began) / 1000;
    say(`${what}: ${images.length} of ${holes.length}, ${(seconds / images.length).toFixed(2)} s each`);
  }
  return images;
}
