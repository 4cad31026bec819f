/** @file `--align`: which face of a picture is filled as a model of faces knows it. */

import type { ArgsDef } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { faceOfHole } from '../faces/choose.ts';
import { type FaceFinder, openFaceFinder } from '../faces/find-faces.ts';
import type { FacePoints, Point } from '../image/face-square.ts';
import type { MaskedImage } from '../inpaint/inpaint.ts';
import type { ModelCard } from '../model/card.ts';

export const alignFlag = {
  align: {
    type: 'string',
    valueHint: 'x,y,…|none',
    description:
      'For a model of faces: the left eye, right eye, nose, left and right corner of the mouth, in pixels of the picture, also where the hole hides them (default: they are found); or none, to leave the face as it lies.',
  },
} as const satisfies ArgsDef;

/** How faces are aligned: as they are found, by given points, or not at all. */
type Alignment = 'find' | FacePoints | 'none';

/**
 * The value of {@link alignFlag}. @throws LatentfillError for anything but `none` or eight or ten numbers, and for points of
 * more than one picture.
 */
export function alignmentOf(text: string | undefined, alone: boolean): Alignment {
  if (text === undefined) return 'find';
  if (text === 'none') return 'none';
  const numbers = text.split(/[\s,]+/).map(Number);
  if (![8, 10].includes(numbers.length) || !numbers.every(Number.isFinite)) {
    throw new LatentfillError(
      'command',
      `Expected --align none, or x and y of five points ("x,y x,y x,y x,y x,y": left eye, right eye, nose, left and right corner of the mouth; the nose may be left out), got '${text}'.`,
    );
  }
  if (!alone) {
    throw new LatentfillError(
      'command',
      'Expected points after --align for one picture, got them for a folder: leave them out, or fill the pictures one by one.',
    );
  }
  const points = numbers.flatMap((x, i): Point[] => (i % 2 === 0 ? [[x, numbers[i + 1]!]] : []));
  return points as unknown as FacePoints;
}

/** Says which face a hole hides. */
export interface Aligner extends AsyncDisposable {
  /**
   * The points of that face; undefined for a model without faces, and where the hole hides none.
   * @throws LatentfillError where no face can be seen.
   */
  faceOf(masked: MaskedImage, signal: AbortSignal): Promise<FacePoints | undefined>;
}

/** @throws LatentfillError where faces are to be found, but the package that finds them is not installed. */
export async function openAligner(alignment: Alignment, { faces }: Pick<ModelCard, 'faces'>): Promise<Aligner> {
  const given = alignment === 'none' || alignment === 'find' ? undefined : alignment;
  if (alignment !== 'find' || !faces) return { faceOf: async () => given, [Symbol.asyncDispose]: async () => {} };
  const finder = await finderOf();
  return {
    async faceOf({ image, mask }, signal) {
      const found = await finder.find(image, mask, { signal });
      if (found.length > 0) return faceOfHole(found, mask, faces)?.points;
      throw new LatentfillError('image', `Expected a face around the hole, got none that can be seen: ${OTHERWISE}.`);
    },
    [Symbol.asyncDispose]: () => finder[Symbol.asyncDispose](),
  };
}

const OTHERWISE =
  'give the points of the face by --align x,y,… (see --help), or fill the picture as it is: --align none';

async function finderOf(): Promise<FaceFinder> {
  try {
    return await openFaceFinder();
  } catch (error) {
    if (!(error instanceof LatentfillError) || error.code !== 'missing') throw error;
    throw new LatentfillError('missing', `${error.message.replace(/\.$/, '')}, or ${OTHERWISE}.`, {
      cause: error.cause,
    });
  }
}
