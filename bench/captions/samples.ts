/** @file No search, no hole: do pictures drawn from captions show what the captions say? */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openToon } from '../../src/data/sources/toon.ts';
import { openJudge } from '../../src/eval/measures/judge.ts';
import { sampleCheckpoint } from '../../src/gan/open-checkpoint.ts';
import { checkpointEpochs } from '../../src/gan/run/checkpoint.ts';
import { readRecipe } from '../../src/gan/run/folder.ts';
import type { Image } from '../../src/image/image.ts';
import { latentSpace } from '../../src/model/card.ts';
import { loadModel } from '../../src/model/folder.ts';
import { generate } from '../../src/model/generate.ts';
import { sampleLatents } from '../../src/model/latents.ts';
import { type Face, faceOf } from '../judge/attributes.ts';
import { toonJudge } from '../judge/judge.ts';
import { printTable } from '../table.ts';
import { agreement, chance, percent } from './scores.ts';
import { drawWorded } from './sheet.ts';

/** What draws pictures of `size` pixels a side, one for each caption, from the same latents every time. */
export interface Drawer {
  readonly size: number;
  draw(captions: readonly (string | null)[]): Promise<Image[]>;
}

/** Draws from a model folder, or from a run's checkpoint: the last, if none is named. */
export async function drawer(folder: string, epoch?: number): Promise<Drawer> {
  if (existsSync(join(folder, 'recipe.json'))) {
    const chosen = epoch ?? (await checkpointEpochs(folder)).at(-1) ?? 0;
    const { size } = await readRecipe(folder);
    return { size, draw: (captions) => sampleCheckpoint(folder, chosen, captions.length, 0, captions) };
  }
  const model = await loadModel(folder);
  const { card } = model;
  return {
    size: card.image.size,
    draw(captions) {
      const latents = sampleLatents(latentSpace(card), captions.length);
      return generate(model, latents, model.text ? { captioned: { captions } } : {});
    },
  };
}

/**
 * The share of samples that show what their captions say, by attribute, for the captions of the first `count` held-out faces;
 * beside it, the same latents without captions.
 */
export async function scoreSamples({ size, draw }: Drawer, count: number) {
  await using judge = await openJudge(await toonJudge('out/judge', size, console.error));
  const faces = openToon({ size, split: 'heldout', count });
  const indices = Array.from({ length: count }, (_, i) => i);
  const wanted = indices.map((i) => faceOf(faces, i));
  const captions = indices.map((i) => faces.captions(i)[0]!);
  const originals = await Promise.all(indices.map((i) => faces.image(i)));
  const described = await draw(captions);
  const plain = await draw(captions.map(() => null));
  const seen = {
    original: await judge.classify(originals),
    described: await judge.classify(described),
    plain: await judge.classify(plain),
  };
  const rows = judge.card.heads.map(({ attribute }) => {
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
