/** @file Reads the picture and the hole of a job. */

import type { ArgsDef } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { readImage } from '../image/image-file.ts';
import { checkMask, holeFraction } from '../image/mask.ts';
import { readMask } from '../image/mask-file.ts';
import { type MaskFile, type MaskOptions, meaningOf } from '../image/mask-meaning.ts';
import { type MaskFrom, masksFrom } from '../image/meaning/reading.ts';
import { pixelsOf } from '../image/pixels.ts';
import { type Layer, onWhite } from '../image/transparency.ts';
import type { MaskedImage } from '../inpaint/inpaint.ts';
import { inFlags } from './flags.ts';
import type { Places } from './outputs.ts';

/** Flags of every command that reads masks. */
export const maskFlags = {
  'mask-from': {
    type: 'string',
    valueHint: masksFrom.join('|'),
    description:
      'What marks the hole: luma (white), alpha (transparent), colour (what is painted: not transparent, or not of the ground). Default: what fits the file.',
  },
  'invert-mask': { type: 'boolean', description: 'Swap the hole and the kept part: black is the hole.' },
} as const satisfies ArgsDef;

/** The values of {@link maskFlags}. @throws LatentfillError for a reading that there is not. */
export function maskOptionsOf(given: {
  readonly 'mask-from'?: string | undefined;
  readonly 'invert-mask'?: boolean | undefined;
}): Pick<MaskOptions, 'from' | 'invert'> {
  const text = given['mask-from'];
  const from = masksFrom.find((reading) => reading === text);
  if (text !== undefined && from === undefined) {
    throw new LatentfillError('command', `Expected --mask-from ${masksFrom.join(', ')}, got '${text}'.`);
  }
  return { from, invert: given['invert-mask'] === true };
}

/** A picture and its hole. */
export interface ReadHole extends MaskedImage {
  /** How the hole was understood. */
  readonly understood: MaskFile;
  /** The picture as it is in its file; `image` is the same on white, as models see it. */
  readonly layer: Layer;
  /** What of the file a result does not keep, in words: each as a sentence about results. */
  readonly lost: readonly string[];
}

/** Reads a job's image and its mask; without one, the image's transparent part is the hole. */
export async function readHole(
  { image: path, mask: maskPath }: Pick<Places, 'image' | 'mask'>,
  options: Pick<MaskOptions, 'from' | 'invert'>,
): Promise<ReadHole> {
  const file = await readImage(path);
  const understood =
    maskPath === undefined
      ? ownHole(file, path, options)
      : await readMask(maskPath, { ...options, picture: file.image });
  const name = maskPath === undefined ? `the transparency of '${path}'` : `the mask '${maskPath}'`;
  checkMask(understood.mask, file.image, name, 'use --invert-mask');
  const lost = [
    ...(file.isDeep ? [`'${path}' has more than 8 bits a channel, results have 8`] : []),
    ...(file.isForeign ? [`the colours of '${path}' are not in sRGB, those of results are`] : []),
  ];
  return { image: onWhite(file), mask: understood.mask, understood, layer: file, lost };
}

/** How a hole was understood, for programs. */
interface Told {
  readonly from: MaskFrom;
  readonly note: string | null;
  /** The hole's share of the picture, 0 to 1. */
  readonly hole: number;
}

/** How a hole was understood, with options as flags. */
export function toldOf({ understood: { mask, from, note } }: ReadHole): Told {
  return { from, note: note === undefined ? null : inFlags(note), hole: holeFraction(mask) };
}

/** The hole of a picture that was erased there. */
function ownHole({ image, alpha }: Layer, path: string, options: Pick<MaskOptions, 'from' | 'invert'>): MaskFile {
  if (options.from !== undefined && options.from !== 'alpha') {
    throw new LatentfillError('command', `Expected a mask with --mask-from ${options.from}, got none: give one.`);
  }
  const most = alpha?.reduce((a, b) => Math.max(a, b)) ?? 1;
  if (!alpha?.some((a) => 2 * a <= most)) {
    throw new LatentfillError(
      'mask',
      `Expected a mask for '${path}', got none: give one (of a folder, 'name_mask.png' beside 'name.png' is one too), or an image with transparent pixels for its hole.`,
    );
  }
  const pixels = pixelsOf(image, { ...image, data: alpha.map((a) => 1 - a) });
  return meaningOf(pixels, { ...options, from: 'alpha' }, `'${path}'`);
}
