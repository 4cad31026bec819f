/** @file `latentfill inpaint`: the main job, on a file or a folder. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import type { Model } from '../gan/model.ts';
import { loadModel } from '../gan/model-folder.ts';
import { checkOutput, writeImage } from '../image/codec.ts';
import { type Filled, inpaintAll } from '../inpaint/inpaint.ts';
import { optionsSchema, resolveOptions } from '../inpaint/options.ts';
import type { SearchStep } from '../inpaint/search.ts';
import { checkFlags, commonFlags, flagsOf, valuesOf } from './flags.ts';
import { type Job, jobsOf, readHole } from './jobs.ts';
import { bar, duration, interruptSignal, progressLine } from './progress.ts';
import { deviceOf, embeddingOf, modelFolder, nodeDevices, warnOfUnknownWords } from './values.ts';

const args = {
  image: { type: 'positional', required: true, description: 'An image, or a folder of images.' },
  mask: {
    type: 'string',
    valueHint: 'file|folder',
    description:
      'White is the hole, black is kept. For a folder: one mask for all, or a folder of masks of the same names. Without one, fully transparent pixels are the hole.',
  },
  out: {
    type: 'string',
    required: true,
    valueHint: 'file|folder',
    description: 'Where to write the result (.png, .jpg or .webp), or a folder for a folder.',
  },
  model: {
    type: 'string',
    default: 'toon-64',
    valueHint: 'folder',
    description: 'A model folder, or a model that ships.',
  },
  caption: {
    type: 'string',
    valueHint: 'text',
    description: 'What the image shows, in words, for a model that knows captions.',
  },
  embedding: {
    type: 'string',
    valueHint: 'file',
    description: 'The same as a JSON list of numbers, for a model that takes the embeddings of a sentence encoder.',
  },
  candidates: { type: 'string', valueHint: 'folder', description: 'Write every candidate there too, best first.' },
  device: {
    type: 'string',
    valueHint: nodeDevices.join('|'),
    description: 'Where to compute; auto tries each and takes the fastest (default cpu).',
  },
  'invert-mask': { type: 'boolean', description: 'Black is the hole, white is kept.' },
  ...commonFlags,
  ...flagsOf(optionsSchema),
} as const;

/** Images of a folder that are searched together. */
const TOGETHER = 8;

export default defineCommand({
  meta: { name: 'inpaint', description: 'Fill the hole of an image by searching the latent space of a model.' },
  args,
  async run({ args: given }) {
    checkFlags(given, args);
    const options = valuesOf(optionsSchema, given);
    resolveOptions(options); // wrong options end before anything is read
    const isFolder = (await stat(given.image).catch(() => undefined))?.isDirectory() ?? false;
    if (!isFolder) checkOutput(given.out);
    const device = await deviceOf(given.device);
    const invert = given['invert-mask'] === true;
    const described = { caption: given.caption, embedding: await embeddingOf(given.embedding) };
    const jobs = await jobsOf(given.image, given.mask, given, isFolder);
    const open = async () => {
      const opened = await loadModel(modelFolder(given.model));
      warnOfUnknownWords(opened, given.caption);
      return opened;
    };
    let model = isFolder ? await open() : undefined;
    const signal = interruptSignal(new LatentfillError('Interrupted: nothing more was written.'));
    const failed: string[] = [];
    for (let start = 0; start < jobs.length; start += TOGETHER) {
      const ready = [];
      for (const job of jobs.slice(start, start + TOGETHER)) {
        try {
          ready.push({ job, hole: { ...(await readHole(job, invert)), ...described } });
        } catch (error) {
          if (!isFolder || !(error instanceof LatentfillError)) throw error;
          failed.push(error.message);
          console.error(`latentfill: ${error.message}`);
        }
      }
      if (ready.length === 0) continue;
      model ??= await open();
      const began = performance.now();
      const line = progressLine();
      const filled = await inpaintAll(
        model,
        ready.map(({ hole }) => hole),
        options,
        {
          device,
          signal,
          onStep: (step) => line.update(describe(step, (performance.now() - began) / 1000)),
        },
      );
      line.done();
      const seconds = (performance.now() - began) / 1000;
      for (const [i, { job, hole }] of ready.entries()) {
        const files = await write(job, filled[i]!, hole.alpha, signal);
        report(job, filled[i]!, files, { seconds: seconds / ready.length, model, json: given.json === true });
      }
    }
    if (failed.length > 0) {
      throw new LatentfillError(
        `Expected to fill all ${jobs.length} images, got ${failed.length} that could not be: see above.`,
      );
    }
  },
});

async function write(
  job: Job,
  filled: Filled,
  alpha: Float32Array | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  const files: string[] = [];
  if (job.candidates !== undefined) {
    for (const [i, { image }] of filled.candidates.entries()) {
      const file = join(job.candidates, `${String(i + 1).padStart(2, '0')}.png`);
      await writeImage(file, image, { alpha, signal });
      files.push(file);
    }
  }
  await writeImage(job.out, filled.image, { alpha, signal });
  return files;
}

function report(
  job: Job,
  { candidates }: Filled,
  files: readonly string[],
  { seconds, model, json }: { seconds: number; model: Model; json: boolean },
): void {
  if (json) {
    const listed = candidates.map(({ losses }, i) => ({ ...losses, ...(files[i] ? { file: files[i] } : {}) }));
    console.log(JSON.stringify({ image: job.image, out: job.out, seconds, candidates: listed }));
    return;
  }
  const { total, contextual } = candidates[0]!.losses;
  const parts = model.discriminator ? '' : ' + prior term, no discriminator';
  console.log(
    `${job.out}: loss ${total.toFixed(4)} (contextual ${contextual.toFixed(4)}${parts}), best of ${candidates.length}, ${seconds.toFixed(1)} s`,
  );
}

function describe({ step: [done, all], candidates }: SearchStep, seconds: number): string {
  const loss = candidates.reduce((sum, [best]) => sum + best!.losses.total, 0) / candidates.length;
  return `${bar(done, all)} step ${done}/${all} · loss ${loss.toFixed(4)} · ${duration((seconds / done) * (all - done))} left`;
}
