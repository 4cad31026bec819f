/** @file `latentfill inpaint`: the main job, on a file or a folder. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { loadModel } from '../gan/model-folder.ts';
import { checkOutput, writeImage } from '../image/codec.ts';
import type { Filled } from '../inpaint/fill.ts';
import { type Inpainter, openHere } from '../inpaint/inpainter.ts';
import { type Options, optionsSchema, resolveOptions } from '../inpaint/options.ts';
import type { SearchState } from '../inpaint/search.ts';
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
      const model = await loadModel(modelFolder(given.model));
      warnOfUnknownWords(model, given.caption);
      return openHere(model, { device });
    };
    // A single image is read first: if it cannot be filled, nothing is loaded.
    let opened = isFolder ? await open() : undefined;
    const signal = interruptSignal(new LatentfillError('Interrupted: nothing more was written.'));
    const failed: string[] = [];
    const told = (error: unknown) => {
      if (!isFolder || !(error instanceof LatentfillError) || signal.aborted) throw error;
      failed.push(error.message);
      console.error(`latentfill: ${error.message}`);
    };
    const began = performance.now();
    const line = progressLine();
    for (let start = 0; start < jobs.length; start += TOGETHER) {
      const ready: Ready[] = [];
      for (const job of jobs.slice(start, start + TOGETHER)) {
        try {
          const hole = { ...(await readHole(job, invert)), ...described };
          opened?.check(hole, options);
          ready.push({ job, hole });
        } catch (error) {
          line.done();
          told(error);
        }
      }
      if (ready.length === 0) continue;
      opened ??= await open();
      const inpainter = opened;
      const onStep = ({ step: [done, all], candidates }: SearchState) => {
        const part = (start + (ready.length * done) / all) / jobs.length;
        line.update(describe(part, jobs.length, lossOf(candidates), (performance.now() - began) / 1000));
      };
      const startedAt = performance.now();
      const searched = await inpainter
        .inpaintAll(
          ready.map(({ hole }) => hole),
          options,
          { signal, onStep },
        )
        // What fails for one must not cost the others: each on its own.
        .catch((error) => (ready.length > 1 ? one(inpainter, ready, options, signal, told) : Promise.reject(error)))
        .catch(told);
      line.done();
      const seconds = (performance.now() - startedAt) / 1000 / ready.length;
      for (const [i, { job, hole }] of ready.entries()) {
        const filled = searched?.[i];
        if (!filled) continue;
        const files = await write(job, filled, hole.alpha, signal);
        report(job, filled, files, {
          seconds,
          judged: inpainter.model.discriminator !== null,
          json: given.json === true,
        });
      }
    }
    await opened?.[Symbol.asyncDispose]();
    if (failed.length > 0) {
      throw new LatentfillError(
        `Expected to fill all ${jobs.length} images, got ${failed.length} that could not be: see above.`,
      );
    }
  },
});

/** An image that was read. */
interface Ready {
  readonly job: Job;
  readonly hole: Awaited<ReturnType<typeof readHole>>;
}

/** Fills images one at a time; those that cannot be filled are told of, and undefined. */
async function one(
  inpainter: Inpainter,
  ready: readonly Ready[],
  options: Options,
  signal: AbortSignal,
  told: (error: unknown) => void,
): Promise<(Filled | undefined)[]> {
  const all: (Filled | undefined)[] = [];
  for (const { hole } of ready) {
    signal.throwIfAborted();
    all.push((await inpainter.inpaint(hole, options, { signal }).catch(told)) ?? undefined);
  }
  return all;
}

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
    console.log(JSON.stringify({ image: job.image, out: job.out, seconds, candidates: listed }));
    return;
  }
  const { total, contextual } = candidates[0]!.losses;
  const parts = judged ? '' : ' + prior term, no discriminator';
  console.log(
    `${job.out}: loss ${total.toFixed(4)} (contextual ${contextual.toFixed(4)}${parts}), best of ${candidates.length}, ${seconds.toFixed(1)} s`,
  );
}

/** The mean of the best losses of the images whose search has begun. */
function lossOf(candidates: SearchState['candidates']): number {
  const best = candidates.flatMap(([first]) => first?.losses.total ?? []);
  return best.reduce((sum, total) => sum + total, 0) / best.length;
}

/** `part` of all images is done, 0 to 1. */
function describe(part: number, images: number, loss: number, seconds: number): string {
  const done =
    images > 1 ? `image ${Math.min(images, Math.floor(part * images) + 1)}/${images}` : `${Math.floor(100 * part)} %`;
  return `${bar(part, 1)} ${done} · loss ${loss.toFixed(4)} · ${duration((seconds / part) * (1 - part))} left`;
}
