/** @file `latentfill inpaint`: the main job, on a file or a folder. */

import { join } from 'node:path';
import { defineCommand } from 'citty';
import type { Image } from '../image/image.ts';
import { writeImage } from '../image/image-file.ts';
import { layInto } from '../image/transparency.ts';
import { openHere } from '../inpaint/inpainter.ts';
import { optionsSchema } from '../inpaint/options.ts';
import { presets } from '../inpaint/presets.ts';
import type { Filled } from '../inpaint/results.ts';
import { loadModel } from '../model/folder.ts';
import { alignFlag, alignmentOf, openAligner } from './align.ts';
import { interruptSignal } from './exit-code.ts';
import { fillJobs } from './fill-jobs.ts';
import { deviceOf, embeddingOf, nodeDevices, searchOptionsOf, warnOfUnknownWords } from './flag-values.ts';
import { commonFlags, flagsOf } from './flags.ts';
import { type Job, type Work, workOf } from './jobs.ts';
import { maskFlags, maskOptionsOf, type ReadHole, readHole } from './read-hole.ts';
import { reportFill } from './report-fill.ts';
import { teller } from './say-once.ts';
import { checkTally, ended, interruption, tellFailures } from './tally.ts';
import { say } from './terminal.ts';

const args = {
  image: { type: 'positional', required: true, description: 'An image, or a folder of images.' },
  mask: {
    type: 'string',
    valueHint: 'file|folder',
    description:
      'White is the hole, black is kept; or the hole is painted in a colour, or transparent. For a folder: one mask for all, or a folder of masks of the same names. Without one: a_mask.png beside a.png in a folder, or else transparent pixels.',
  },
  out: {
    type: 'string',
    required: true,
    valueHint: 'file|folder',
    description:
      'Where to write the result (.png, .jpg or .webp), in place of an older one; or a folder for a folder, where older results stay.',
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
  ...alignFlag,
  candidates: { type: 'string', valueHint: 'folder', description: 'Write every candidate there too, best first.' },
  device: {
    type: 'string',
    valueHint: nodeDevices.join('|'),
    description: 'Where to compute; auto tries each and takes the fastest (default cpu).',
  },
  recursive: { type: 'boolean', description: 'Of a folder, fill the images in its subfolders too.' },
  'skip-existing': {
    type: 'boolean',
    description: 'Leave out images whose result is there: go on after an interrupt.',
  },
  overwrite: { type: 'boolean', description: 'Of a folder, replace the results of an earlier run.' },
  ...maskFlags,
  ...commonFlags,
  ...flagsOf(optionsSchema, presets),
  preset: {
    type: 'string',
    valueHint: [...Object.keys(presets), 'file'].join('|'),
    description:
      'Defaults of the other settings: ours, those of a paper or project, or a JSON file of options, as sweep writes.',
  },
} as const;

export default defineCommand({
  meta: { name: 'inpaint', description: 'Fill the hole of an image by searching the latent space of a model.' },
  args,
  async run({ args: given }) {
    let work: Work | undefined;
    const signal = interruptSignal(() => (work && !work.alone ? interruption(work.tally) : 'nothing more was written'));
    const options = searchOptionsOf(given);
    const asked = { ...given, image: given.image, out: given.out, skipExisting: given['skip-existing'] };
    work = await workOf(asked);
    const { jobs, tally, alone, notes } = work;
    const alignment = alignmentOf(given.align, alone);
    for (const note of notes) say(note);
    const device = await deviceOf(given.device);
    const described = { caption: given.caption, embedding: await embeddingOf(given.embedding) };
    const maskOptions = maskOptionsOf(given);
    const tell = teller();
    const read = async (job: Job) => {
      const hole = await readHole(job, maskOptions);
      tell.note(job.mask ?? job.image, hole);
      tell.lost(hole, job.out);
      return { ...hole, ...described };
    };
    const only = alone && jobs[0] ? await read(jobs[0]) : undefined; // what cannot be read ends before a model is loaded
    if (jobs.length > 0) {
      const model = await loadModel(given.model);
      warnOfUnknownWords(model, given.caption);
      await using aligner = await openAligner(alignment, model.card);
      await using inpainter = await openHere(model, { device });
      await fillJobs(jobs, tally, {
        inpainter,
        options,
        signal,
        async read(job) {
          const hole = only ?? (await read(job));
          const face = await aligner.faceOf(hole, signal);
          if (!face && model.card.faces && alignment === 'find') tell.faceless(job.image);
          return { ...hole, face };
        },
        alone,
        async done({ job, hole, seconds }, filled) {
          const files = await write(job, filled, hole, signal);
          tally.filled++;
          const [judged, count] = [model.discriminator !== null, alone ? '' : `${ended(tally)} · `];
          reportFill(job, filled, { count, files, hole, seconds, judged, json: given.json === true });
        },
      }).catch((error) => {
        tellFailures(tally); // they would be lost with what ends the command
        throw error;
      });
    }
    checkTally(tally);
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
