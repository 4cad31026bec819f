/** @file Studies a checkpoint: its scores and its pictures for the report. Node only. */

import { firstRows, type Matrix } from '../eval/measures/inner-products.ts';
import { kernelDistance } from '../eval/measures/kid.ts';
import { memorisation, type Nearest, nearerOf, nearest, pixelRows } from '../eval/measures/memorisation.ts';
import type { Image } from '../image/image.ts';
import { mirror } from '../image/mirror.ts';
import { sampleLatents } from '../model/latents.ts';
import type { Captioned } from '../model/text/input-rows.ts';
import { dataUrl, mosaic } from '../report/inline.ts';
import { openPainter, type Painter, type PaintOptions, ways } from './painter.ts';
import { keepPictures, type Pictures } from './pictures.ts';
import { captionsOf, type Gallery, type Reference } from './reference.ts';
import { keepScore, type Score } from './scores.ts';

/** Samples at most whose nearest training images are searched. */
const COMPARED = 256;
/** Rows of the samples' sheet, and of interpolations. */
const ROWS = 8;
const WAYS = 5;
/** Samples that are shown beside their neighbours. */
const NEIGHBOURS = 12;

/** The results of a study. */
export interface Study {
  readonly score: Score;
  readonly pictures: Pictures;
  /** The sheets of `pictures`, by name, as images. */
  readonly sheets: Readonly<Record<string, Image>>;
}

/** Draws with a checkpoint, measures how far it is from the data, and looks for copies. */
async function studyCheckpoint(
  run: string,
  epoch: number,
  reference: Reference,
  options: PaintOptions,
): Promise<Study> {
  await using painter = await openPainter(run, epoch, options);
  const { heldout, train, network, counts } = reference;
  const count = Math.max(counts.samples, ROWS * acrossOf(painter.recipe.size));
  const samples = await painter.draw(sampleLatents(painter.recipe, count));
  const { signal } = options;
  const features = await network.of(samples.slice(0, counts.samples), signal);
  const text = heldout && painter.reads ? captionsFor(heldout) : undefined;
  const described = text && (await painter.draw(sampleLatents(painter.recipe, text.captions.length), text));
  const copies = await lookForCopies(painter, samples, features, reference, signal);
  const score: Score = {
    epoch,
    cycle: painter.cycle,
    samples: counts.samples,
    heldout: heldout?.indices.length ?? 0,
    gallery: train.indices.length,
    distance: heldout && (await kernelDistance(features, heldout.features, signal)),
    captioned:
      heldout && described ? await kernelDistance(await network.of(described, signal), heldout.features, signal) : null,
    memorisation: copies && { features: copies.byFeatures.score, pixels: copies.byPixels.score },
  };
  const across = acrossOf(painter.recipe.size);
  const sheets = {
    samples: mosaic(samples.slice(0, ROWS * across), across),
    interpolations: mosaic(await painter.draw(ways(painter.recipe, WAYS, across)), across),
    ...(described && { described: mosaic(described.slice(0, across), across) }),
  };
  const pictures: Pictures = {
    epoch,
    size: painter.recipe.size,
    row: await dataUrl(mosaic(samples.slice(0, across), across)),
    samples: await dataUrl(sheets.samples),
    interpolations: await dataUrl(sheets.interpolations),
    described: sheets.described && text ? await describedOf(sheets.described, text, heldout!, across) : null,
    neighbours: copies ? await neighboursOf(samples, copies, train) : [],
  };
  return { score, pictures, sheets };
}

/** Studies a checkpoint and saves the results in the run's folder. */
export async function keepStudy(
  run: string,
  epoch: number,
  reference: Reference,
  options: PaintOptions,
): Promise<Study> {
  const study = await studyCheckpoint(run, epoch, reference, options);
  options.signal?.throwIfAborted();
  await keepPictures(run, study.pictures);
  await keepScore(run, study.score); // last: a checkpoint with a score has its pictures
  return study;
}

/** Images in a row of a sheet. */
function acrossOf(size: number): number {
  return size > 64 ? 8 : 12;
}

/** Captions of the held-out images, where at least one has any. */
function captionsFor({ dataset, indices }: Gallery): Captioned | undefined {
  const found = captionsOf(dataset, indices);
  const known = found.captions.some((caption) => caption !== null) || found.embeddings?.some((e) => e !== null);
  return known ? found : undefined;
}

type Copies = NonNullable<Awaited<ReturnType<typeof lookForCopies>>>;

/** The nearest training images of samples and of held-out images, in features and in pixels. */
async function lookForCopies(
  painter: Painter,
  samples: readonly Image[],
  features: Matrix,
  reference: Reference,
  signal: AbortSignal | undefined,
) {
  const { heldout, train, network } = reference;
  if (!heldout || train.indices.length === 0) return null;
  const some = samples.slice(0, Math.min(COMPARED, features.rows));
  const mirrored = painter.recipe.flip ? some.map(mirror) : [];
  const mirroredFeatures = mirrored.length > 0 ? await network.of(mirrored, signal) : undefined;
  const compare = async (which: 'features' | 'pixels', own: Matrix, twins: Matrix | undefined) => {
    const plain = await nearest(own, train[which], signal);
    // A generator that was trained on mirrored images may reproduce the mirror image.
    const found = twins ? nearerOf(plain, await nearest(twins, train[which], signal)) : plain;
    const others = (await nearest(firstRows(heldout[which], COMPARED), train[which], signal)).distance;
    return { found, others, score: memorisation(found.distance, others) };
  };
  return {
    byFeatures: await compare('features', firstRows(features, some.length), mirroredFeatures),
    byPixels: await compare('pixels', pixelRows(some), mirrored.length > 0 ? pixelRows(mirrored) : undefined),
  };
}

async function describedOf(sheet: Image, { captions }: Captioned, { dataset, indices }: Gallery, across: number) {
  const real = [];
  for (const index of indices.slice(0, across)) real.push(await dataset.image(index));
  return {
    row: await dataUrl(sheet),
    real: await dataUrl(mosaic(real, across)),
    captions: captions.slice(0, across).map((caption) => caption ?? ''),
  };
}

/** The samples that come nearest to a training image, nearest first. */
async function neighboursOf(
  samples: readonly Image[],
  { byFeatures, byPixels }: Copies,
  { dataset, indices }: Gallery,
) {
  const { distance } = byFeatures.found;
  const nearestFirst = [...distance.keys()].sort((a, b) => distance[a]! - distance[b]!).slice(0, NEIGHBOURS);
  const shown = async ({ index }: Nearest, i: number) => dataUrl(await dataset.image(indices[index[i]!]!));
  const all = [];
  for (const i of nearestFirst) {
    all.push({
      sample: await dataUrl(samples[i]!),
      byFeatures: await shown(byFeatures.found, i),
      byPixels: await shown(byPixels.found, i),
    });
  }
  return all;
}
