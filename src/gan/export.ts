/** @file Exports a checkpoint of a run as a model folder. Node only. */

import { unlessAborted } from '../base/abort.ts';
import { openDataset, openHeldOut } from '../data/open-dataset.ts';
import { readPicture } from '../data/read-picture.ts';
import type { Image } from '../image/image.ts';
import { encodePng } from '../image/image-file.ts';
import type { Scores } from '../model/card.ts';
import { saveModel } from '../model/folder.ts';
import { meanLogit } from '../model/generate.ts';
import { drawSheet, rowsOfSheet, sheetScale } from '../report/sheet.ts';
import { openPrograms } from '../runtime/programs.ts';
import { cardText, type TrainedCard } from './card-text.ts';
import { drawSamples, openCheckpoint } from './open-checkpoint.ts';
import type { Recipe } from './recipe.ts';
import { checkpointEpochs } from './run/checkpoint.ts';

/** Real, and generated, images over which the discriminator is calibrated. */
const CALIBRATION = 256;

/** Settings of {@link exportModel}. */
export interface ExportOptions {
  /** The model folder to write. */
  readonly out: string;
  readonly name: string;
  /** The checkpoint's epoch. @default the last */
  readonly epoch?: number | undefined;
  /** The checkpoint's scores, for the card. */
  readonly scores?: Scores | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a checkpoint of a run as a model folder: frozen, calibrated, with card and samples. Without a readable
 * held-out image the model is not calibrated. Returns sentences about what was missing.
 */
export async function exportModel(run: string, options: ExportOptions): Promise<string[]> {
  const { out, name, epoch, scores, signal } = options;
  const last = epoch ?? (await checkpointEpochs(run)).at(-1) ?? 0;
  const { recipe, model, networks, vocabulary, state } = await openCheckpoint(run, last, signal);
  await using programs = openPrograms();
  const live = { model, programs };
  const opening = openDataset(recipe.data, { size: recipe.size, split: 'train', count: recipe.images });
  const train = await unlessAborted(opening, signal);
  const heldout = await readHeldOut(recipe, signal);

  const samples = await drawSamples(live, CALIBRATION, { signal });
  const calibration = heldout.images.length > 0 && {
    real: await meanLogit(live, inRange(heldout.images), { signal }),
    generated: await meanLogit(live, inRange(samples), { signal }),
  };
  const card: TrainedCard = {
    format: 1,
    name,
    image: { size: recipe.size, channels: 3, range: [-1, 1] },
    latent: { size: recipe.latent, prior: recipe.prior },
    text: model.text?.form ?? null,
    calibration: calibration || null,
    training: { recipe, epoch: last, discriminatorSteps: (await state.read('d.step'))[0]!, images: train.length },
    view: { share: train.share ?? 1 },
    ...(scores && { scores }),
    data: { name: train.name, ...train.licence },
  };
  const rows = rowsOfSheet(samples.slice(0, 60), 10);
  if (model.text) {
    const described = calibration && heldout.dataset ? heldout.dataset : train;
    const captions = Array.from({ length: 30 }, (_, i) => described.captions(i % described.length)[0] ?? null);
    const drawn = await drawSamples(live, 30, { captions, signal });
    rows.splice(3, 3, ...rowsOfSheet(drawn, 10));
  }
  const sheet = await encodePng(await drawSheet({ rows, scale: sheetScale(recipe.size, 96) }));
  signal?.throwIfAborted();
  await saveModel(out, { card, ...networks, vocabulary, text: cardText(card, heldout.notes), samples: sheet });
  return heldout.notes;
}

/** At most {@link CALIBRATION} readable held-out images, and sentences about those that are missing. */
async function readHeldOut({ data, size }: Recipe, signal: AbortSignal | undefined) {
  const opened = await unlessAborted(openHeldOut(data, { size, count: CALIBRATION }), signal);
  const { dataset } = opened;
  const images: Image[] = [];
  const notes = dataset ? [] : [`Nothing is held out, so the discriminator is not calibrated. ${opened.reason}`];
  if (!dataset) return { dataset, images, notes };
  const damaged: string[] = [];
  for (let i = 0; i < dataset.length; i++) {
    signal?.throwIfAborted();
    const { picture, reason } = await readPicture(dataset, i);
    if (picture) images.push(picture);
    else damaged.push(reason);
  }
  if (damaged.length > 0) {
    const so = images.length > 0 ? 'were left out' : 'are all there are, so the discriminator is not calibrated';
    notes.push(
      `${damaged.length} of ${dataset.length} held-out images cannot be read and ${so}; the first: ${damaged[0]}`,
    );
  }
  return { dataset, images, notes };
}

/** Images in [0, 1] as input of the networks: [rows, 3, size, size] in [−1, 1]. */
function inRange(images: readonly Image[]): Float32Array {
  const area = images[0]!.data.length;
  const all = new Float32Array(images.length * area);
  for (const [i, { data }] of images.entries())
    all.set(
      data.map((v) => 2 * v - 1),
      i * area,
    );
  return all;
}
