/** @file No search, no hole: do pictures drawn from captions show what the captions say? */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../../src/base/random.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { latentSpace } from '../../src/gan/card.ts';
import { checkpointEpochs } from '../../src/gan/checkpoint.ts';
import { sampleCheckpoint } from '../../src/gan/export.ts';
import { generate } from '../../src/gan/generate.ts';
import { drawLatents } from '../../src/gan/latents.ts';
import { loadModel } from '../../src/gan/model-folder.ts';
import type { Image } from '../../src/image/image.ts';
import { type Face, faceOf } from '../judge/attributes.ts';
import type { Judge } from '../judge/judge.ts';
import { printTable } from '../table.ts';
import { agreement, chance, percent } from './scores.ts';
import { drawWorded } from './sheet.ts';

/** Draws a picture for each caption: from a model folder, or from a run's checkpoint (the last, if none is named). */
async function drawFrom(
  folder: string,
  captions: readonly (string | null)[],
  epoch: number | undefined,
): Promise<Image[]> {
  if (existsSync(join(folder, 'recipe.json'))) {
    const chosen = epoch ?? (await checkpointEpochs(folder)).at(-1) ?? 0;
    return sampleCheckpoint(folder, chosen, captions.length, 0, captions);
  }
  const { card, generator, text } = await loadModel(folder);
  const latents = drawLatents(latentSpace(card), random(0, 'samples'), captions.length);
  const rows = text ? { form: text.form, rows: text.rows({ captions }) } : undefined;
  return generate(generator, latents, card.latent.size, { range: card.image.range, text: rows });
}

/** The share of samples that show what their caption says, by attribute; beside it, the same latents without captions. */
export async function scoreSamples(folder: string, faces: Dataset, judge: Judge, epoch: number | undefined) {
  const indices = Array.from({ length: faces.length }, (_, i) => i);
  const wanted = indices.map((i) => faceOf(faces, i));
  const captions = indices.map((i) => faces.captions(i)[0]!);
  const originals = await Promise.all(indices.map((i) => faces.image(i)));
  const described = await drawFrom(folder, captions, epoch);
  const plain = await drawFrom(
    folder,
    captions.map(() => null),
    epoch,
  );
  const [onOriginals, onDescribed, onPlain] = [originals, described, plain].map((images) => judge.classify(images));
  const seen = { original: await onOriginals!, described: await onDescribed!, plain: await onPlain! };
  const rows = judge.heads.map(({ attribute }) => {
    const question = { name: attribute, answer: (face: Face) => face[attribute]! };
    return {
      attribute,
      captioned: agreement(question, seen.described, wanted),
      withoutCaption: agreement(question, seen.plain, wanted),
      original: agreement(question, seen.original, wanted),
      chance: chance(question, wanted),
    };
  });
  const sheet = await drawWorded(
    ['sample', 'no caption', 'a face like it'],
    indices.slice(0, 16).map((i) => ({
      cells: [{ image: described[i]! }, { image: plain[i]! }, { image: originals[i]! }],
      beside: [captions[i]!, differences(wanted[i]!, seen.described[i]!)],
    })),
  );
  return { rows, sheet };
}

export type SampleScores = Awaited<ReturnType<typeof scoreSamples>>['rows'];

function differences(wanted: Face, seen: Face): string {
  const wrong = Object.keys(wanted).filter((key) => wanted[key] !== seen[key]);
  return wrong.length === 0
    ? 'all as said'
    : `judged otherwise: ${wrong.map((key) => `${key} ${seen[key]}`).join(', ')}`;
}

/** One line for each attribute; shares in per cent with 95 % intervals. */
export function printSamples(rows: SampleScores): void {
  printTable(
    ['attribute', 'as the caption %', 'without caption %', 'majority %', 'original %'],
    rows.map(({ attribute, captioned, withoutCaption, chance, original }) => [
      attribute,
      percent(captioned),
      percent(withoutCaption),
      (100 * chance.majority).toFixed(1),
      (100 * original.share).toFixed(1),
    ]),
  );
}
