/** @file What `latentfill inpaint` says of a fill, in a line or in JSON. */

import type { Box } from '../image/mask.ts';
import type { Fit } from '../inpaint/fit.ts';
import type { Filled, FilledView } from '../inpaint/results.ts';
import type { Job } from './jobs.ts';
import { type ReadHole, toldOf } from './read-hole.ts';
import { print, printJson } from './terminal.ts';

/** What is known of a fill besides its result. */
interface Circumstances {
  /** How many pictures are done, before the line; empty for a single one. */
  readonly count: string;
  /** The files of its candidates. */
  readonly files: readonly string[];
  readonly hole: ReadHole;
  readonly seconds: number;
  /** Whether a discriminator took part. */
  readonly judged: boolean;
  readonly json: boolean;
}

/** Prints one fill. */
export function reportFill(
  job: Job,
  { candidates, pieces, fit, progress }: Filled,
  { count, files, hole, seconds, judged, json }: Circumstances,
): void {
  if (json) {
    const listed = candidates.map(({ losses }, i) => ({ ...losses, ...(files[i] ? { file: files[i] } : {}) }));
    const views = candidates[0]!.views.map(({ box, pieces, rejected }) => ({ box, pieces, rejected }));
    const about = {
      mask: toldOf(hole),
      ...(hole.face && { face: hole.face }),
      out: job.out,
      seconds,
      ...{ fit, progress },
      pieces,
      views,
    };
    printJson({ image: job.image, ...about, candidates: listed });
    return;
  }
  const { losses, views } = candidates[0]!;
  const parts = judged ? '' : ' + prior term, no discriminator';
  const details = [
    `${count}${job.out}: loss ${losses.total.toFixed(4)} (contextual ${losses.contextual.toFixed(4)}${parts})`,
    `best of ${candidates.length}`,
    ...views.flatMap(faceIn),
    ...(views.length > 1 ? [`${views.length} views`] : []),
    ...views.flatMap(choiceOf),
    `${seconds.toFixed(1)} s`,
    ...stillFalling(progress),
  ];
  print(`${details.join(', ')}${misfitOf(fit)}`);
}

/** The face that a view is turned with. */
function faceIn({ box: { x, y, width, angle } }: FilledView): string[] {
  if (angle === undefined) return [];
  const [across, down, side, degrees] = [x + width / 2, y + width / 2, width, (angle * 180) / Math.PI].map(Math.round);
  return [`face at (${across}, ${down}) seen at ${side}×${side}, turned by ${degrees}°`];
}

/** Which of two views was taken, where the model's card does not say how it sees. */
function choiceOf({ box, rejected, losses }: FilledView): string[] {
  if (!rejected) return [];
  const size = (of: Box) => `${of.width}×${of.height}`;
  return [
    `seen at ${size(box)} rather than ${size(rejected.box)} (contextual ${losses.contextual.toFixed(4)} against ${rejected.contextual.toFixed(4)})`,
  ];
}

/** A fall of the loss in the last steps from which more steps would bring something. */
const FALLING = 0.02;

/** That a search ended before its loss no longer fell, and what to do. */
function stillFalling({ converged, fell }: Filled['progress']): string[] {
  if (converged || fell < FALLING) return [];
  return [
    `still falling (by ${(100 * fell).toFixed(0)} % in its last steps: more --effort, --steps or --seconds go on)`,
  ];
}

function misfitOf({ loss, usual, known }: Fit): string {
  if (known !== false) return '';
  return `; this model does not know such pictures (coarse loss ${loss.toFixed(2)}; 95 % of its own are below ${usual!.toFixed(2)})`;
}
