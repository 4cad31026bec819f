/** @file report.html: the progress of a run, on one self-contained page. Node only. */

import { basename, join, resolve } from 'node:path';
import { evenIndicesToLast } from '../base/indices.ts';
import { writeWhole } from '../base/write-whole.ts';
import type { Recipe } from '../gan/recipe.ts';
import { readRecipe } from '../gan/run/folder.ts';
import { drawPoints, type Point, type Series } from '../report/chart.ts';
import { figure } from '../report/figure.ts';
import { escapeHtml, short } from '../report/html.ts';
import { page, picture } from '../report/page.ts';
import { chartsOf } from './curves.ts';
import { type Pictures, readPictures } from './pictures.ts';
import { readScores, type Score } from './scores.ts';
import { readSeries } from './series.ts';

/** Checkpoints that are shown side by side at most: the first, the last, and evenly between. */
const SHOWN = 12;

/** The data of a run's report. */
interface Known {
  readonly recipe: Recipe;
  readonly series: ReadonlyMap<string, Series>;
  readonly scores: readonly Score[];
  /** Of the checkpoints that are shown, in order. */
  readonly pictures: readonly Pictures[];
}

/**
 * Writes `<run>/report.html` from what the run's folder holds: log, scores and pictures of checkpoints. Nothing is measured
 * here, so it takes well under a second.
 */
export async function writeReport(run: string): Promise<void> {
  const scores = await readScores(run);
  const chosen = evenIndicesToLast(scores.length, SHOWN).map((i) => scores[i]!);
  const pictures: Pictures[] = [];
  for (const { epoch } of chosen)
    pictures.push(...[await readPictures(run, epoch)].filter((found) => found !== undefined));
  const known = { recipe: await readRecipe(run), series: await readSeries(run), scores, pictures };
  const name = basename(resolve(run));
  await writeWhole(join(run, 'report.html'), page(`${name} · latentfill`, reportOf(name, known)));
}

function reportOf(name: string, known: Known): string {
  const last = known.pictures.at(-1);
  const { size } = known.recipe;
  const sheets = last
    ? [
        `<div class="${size < 64 ? 'pixels' : 'smooth'}">`,
        samples(last),
        progress(known.pictures),
        captions(known.pictures),
        interpolations(last),
        '</div>',
      ]
    : ['<h2>Samples</h2><p>They come with the first checkpoint.</p>'];
  return [
    heading(name, known),
    ...sheets,
    distances(known.scores),
    copies(known, last),
    `<h2>Training</h2><p>Against epochs. Thin: the mean of ${cyclesOf(known.series)}, the band from the lowest to the highest; bold: moving average.</p>`,
    chartsOf(known.series),
    `<details><summary>Recipe</summary><pre>${escapeHtml(JSON.stringify(known.recipe, null, 2))}</pre></details>`,
  ].join('\n');
}

function cyclesOf(series: ReadonlyMap<string, Series>): string {
  const cycles = series.values().next().value?.cycles ?? 1;
  return cycles === 1 ? 'each cycle' : `${cycles} cycles`;
}

function heading(name: string, { recipe, series, scores }: Known): string {
  const loss = series.get('d.loss');
  const speed = series.get('imagesPerSecond')?.means.slice(-20) ?? [];
  const best = bestOf(scores);
  const last = scores.at(-1);
  const facts = [
    ['Epoch', short(loss?.epochs.at(-1) ?? 0), `of ${recipe.epochs}`],
    ['Speed', speed.length > 0 ? short(speed.reduce((a, b) => a + b) / speed.length) : '–', 'images/s of late'],
    [
      'Distance to held-out images',
      last?.distance ? short(last.distance.value) : '–',
      last?.distance ? `± ${short(2 * last.distance.standardError)} at epoch ${last.epoch}` : 'not measured',
    ],
    [
      'Best checkpoint',
      best ? `epoch ${best.epoch}` : '–',
      best?.distance ? `distance ${short(best.distance.value)}` : 'by that distance',
    ],
    [
      'Near a training image',
      last?.memorisation ? percent(last.memorisation.features.share) : '–',
      'of samples; 5 % of held-out images',
    ],
  ] as const;
  const list = facts.map(
    ([title, value, about]) =>
      `<div><dt>${title}</dt><dd>${escapeHtml(value)}<small>${escapeHtml(about)}</small></dd></div>`,
  );
  const about = `${recipe.network}, ${recipe.size}×${recipe.size} pixels, on ${recipe.data}`;
  return `<h1>${escapeHtml(name)}</h1><p>${escapeHtml(about)}</p><dl class="facts">${list.join('')}</dl>`;
}

/** The checkpoint nearest to the held-out images. */
function bestOf(scores: readonly Score[]): Score | undefined {
  const measured = scores.filter(({ distance }) => distance !== null);
  return measured.sort((a, b) => a.distance!.value - b.distance!.value)[0];
}

function samples({ epoch, samples }: Pictures): string {
  return `<h2>Samples at epoch ${epoch}</h2><p>Random, not chosen; the same latents at every checkpoint.</p>
<div class="sheet">${picture(samples, `Samples at epoch ${epoch}`)}</div>`;
}

function progress(pictures: readonly Pictures[]): string {
  if (pictures.length < 2) return '';
  const rows = pictures.map(({ epoch, row }) => rowOf(`epoch ${epoch}`, row));
  return `<h2>By checkpoint</h2><p>The first samples above, as they came to be.</p><div class="sheet rows">${rows.join('')}</div>`;
}

function captions(pictures: readonly Pictures[]): string {
  const described = pictures.flatMap(({ epoch, described }) => (described ? [{ epoch, ...described }] : []));
  const last = described.at(-1);
  if (!last) return '';
  const rows = described.map(({ epoch, row }) => rowOf(`epoch ${epoch}`, row));
  const list = last.captions.map((caption) => `<li>${escapeHtml(caption)}</li>`);
  return `<h2>With captions</h2><p>The captions are those of the held-out images in the first row, which the networks never saw.</p>
<div class="sheet rows">${rowOf('held out', last.real)}${rows.join('')}</div><ol class="captions">${list.join('')}</ol>`;
}

function interpolations({ interpolations }: Pictures): string {
  return `<h2>Interpolations</h2><p>Each row goes from one random latent to another in equal steps.</p>
<div class="sheet">${picture(interpolations, 'Interpolations between latents')}</div>`;
}

function distances(scores: readonly Score[]): string {
  const points = (of: (score: Score) => Score['distance']): Point[] =>
    scores.flatMap((score) => {
      const found = of(score);
      return found ? [{ epoch: score.epoch, value: found.value, error: found.standardError }] : [];
    });
  const rows = [points(({ distance }) => distance), points(({ captioned }) => captioned)].filter(
    ({ length }) => length > 0,
  );
  if (rows.length === 0)
    return '<h2>Distance to held-out images</h2><p>Not measured: it needs held-out images and a checkpoint.</p>';
  const { samples, heldout } = scores.at(-1)!;
  const note = `Squared kernel distance (as KID, but on features of another network: not comparable with published figures) between ${samples} samples and ${heldout} held-out images; 0 for samples that cannot be shares from them. Bars: two standard errors.`;
  return `<h2>Distance to held-out images</h2><p>${escapeHtml(note)}</p>
<div class="charts one">${figure('By checkpoint', '', ['without captions', 'with their captions'].slice(0, rows.length), drawPoints(rows, 'Distance by checkpoint'))}</div>`;
}

function copies({ recipe, scores }: Known, last: Pictures | undefined): string {
  if (!last || last.neighbours.length === 0) return '';
  const score = scores.find(({ epoch }) => epoch === last.epoch)?.memorisation;
  const shares = score
    ? `<p><b>${percent(score.features.share)}</b> of samples come nearer to a training image than 95 % of held-out images do (by pixels <b>${percent(score.pixels.share)}</b>);
a generator that copies nothing comes to 5 % or less. In <b>${percent(score.features.nearer)}</b> of pairs (by pixels <b>${percent(score.pixels.nearer)}</b>) a sample
is nearer to its training image than a held-out image to its own; 50 % would be alike, 100 % is copying.</p>`
    : '';
  const pairs = last.neighbours.map(
    ({ sample, byFeatures, byPixels }) =>
      `<div class="sheet pair">${picture(sample, 'Sample')}${picture(byFeatures, 'Nearest by features')}${picture(byPixels, 'Nearest by pixels')}<span>sample</span><span>by features</span><span>by pixels</span></div>`,
  );
  return `<h2>Copies of training images</h2>${shares}
<p>The samples of epoch ${last.epoch} that come nearest to a training image, nearest first, beside that image: once by what the feature network sees, once by pixels at 16×16.</p>
<div class="pairs ${recipe.size < 64 ? 'pixels' : ''}">${pairs.join('')}</div>`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.1 ? 0 : 1)} %`;
}

function rowOf(label: string, address: string): string {
  return `<span>${escapeHtml(label)}</span>${picture(address, label)}`;
}
