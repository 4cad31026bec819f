/** @file Fills the images of a folder, some at a time; an image that fails does not affect the others. */

import { LatentfillError } from '../base/errors.ts';
import type { FillStep, MaskedImage } from '../inpaint/inpaint.ts';
import type { Inpainter } from '../inpaint/inpainter.ts';
import type { Options } from '../inpaint/options-type.ts';
import type { Filled } from '../inpaint/results.ts';
import type { Job } from './jobs.ts';
import { bar, duration, liveLine, say } from './terminal.ts';

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
  /** There is only one job: its error is thrown, not counted. */
  readonly alone: boolean;
}

/** Images that are searched together at most, and the pixels that they may have in all. */
const TOGETHER = 8;
const PIXELS = 2 ** 25;

/** Fills jobs in order, prints the errors of those that fail, and returns their number. */
export async function fillJobs<H extends MaskedImage>(jobs: readonly Job[], how: FillJobs<H>): Promise<number> {
  const { inpainter, options, signal, alone } = how;
  const line = liveLine();
  const began = performance.now();
  let failed = 0;

  const countFailure = (error: unknown): undefined => {
    line.done();
    if (alone || !(error instanceof LatentfillError) || signal.aborted) throw error;
    failed++;
    say(error.message);
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
        countFailure(error);
      }
    }
    return { ready, next };
  }

  /** The result of each; undefined for one that failed. */
  async function search(ready: readonly Ready<H>[], start: number): Promise<(Filled | undefined)[]> {
    const onStep = ({ step: [done, all], candidates }: FillStep) => {
      const part = (start + (ready.length * done) / all) / jobs.length;
      line.update(progressOf(part, jobs.length, lossOf(candidates), (performance.now() - began) / 1000));
    };
    const holes = ready.map(({ hole }) => hole);
    try {
      return await inpainter.inpaintAll(holes, options, { signal, onStep });
    } catch (error) {
      if (ready.length === 1) return [countFailure(error)];
      const each: (Filled | undefined)[] = []; // one by one, to find those that fail
      for (const hole of holes) each.push(await inpainter.inpaint(hole, options, { signal }).catch(countFailure));
      return each;
    }
  }

  for (let start = 0; start < jobs.length; ) {
    const { ready, next } = await readSome(start);
    const searched = performance.now();
    const filled = ready.length > 0 ? await search(ready, start) : [];
    const seconds = (performance.now() - searched) / 1000 / ready.length;
    line.done();
    for (const [i, one] of ready.entries()) {
      if (filled[i]) await how.done({ ...one, seconds }, filled[i]).catch(countFailure);
    }
    start = next;
  }
  return failed;
}

/** The mean of the best losses of the images whose search has begun. */
function lossOf(candidates: FillStep['candidates']): number {
  const best = candidates.flatMap(([first]) => first?.losses.total ?? []);
  return best.reduce((sum, total) => sum + total, 0) / best.length;
}

/** `part` of all images is done, 0 to 1. */
function progressOf(part: number, images: number, loss: number, seconds: number): string {
  const done =
    images > 1 ? `image ${Math.min(images, Math.floor(part * images) + 1)}/${images}` : `${Math.floor(100 * part)} %`;
  return `${bar(part, 1)} ${done} · loss ${loss.toFixed(4)} · ${duration((seconds / part) * (1 - part))} left`;
}
