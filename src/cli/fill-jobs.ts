/** @file Fills the images of a folder, some at a time: an image that fails does not affect the others. */

import { LatentfillError } from '../base/errors.ts';
import type { FillStep, MaskedImage } from '../inpaint/inpaint.ts';
import type { Inpainter } from '../inpaint/inpainter.ts';
import type { Options } from '../inpaint/options-type.ts';
import type { Filled } from '../inpaint/results.ts';
import type { Job } from './jobs.ts';
import { ended, type Tally } from './tally.ts';
import { bar, duration, liveLine } from './terminal.ts';

/** An image that was read. */
interface Ready<H extends MaskedImage> {
  readonly job: Job;
  readonly hole: H;
}

/** How jobs are filled. */
export interface FillJobs<H extends MaskedImage> {
  readonly inpainter: Inpainter;
  readonly options: Options;
  readonly signal: AbortSignal;
  read(job: Job): Promise<H>;
  /** Called with each result. */
  done(ready: Ready<H> & { readonly seconds: number }, filled: Filled): Promise<void>;
  /** There is only one job: its error is thrown, not noted. */
  readonly alone: boolean;
}

/** Images that are searched together at most, and the pixels that they may have in all. */
const TOGETHER = 8;
const PIXELS = 2 ** 25;

/** Fills jobs in order; those that fail are noted in the tally. */
export async function fillJobs<H extends MaskedImage>(
  jobs: readonly Job[],
  tally: Tally,
  how: FillJobs<H>,
): Promise<void> {
  const { inpainter, options, signal, alone } = how;
  const line = liveLine();
  const began = performance.now();
  let searched = 0;

  const noteFailure = ({ image }: Job, error: unknown): undefined => {
    line.done();
    if (alone || !(error instanceof LatentfillError) || signal.aborted || isOfAll(error)) throw error;
    tally.failed.push({ image, error });
  };

  /** Reads jobs from `start` on, as many as are searched together. */
  async function readSome(start: number): Promise<{ ready: Ready<H>[]; next: number }> {
    const ready: Ready<H>[] = [];
    let [next, pixels] = [start, 0];
    while (next < jobs.length && ready.length < TOGETHER && pixels < PIXELS) {
      const job = jobs[next++]!;
      try {
        const hole = await how.read(job);
        inpainter.check(hole, options);
        ready.push({ job, hole });
        pixels += hole.image.width * hole.image.height;
      } catch (error) {
        noteFailure(job, error);
      }
    }
    return { ready, next };
  }

  /** The result of each; undefined for one that failed. */
  async function search(ready: readonly Ready<H>[], waiting: number): Promise<(Filled | undefined)[]> {
    const onStep = ({ step: [done, all], candidates }: FillStep) => {
      const part = (ready.length * done) / all;
      const seconds = (performance.now() - began) / 1000;
      const left = duration((seconds / (searched + part)) * (ready.length - part + waiting));
      const count = alone ? `${Math.floor((100 * done) / all)} %` : ended(tally);
      const whole = jobs.length - waiting - ready.length + part;
      line.update(`${bar(whole, jobs.length)} ${count}, ${left} left · loss ${lossOf(candidates).toFixed(4)}`);
    };
    const holes = ready.map(({ hole }) => hole);
    try {
      return await inpainter.inpaintAll(holes, options, { signal, onStep });
    } catch (error) {
      if (ready.length === 1) return [noteFailure(ready[0]!.job, error)];
      const each: (Filled | undefined)[] = []; // one by one, to find those that fail
      for (const { job, hole } of ready) {
        const filled = await inpainter.inpaint(hole, options, { signal }).catch((cause) => noteFailure(job, cause));
        each.push(filled);
      }
      return each;
    }
  }

  for (let start = 0; start < jobs.length; ) {
    const { ready, next } = await readSome(start);
    const searchBegan = performance.now();
    const filled = ready.length > 0 ? await search(ready, jobs.length - next) : [];
    const seconds = (performance.now() - searchBegan) / 1000 / ready.length;
    searched += ready.length;
    line.done();
    for (const [i, one] of ready.entries()) {
      if (filled[i]) await how.done({ ...one, seconds }, filled[i]).catch((error) => noteFailure(one.job, error));
    }
    start = next;
  }
}

/** True for a failure that no later image would escape: a disk that is full, or that may not be written. */
function isOfAll({ cause }: LatentfillError): boolean {
  return ['ENOSPC', 'EDQUOT', 'EROFS'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** The mean of the best losses of the images whose search has begun. */
function lossOf(candidates: FillStep['candidates']): number {
  const best = candidates.flatMap(([first]) => first?.losses.total ?? []);
  return best.reduce((sum, total) => sum + total, 0) / best.length;
}
