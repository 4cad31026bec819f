/** @file `latentfill inpaint`: the main job, on a file or a folder. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { checkOutput, writeImage } from '../image/image-file.ts';
import { openHere } from '../inpaint/inpainter.ts';
import { optionsSchema, resolveOptions } from '../inpaint/options.ts';
import { presets } from '../inpaint/presets.ts';
import type { Filled } from '../inpaint/results.ts';
import { loadModel } from '../model/folder.ts';
import { interruptSignal } from './exit-code.ts';
import { fillJobs } from './fill-jobs.ts';
import { deviceOf, embeddingOf, nodeDevices, warnOfUnknownWords } from './flag-values.ts';
import { commonFlags, flagsOf, valuesOf } from './flags.ts';
import { type Job, jobsOf } from './jobs.ts';
import { readHole } from './read-hole.ts';
import { print, printJson } from './terminal.ts';

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
    description: 'A model folder, a training run, or a model that ships.',
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
  ...flagsOf(optionsSchema, presets),
} as const;

export default defineCommand({
  meta: { name: 'inpaint', description: 'Fill the hole of an image by searching the latent space of a model.' },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('nothing more was written');
    const options = valuesOf(optionsSchema, given);
    resolveOptions(options); // wrong options end before anything is read
    const isFolder = (await stat(given.image).catch(() => undefined))?.isDirectory() ?? false;
    if (!isFolder) checkOutput(given.out);
    const device = await deviceOf(given.device);
    const described = { caption: given.caption, embedding: await embeddingOf(given.embedding) };
    const jobs = await jobsOf(given.image, given.mask, given, isFolder);
    const read = async (job: Job) => ({ ...(await readHole(job, given['invert-mask'] === true)), ...described });
    const only = isFolder ? undefined : await read(jobs[0]!); // what cannot be read ends before a model is loaded
    const model = await loadModel(given.model);
    warnOfUnknownWords(model, given.caption);
    await using inpainter = await openHere(model, { device });
    const failed = await fillJobs(jobs, {
      inpainter,
      options,
      signal,
      read: async (job) => only ?? read(job),
      alone: !isFolder,
      async done({ job, hole, seconds }, filled) {
        const files = await write(job, filled, hole.alpha, signal);
        report(job, filled, files, { seconds, judged: model.discriminator !== null, json: given.json === true });
      },
    });
    if (failed > 0) {
      throw new LatentfillError(
        'image',
        `Expected to fill all ${jobs.length} images, got ${failed} that could not be: see above.`,
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
    for (const [i, candidate] of filled.candidates.entries()) {
      const file = join(job.candidates, `${String(i + 1).padStart(2, '0')}.png`);
      await writeImage(file, await candidate.blended({ signal }), { alpha, signal });
      files.push(file);
    }
  }
  await writeImage(job.out, await filled.blended({ signal }), { alpha, signal });
  return files;
}

function report(
  job: Job,
  { candidates }: Filled,
  files: readonly string[],
  { seconds, judged, json }: { seconds: number; judged: boolean; json: boolean },
): void {
  if (json) {
    const listed = candidates.map(({ losses }, i) => ({ ...losses, ...(files[i] ? { file: files[i] } : {}) }));
    printJson({ image: job.image, out: job.out, seconds, candidates: listed });
    return;
  }
  const { total, contextual } = candidates[0]!.losses;
  const parts = judged ? '' : ' + prior term, no discriminator';
  print(
    `${job.out}: loss ${total.toFixed(4)} (contextual ${contextual.toFixed(4)}${parts}), best of ${candidates.length}, ${seconds.toFixed(1)} s`,
  );
}
