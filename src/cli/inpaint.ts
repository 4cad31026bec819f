/** @file `latentfill inpaint`: the main job, on a file or a folder. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import { checkOutput, writeImage } from '../image/image-file.ts';
import type { Box } from '../image/mask.ts';
import { layInto } from '../image/transparency.ts';
import type { Fit } from '../inpaint/fit.ts';
import { openHere } from '../inpaint/inpainter.ts';
import { optionsSchema, resolveOptions } from '../inpaint/options.ts';
import { presets } from '../inpaint/presets.ts';
import type { Filled, FilledView } from '../inpaint/results.ts';
import { loadModel } from '../model/folder.ts';
import { interruptSignal } from './exit-code.ts';
import { fillJobs } from './fill-jobs.ts';
import { deviceOf, embeddingOf, nodeDevices, warnOfUnknownWords } from './flag-values.ts';
import { checkFlags, commonFlags, flagsOf, valuesOf } from './flags.ts';
import { type Job, jobsOf } from './jobs.ts';
import { maskFlags, maskOptionsOf, type ReadHole, readHole, toldOf } from './read-hole.ts';
import { teller } from './say-once.ts';
import { print, printJson } from './terminal.ts';

const args = {
  image: { type: 'positional', required: true, description: 'An image, or a folder of images.' },
  mask: {
    type: 'string',
    valueHint: 'file|folder',
    description:
      'White is the hole, black is kept; or the hole is painted in a colour, or transparent. For a folder: one mask for all, or a folder of masks of the same names. Without one, transparent pixels are the hole.',
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
  ...maskFlags,
  ...commonFlags,
  ...flagsOf(optionsSchema, presets),
} as const;

export default defineCommand({
  meta: { name: 'inpaint', description: 'Fill the hole of an image by searching the latent space of a model.' },
  args,
  async run({ args: given }) {
    checkFlags(given, args);
    const signal = interruptSignal('nothing more was written');
    const options = valuesOf(optionsSchema, given);
    resolveOptions(options); // wrong options end before anything is read
    const isFolder = (await stat(given.image).catch(() => undefined))?.isDirectory() ?? false;
    if (!isFolder) checkOutput(given.out);
    const device = await deviceOf(given.device);
    const described = { caption: given.caption, embedding: await embeddingOf(given.embedding) };
    const jobs = await jobsOf(given.image, given.mask, given, isFolder);
    const maskOptions = maskOptionsOf(given);
    const tell = teller();
    const read = async (job: Job) => {
      const hole = await readHole(job, maskOptions);
      tell.note(job.mask ?? job.image, hole);
      tell.lost(hole, job.out);
      return { ...hole, ...described };
    };
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
        const files = await write(job, filled, hole, signal);
        report(job, filled, files, {
          hole,
          seconds,
          judged: model.discriminator !== null,
          json: given.json === true,
        });
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

async function write(job: Job, filled: Filled, { layer, mask }: ReadHole, signal: AbortSignal): Promise<string[]> {
  const save = async (file: string, blended: Image) => {
    const { image, alpha } = layInto(layer, mask, blended);
    await writeImage(file, image, { alpha, signal });
  };
  const files: string[] = [];
  if (job.candidates !== undefined) {
    for (const [i, candidate] of filled.candidates.entries()) {
      const file = join(job.candidates, `${String(i + 1).padStart(2, '0')}.png`);
      await save(file, await candidate.blended({ signal }));
      files.push(file);
    }
  }
  await save(job.out, await filled.blended({ signal }));
  return files;
}

function report(
  job: Job,
  { candidates, pieces, fit }: Filled,
  files: readonly string[],
  { hole, seconds, judged, json }: { hole: ReadHole; seconds: number; judged: boolean; json: boolean },
): void {
  if (json) {
    const listed = candidates.map(({ losses }, i) => ({ ...losses, ...(files[i] ? { file: files[i] } : {}) }));
    const views = candidates[0]!.views.map(({ box, pieces, rejected }) => ({ box, pieces, rejected }));
    const about = { mask: toldOf(hole), out: job.out, seconds, fit, pieces, views };
    printJson({ image: job.image, ...about, candidates: listed });
    return;
  }
  const { losses, views } = candidates[0]!;
  const parts = judged ? '' : ' + prior term, no discriminator';
  const details = [
    `${job.out}: loss ${losses.total.toFixed(4)} (contextual ${losses.contextual.toFixed(4)}${parts})`,
    `best of ${candidates.length}`,
    ...(views.length > 1 ? [`${views.length} views`] : []),
    ...views.flatMap(choiceOf),
    `${seconds.toFixed(1)} s`,
  ];
  print(`${details.join(', ')}${misfitOf(fit)}`);
}

/** Which of two views was taken, where the model's card does not say how it sees. */
function choiceOf({ box, rejected, losses }: FilledView): string[] {
  if (!rejected) return [];
  const size = (of: Box) => `${of.width}×${of.height}`;
  return [
    `seen at ${size(box)} rather than ${size(rejected.box)} (contextual ${losses.contextual.toFixed(4)} against ${rejected.contextual.toFixed(4)})`,
  ];
}

function misfitOf({ loss, usual, known }: Fit): string {
  if (known !== false) return '';
  return `; this model does not know such pictures (coarse loss ${loss.toFixed(2)}; 95 % of its own are below ${usual!.toFixed(2)})`;
}
