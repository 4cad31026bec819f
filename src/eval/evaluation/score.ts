/** @file The measures of one fill that need no network: its line in the results. */

import { diversity } from '../measures/diversity.ts';
import { knownPsnr, psnr, recordedPsnr } from '../measures/psnr.ts';
import { seam } from '../measures/seam.ts';
import { ssimOfHole } from '../measures/ssim.ts';
import type { Method } from '../methods/method.ts';
import type { Case } from './cases.ts';
import type { Fill } from './fills.ts';
import { definitionHash, type Line } from './results.ts';

/** The line of a fill. */
export function scoreFill(method: Method, { truth, mask, protocol, picture, photograph }: Case, fill: Fill): Line {
  const { image, seconds, searched } = fill;
  const similarity = ssimOfHole(image, truth, mask);
  const { hole, whole } = psnr(image, truth, mask);
  const known = searched && knownPsnr(searched.reconstruction.image, truth, searched.reconstruction.unknown);
  return {
    ...{ method: method.name, of: definitionHash(method.definition), protocol, picture, photograph },
    ...{ hole: recordedPsnr(hole), whole: recordedPsnr(whole) },
    ...{ ssim: similarity.whole, ssimHole: similarity.hole, seam: seam(image, truth, mask) },
    known: known === undefined || Number.isNaN(known) ? null : recordedPsnr(known),
    diversity: searched ? diversity(searched.candidates, mask) : null,
    contextual: searched?.contextual ?? null,
    evaluations: searched?.evaluations ?? null,
    seconds,
    ...(searched?.curve && { curve: searched.curve }),
  };
}
