/** @file `latentfill sample`: a sheet of what a generator draws. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { sampleCheckpoint } from '../gan/open-checkpoint.ts';
import { checkpointEpochs } from '../gan/run/checkpoint.ts';
import type { Image } from '../image/image.ts';
import { checkOutput, writeImage } from '../image/image-file.ts';
import { openHere } from '../inpaint/inpainter.ts';
import { loadModel } from '../model/folder.ts';
import { drawSheet, rowsOfSheet, type SheetRow, sheetScale } from '../report/sheet.ts';
import { interruptSignal } from './exit-code.ts';
import { warnOfUnknownWords, wholeNumber } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { print, printJson } from './terminal.ts';

const args = {
  run: { type: 'positional', required: true, description: "A run's folder, a model folder, or a model that ships." },
  out: { type: 'string', required: true, valueHint: 'file', description: 'The sheet to write (.png, .jpg or .webp).' },
  count: {
    type: 'string',
    valueHint: 'number',
    description: 'Samples, or samples per row (default 64, or 10 per row).',
  },
  epoch: { type: 'string', valueHint: 'number', description: 'Which checkpoint of a run (default: the last).' },
  rows: {
    type: 'string',
    valueHint: 'checkpoints',
    description: 'One row per checkpoint, each from the same latents.',
  },
  seed: { type: 'string', valueHint: 'number', description: 'The latents to draw (default 0).' },
  caption: { type: 'string', valueHint: 'text', description: 'What to draw, for a model that knows captions.' },
  ...commonFlags,
} as const;

export default defineCommand({
  meta: { name: 'sample', description: 'Draw a sheet of samples from a run or a model.' },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('nothing was written');
    const { run, out, rows } = given;
    checkOutput(out);
    if (rows !== undefined && rows !== 'checkpoints') {
      throw new LatentfillError('command', `Expected --rows checkpoints, got '${rows}': it is the only kind of row.`);
    }
    const seed = wholeNumber('seed', given.seed ?? '0');
    const count = wholeNumber('count', given.count ?? (rows ? '10' : '64'));
    if (count === 0)
      throw new LatentfillError('command', 'Expected --count of at least 1, got 0: leave it out for more.');
    const how = { count, seed, caption: given.caption, signal };
    const drawn = rows ? await checkpointRows(run, how) : rowsOfSheet(await samplesOf(run, given.epoch, how));
    const size = drawn[0]!.images[0]!.width;
    await writeImage(out, await drawSheet({ rows: drawn, scale: sheetScale(size, 128) }), { signal });
    if (given.json) printJson({ out, rows: drawn.length, count, seed });
    else print(`sheet written to ${out}`);
  },
});

/** What to draw. */
interface How {
  readonly count: number;
  readonly seed: number;
  readonly caption: string | undefined;
  readonly signal: AbortSignal;
}

async function checkpointRows(run: string, how: How): Promise<SheetRow[]> {
  const epochs = await checkpointEpochs(run);
  if (epochs.length === 0)
    throw new LatentfillError('run', `Expected a run with checkpoints at '${run}', got none: train it first.`);
  const rows: SheetRow[] = [];
  for (const epoch of epochs) rows.push({ label: `epoch ${epoch}`, images: await samplesAt(run, epoch, how) });
  return rows;
}

async function samplesOf(run: string, epoch: string | undefined, how: How): Promise<Image[]> {
  if (existsSync(join(run, 'recipe.json'))) {
    const chosen = epoch === undefined ? ((await checkpointEpochs(run)).at(-1) ?? 0) : wholeNumber('epoch', epoch);
    return samplesAt(run, chosen, how);
  }
  if (epoch !== undefined) {
    throw new LatentfillError(
      'command',
      `Expected a training run for --epoch, got '${run}': a finished model has no checkpoints.`,
    );
  }
  const model = await loadModel(run);
  await using inpainter = await openHere(model);
  const { count, seed, caption, signal } = how;
  const samples = await inpainter.sample(count, { seed, caption, signal });
  warnOfUnknownWords(model, caption);
  return samples.map(({ image }) => image);
}

function samplesAt(run: string, epoch: number, { count, seed, caption, signal }: How): Promise<Image[]> {
  return sampleCheckpoint(run, epoch, count, seed, new Array<string | null>(count).fill(caption ?? null), signal);
}
