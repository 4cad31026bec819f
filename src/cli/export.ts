/** @file `latentfill export`: a checkpoint as a model folder. */

import { defineCommand } from 'citty';
import { exportModel } from '../gan/export.ts';
import { readRecipe } from '../gan/run/folder.ts';
import { interruptSignal } from './exit-code.ts';
import { nameOf, wholeNumber } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { keepFit } from './keep-fit.ts';
import { print, printJson, say } from './terminal.ts';

const args = {
  run: { type: 'positional', required: true, description: "A run's folder." },
  out: { type: 'string', required: true, valueHint: 'folder', description: 'The model folder to write.' },
  epoch: { type: 'string', valueHint: 'number', description: 'Which checkpoint (default: the last).' },
  name: { type: 'string', valueHint: 'text', description: "The model's name (default: the folder's)." },
  ...commonFlags,
} as const;

export default defineCommand({
  meta: { name: 'export', description: 'Write the checkpoint of a run that you picked as a model folder.' },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('no model was written');
    const { run, out } = given;
    const name = given.name ?? nameOf(out);
    const epoch = given.epoch === undefined ? undefined : wholeNumber('epoch', given.epoch);
    const notes = await exportModel(run, { out, name, epoch, signal });
    for (const note of notes) say(note);
    await keepFit(out, (await readRecipe(run)).data, { signal });
    if (given.json) printJson({ run, model: out, name });
    else print(`model written to ${out}`);
  },
});
