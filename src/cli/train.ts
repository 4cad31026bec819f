/** @file `latentfill train`: a model from pictures. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { parseWrittenJson } from '../base/json.ts';
import { openDataset, openHeldOut } from '../data/open-dataset.ts';
import { exportModel } from '../gan/export.ts';
import { type Recipe, recipeSchema, resolveRecipe } from '../gan/recipe.ts';
import { recipes } from '../gan/recipes/index.ts';
import { readRecipe } from '../gan/run/folder.ts';
import { type TrainEvent, train } from '../gan/train.ts';
import { readScores, scoresOf } from '../watch/scores.ts';
import { openWatch } from '../watch/watch.ts';
import { interruptSignal } from './exit-code.ts';
import { deviceOf, nameOf, nodeDevices } from './flag-values.ts';
import { commonFlags, flagsOf, valuesOf } from './flags.ts';
import { keepFit } from './keep-fit.ts';
import { bar, duration, liveLine, print, printJson, say } from './terminal.ts';

const args = {
  out: {
    type: 'string',
    required: true,
    valueHint: 'folder',
    description: "The run's folder: log, report.html, checkpoints, and at the end the model.",
  },
  recipe: {
    type: 'string',
    valueHint: 'name|file',
    description: `A recipe that ships (${Object.keys(recipes).join(', ')}) or a JSON file; flags override it.`,
  },
  device: {
    type: 'string',
    valueHint: nodeDevices.join('|'),
    description: 'Where to compute; auto tries each and takes the fastest (default cpu).',
  },
  resume: { type: 'boolean', description: "Go on from the run's last checkpoint, with its own recipe." },
  name: { type: 'string', valueHint: 'text', description: "The model's name (default: the run's)." },
  ...commonFlags,
  ...flagsOf(recipeSchema),
} as const;

export default defineCommand({
  meta: { name: 'train', description: 'Train a generator and a discriminator, and write them as a model folder.' },
  args,
  async run({ args: given }) {
    const { out, resume = false, json = false } = given;
    const signal = interruptSignal(() => {
      const begun = existsSync(join(out, 'recipe.json'));
      return begun ? `go on with 'latentfill train --out ${out} --resume'` : 'nothing was begun';
    });
    const recipe = resume ? await resumed(out, given) : await recipeOf(given);
    const data = { source: recipe.data, size: recipe.size, split: 'train', count: recipe.images } as const;
    const device = await deviceOf(given.device);
    await tellSplits(recipe);
    const line = liveLine();
    let last: TrainEvent | undefined;
    let began: Beginning | undefined;
    await using watch = openWatch(out, {
      device,
      signal,
      warn: say,
    });
    for await (const event of train(recipe, data, { out, resume, device, signal })) {
      for (const { index, reason } of event.skipped.slice(last?.skipped.length)) {
        line.done();
        say(`skipped image ${index}: ${reason}`);
      }
      last = event;
      began ??= { cycle: event.cycles[0] - 1, time: performance.now() - 1000 * event.seconds };
      line.update(progressOf(event, began));
      await watch.see(event);
      if (event.saved !== undefined && !json) {
        line.done();
        print(`epoch ${event.saved}: checkpoint written · ${progressOf(event, began)}`);
      }
    }
    line.done();
    const skipped = last?.skipped.length ?? 0;
    if (skipped > 0) say(`skipped ${skipped} damaged ${skipped === 1 ? 'image' : 'images'} in all`);
    const model = join(out, 'model');
    const score = (await readScores(out)).at(-1);
    const notes = await exportModel(out, {
      out: model,
      name: given.name ?? nameOf(out),
      scores: score?.epoch === recipe.epochs ? scoresOf(score) : undefined,
      signal,
    });
    for (const note of notes) say(note);
    await keepFit(model, recipe.data, { device, signal });
    if (json) printJson({ run: out, model, losses: last?.losses, seconds: last?.seconds ?? 0, skipped });
    else
      print(
        `model written to ${model}; see ${join(out, 'report.html')}, and choose another checkpoint with 'latentfill pick ${out}'`,
      );
  },
});

/** Says before the first step how many images are trained on, and how many are held out or why none is. */
async function tellSplits({ data, size, images }: Recipe): Promise<void> {
  const { length } = await openDataset(data, { size, split: 'train', count: images });
  const heldout = await openHeldOut(data, { size });
  const heldOutText = heldout.dataset ? `${heldout.dataset.length} held out` : `none held out: ${heldout.reason}`;
  say(`${length} images to train on, ${heldOutText}`);
}

/** Where this process took up the run, and when. */
interface Beginning {
  readonly cycle: number;
  readonly time: number;
}

/** How far a run is; the time left counts what is done at checkpoints too, which the speed does not. */
function progressOf({ cycles: [done, all], images, seconds, losses }: TrainEvent, began: Beginning): string {
  const left = ((performance.now() - began.time) / 1000 / (done - began.cycle)) * (all - done);
  const loss = `D ${losses['d.loss']!.toFixed(3)} G ${losses['g.loss']!.toFixed(3)}`;
  return `${bar(done, all)} ${done}/${all} · ${loss} · ${(images / seconds).toFixed(1)} images/s · ${duration(left)} left`;
}

async function recipeOf(given: Record<string, unknown>): Promise<Recipe> {
  const file = given.recipe as string | undefined;
  let base: unknown = {};
  if (file !== undefined && Object.hasOwn(recipes, file)) base = recipes[file];
  else if (file !== undefined) {
    const text = await readFile(file, 'utf8').catch(() => {
      const names = Object.keys(recipes).join(', ');
      throw new LatentfillError(
        'file',
        `Expected a recipe at '${file}' or one of ${names}, got no such file: check the name.`,
      );
    });
    base = parseWrittenJson(text, file, 'options');
  }
  if (typeof base !== 'object' || base === null || Array.isArray(base)) {
    throw new LatentfillError(
      'options',
      `Expected an object in the recipe '${file}', got ${JSON.stringify(base).slice(0, 60)}.`,
    );
  }
  return resolveRecipe({ ...base, ...valuesOf(recipeSchema, given) });
}

async function resumed(out: string, given: Record<string, unknown>): Promise<Recipe> {
  const changed = [...Object.keys(valuesOf(recipeSchema, given)), ...(given.recipe === undefined ? [] : ['recipe'])];
  if (changed.length > 0) {
    throw new LatentfillError(
      'command',
      `Expected no recipe with --resume, got ${changed.map((k) => `--${k}`).join(', ')}: a run keeps its own.`,
    );
  }
  return readRecipe(out);
}
