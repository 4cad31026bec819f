/** @file Pictures whose holes lie far apart, so that each hole has a view of its own. */

import type { Case } from '../../../src/eval/evaluation/cases.ts';
import { mask } from '../../../src/image/image.ts';
import { cardSchema } from '../../../src/model/card.ts';
import { noisePicture, rectangle, tinyModel } from '../../helpers/pictures.ts';

const tiny = tinyModel();
/** A model that sees holes as close as it can. */
export const closeModel = { ...tiny, card: cardSchema.parse({ ...tiny.card, view: { share: 0 } }) };

const corners = [rectangle(48, 48, [2, 2, 5, 5]), rectangle(48, 48, [40, 3, 5, 5]), rectangle(48, 48, [3, 40, 5, 5])];

/** A case with so many holes, up to three. */
export function cornerCase(holes: number, picture: number): Case {
  const own = corners.slice(0, holes);
  const data = Float32Array.from({ length: 48 * 48 }, (_, i) => Math.max(...own.map((each) => each.data[i]!)));
  return {
    ...{ protocol: 'corners', picture, photograph: `${picture}`, truth: noisePicture(48, 48, picture) },
    mask: mask(48, 48, data),
  };
}
