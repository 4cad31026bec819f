/** @file What is filled: pictures with holes, the same for every method and at any time. Node only. */

import { LatentfillError } from '../../base/errors.ts';
import { random } from '../../base/random.ts';
import type { Dataset } from '../../data/dataset.ts';
import { readPicture } from '../../data/read-picture.ts';
import { type Image, image, type Mask } from '../../image/image.ts';
import { checkMask } from '../../image/mask.ts';
import type { Protocol } from '../protocols/index.ts';

/** A picture with a hole. */
export interface Case {
  readonly protocol: string;
  /** The number of the picture in its data. */
  readonly picture: number;
  /** What the picture was taken of: pictures of one photograph are not independent. */
  readonly photograph: string;
  /** The true picture, [3, size, size], with 8-bit values. */
  readonly truth: Image;
  readonly mask: Mask;
  readonly caption?: string | undefined;
}

/** Where cases come from. */
export interface CaseOptions {
  readonly dataset: Dataset;
  readonly protocols: readonly Protocol[];
  readonly seed: number;
  /** Whether methods are given the pictures' first captions. */
  readonly captions: boolean;
}

/**
 * The cases of picture `index`, one for each protocol. Each hole has a random stream of its own, so neither the number
 * of pictures nor the choice of protocols changes it.
 * @throws LatentfillError for a protocol that leaves nothing to fill or to know, and where a caption is missing.
 */
function casesOf(index: number, picture: Image, { dataset, protocols, seed, captions }: CaseOptions): Case[] {
  const truth = in8Bits(picture);
  const caption = captions ? dataset.captions(index)[0] : undefined;
  if (captions && caption === undefined) {
    throw new LatentfillError('data', `Expected a caption of picture ${index}, got none: evaluate without captions.`);
  }
  return protocols.map(({ name, hole }) => {
    const mask = hole(truth.width, truth.height, random(seed, 'hole', name, index), index);
    checkMask(mask, truth, `the hole '${name}' of picture ${index}`);
    const photograph = dataset.photograph?.(index) ?? `${index}`;
    return { protocol: name, picture: index, photograph, truth, mask, ...(caption !== undefined && { caption }) };
  });
}

/** Cancellation, and what is left out. */
export interface ReadControl {
  readonly signal?: AbortSignal | undefined;
  /** Called with a picture that cannot be read, and why: it is left out. */
  readonly onSkipped?: ((picture: number, reason: string) => void) | undefined;
}

/** Pixels a side that every protocol and measure can do with. */
const LEAST = 16;

/** The cases of each of the first `count` pictures that can be read. @throws LatentfillError where there is none, or they are too small. */
export async function* eachPicture(
  options: CaseOptions & { readonly count: number },
  { signal, onSkipped }: ReadControl = {},
): AsyncGenerator<Case[]> {
  const { size } = options.dataset;
  if (size < LEAST) {
    throw new LatentfillError(
      'options',
      `Expected pictures of at least ${LEAST} pixels a side, got ${size}: evaluate larger ones.`,
    );
  }
  let read = 0;
  for (let i = 0; i < Math.min(options.count, options.dataset.length); i++) {
    signal?.throwIfAborted();
    const { picture, reason } = await readPicture(options.dataset, i);
    if (!picture) onSkipped?.(i, reason);
    else {
      read++;
      yield casesOf(i, picture, options);
    }
  }
  if (read > 0) return;
  throw new LatentfillError(
    'data',
    `Expected pictures in '${options.dataset.name}' that can be read, got none: add some.`,
  );
}

/** A picture as an 8-bit file holds it: what people get, and what other programs made, is compared at 8 bits. */
export function in8Bits({ width, height, channels, data }: Image): Image {
  return image(
    width,
    height,
    channels,
    data.map((v) => Math.round(v * 255) / 255),
  );
}
