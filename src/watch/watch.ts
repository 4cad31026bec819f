/**
 * @file Monitors training: event files during the run; scores, pictures and report.html at every checkpoint. Node only.
 */

import { LatentfillError } from '../base/errors.ts';
import { readRecipe } from '../gan/run/folder.ts';
import type { TrainEvent } from '../gan/train.ts';
import { encodeJpeg } from '../report/inline.ts';
import type { Wanted } from '../runtime/devices.ts';
import { keepStudy } from './checkpoint-study.ts';
import { type EventFile, openEvents } from './events/event-file.ts';
import type { EventImage } from './events/protobuf.ts';
import { type Counts, openReference, type Reference } from './reference.ts';
import { writeReport } from './report.ts';
import type { Score } from './scores.ts';

/** Monitors a run. Dispose of it to free what ONNX Runtime holds. */
export interface Watch {
  /** Handles an event of `train`; slow only if a checkpoint was written. */
  see(event: Pick<TrainEvent, 'losses' | 'cycles' | 'saved'>): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Settings of {@link openWatch}. */
export interface WatchOptions {
  /** @default enough for a distance of some per cent, in seconds */
  readonly counts?: Counts;
  /** Where samples and features are computed. @default 'cpu' */
  readonly device?: Wanted | undefined;
  /** Called with a sentence when a checkpoint could not be studied; training goes on. @default no warning */
  readonly warn?: (sentence: string) => void;
  /** Cancels the study of a checkpoint. */
  readonly signal?: AbortSignal | undefined;
}

/** Counts during training: on two cores a checkpoint takes seconds, and the first one longer, to read the data. */
const COUNTS: Counts = { samples: 512, gallery: 2048 };
/** Scalars in a run's event files at most, of each kind: means of so many cycles that there are no more. */
const EVENTS = 5000;

/** Opens the watch of the run in `run`. Nothing is read or written before the first event. */
export function openWatch(run: string, options: WatchOptions = {}): Watch {
  const { counts = COUNTS, device, warn = () => {}, signal } = options;
  let events: EventFile | undefined;
  let reference: Reference | undefined;
  let sums: Record<string, number> = {};
  let summed = 0;

  async function study(epoch: number, events: EventFile): Promise<void> {
    reference ??= await openReference(await readRecipe(run), counts, { device, signal });
    const { score, sheets } = await keepStudy(run, epoch, reference, { device, signal });
    const images: Record<string, EventImage> = {};
    for (const [name, sheet] of Object.entries(sheets)) {
      images[name] = { width: sheet.width, height: sheet.height, encoded: await encodeJpeg(sheet) };
    }
    events.add({ step: score.cycle, scalars: scalarsOf(score), images });
  }

  return {
    async see({ losses, cycles: [done, all], saved }) {
      events ??= await openEvents(run, losses.cycle);
      const { cycle, ...numbers } = losses;
      for (const [name, x] of Object.entries(numbers)) sums[name] = (sums[name] ?? 0) + x;
      summed++;
      if (done % Math.ceil(all / EVENTS) === 0 || done === all || saved !== undefined) {
        const means = Object.entries(sums).map(([name, sum]) => [name.replace('.', '/'), sum / summed]);
        events.add({ step: cycle, scalars: Object.fromEntries(means) });
        [sums, summed] = [{}, 0];
      }
      if (saved === undefined) return;
      try {
        await study(saved, events);
      } catch (error) {
        if (!(error instanceof LatentfillError) || signal?.aborted) throw error;
        warn(error.message); // training itself goes on
      }
      await writeReport(run);
    },
    [Symbol.asyncDispose]: async () => reference?.[Symbol.asyncDispose](),
  };
}

function scalarsOf({ distance, captioned, memorisation }: Score): Record<string, number> {
  return {
    ...(distance && { 'heldout/distance': distance.value }),
    ...(captioned && { 'heldout/distanceWithCaptions': captioned.value }),
    ...(memorisation && {
      'copies/nearByFeatures': memorisation.features.share,
      'copies/nearByPixels': memorisation.pixels.share,
    }),
  };
}
