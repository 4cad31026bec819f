/** @file Checkpoints in the order of their distance to held-out images, and the page that shows it. Node only. */

import { basename, join, resolve } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/write-whole.ts';
import { checkpointEpochs } from '../gan/run/checkpoint.ts';
import { readRecipe } from '../gan/run/folder.ts';
import { escapeHtml, short } from '../report/html.ts';
import { page, picture } from '../report/page.ts';
import type { Wanted } from '../runtime/devices.ts';
import { keepStudy } from './checkpoint-study.ts';
import { readPictures } from './pictures.ts';
import { type Counts, openReference, type Reference } from './reference.ts';
import { writeReport } from './report.ts';
import { readScores, type Score } from './scores.ts';

/** Settings of {@link rankCheckpoints}. */
export interface RankOptions {
  readonly counts: Counts;
  /** Rank by the distance of samples with captions of held-out images. @default false */
  readonly captions?: boolean;
  readonly device?: Wanted | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before each checkpoint is measured. */
  readonly onCheckpoint?: (epoch: number, done: number, all: number) => void;
}

/**
 * The scores of a run's checkpoints, the one nearest to the held-out images first. Scores that were measured before,
 * with at least as many images, are used again. Writes scores.json, ranking.html and report.html in the run's folder.
 * @throws LatentfillError for a run without checkpoints, and for data without held-out images or captions.
 */
export async function rankCheckpoints(run: string, options: RankOptions): Promise<Score[]> {
  const { counts, captions = false, device, signal, onCheckpoint = () => {} } = options;
  const recipe = await readRecipe(run);
  const epochs = await checkpointEpochs(run);
  if (epochs.length === 0) {
    throw new LatentfillError('run', `Expected a run with checkpoints at '${run}', got none: train it first.`);
  }
  let reference: Reference | undefined;
  try {
    for (const [i, epoch] of epochs.entries()) {
      signal?.throwIfAborted();
      if (await isMeasured(run, epoch, counts)) continue;
      onCheckpoint(epoch, i, epochs.length);
      reference ??= await openReference(recipe, counts, { device, signal });
      await keepStudy(run, epoch, reference, { device, signal });
    }
  } finally {
    await reference?.[Symbol.asyncDispose]();
  }
  const scores = (await readScores(run)).filter(({ epoch }) => epochs.includes(epoch));
  const by = (score: Score) => (captions ? score.captioned : score.distance);
  if (!scores.every(by)) {
    throw new LatentfillError(
      'run',
      captions
        ? `Expected a run with captions, and held-out images with captions, got no distance for '${run}': rank without captions.`
        : `Expected at least 16 held-out images in '${recipe.data}' to rank by, got fewer: add images, or choose a checkpoint by eye and export it.`,
    );
  }
  const ranked = scores.sort((a, b) => by(a)!.value - by(b)!.value);
  await writeRanking(run, ranked);
  await writeReport(run);
  return ranked;
}

async function isMeasured(run: string, epoch: number, { samples }: Counts): Promise<boolean> {
  const score = (await readScores(run)).find((known) => known.epoch === epoch);
  return score !== undefined && score.samples >= samples && (await readPictures(run, epoch)) !== undefined;
}

async function writeRanking(run: string, ranked: readonly Score[]): Promise<void> {
  const name = basename(resolve(run));
  const withCaptions = ranked.some(({ captioned }) => captioned !== null);
  const rows = [];
  for (const [i, score] of ranked.entries()) {
    const pictures = await readPictures(run, score.epoch);
    const cells = [
      `${i + 1}`,
      `${score.epoch}`,
      distanceText(score.distance),
      ...(withCaptions ? [distanceText(score.captioned)] : []),
      score.memorisation ? `${short(100 * score.memorisation.features.share)} %` : '–',
    ];
    const sheet = pictures ? picture(pictures.row, `Samples of epoch ${score.epoch}`) : '';
    rows.push(
      `<tr${i === 0 ? ' class="best"' : ''}>${cells.map((cell) => `<td>${cell}</td>`).join('')}<td class="wide">${sheet}</td></tr>`,
    );
  }
  const headings = [
    'rank',
    'epoch',
    'distance',
    ...(withCaptions ? ['with captions'] : []),
    'near training',
    'samples',
  ];
  const { samples, heldout } = ranked[0]!;
  const { size } = await readRecipe(run);
  const content = `<h1>${escapeHtml(name)}: checkpoints</h1>
<p>By the kernel distance between ${samples} samples and ${heldout} held-out images, ± two standard errors; distances that differ by less may be alike.
Near training: the share of samples nearer to a training image than 95 % of held-out images are.</p>
<div class="sheet scroll ${size < 64 ? 'pixels' : ''}"><table><tr>${headings.map((heading) => `<th>${heading}</th>`).join('')}</tr>${rows.join('\n')}</table></div>`;
  await writeWhole(join(run, 'ranking.html'), page(`${name}: checkpoints · latentfill`, content));
}

function distanceText(distance: Score['distance']): string {
  return distance ? `${short(distance.value)} ± ${short(2 * distance.standardError)}` : '–';
}
