/** @file A run's folder: begun, or taken up where its last checkpoint left it. Node only. */

import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LatentfillError } from '../base/errors.ts';
import { removeLeftovers, writeWhole } from '../base/files.ts';
import type { State } from '../runtime/state.ts';
import { checkpointEpochs, checkpointFolder, loadCheckpoint } from './checkpoint.ts';
import { type LogLine, logPath, readLog } from './log.ts';
import { type Recipe, recipeSchema } from './recipe.ts';

/** An open run. */
interface Run {
  /** The last checkpoint's epoch; undefined: there is none yet. */
  readonly epoch: number | undefined;
  /** The state of the last checkpoint, or `fresh` where there is none. */
  begin(fresh: State): Promise<State>;
  /** Appends a line to log.jsonl. */
  log(line: LogLine): void;
}

/** Opens `out` for a recipe. @throws LatentfillError when `out` holds another run, or one and `resume` is not set. */
export async function openRun(
  recipe: Recipe,
  { out, resume }: { readonly out: string; readonly resume?: boolean },
): Promise<Run> {
  const epoch = (await checkpointEpochs(out)).at(-1);
  if (!resume && epoch !== undefined) {
    throw new LatentfillError(
      `Expected a new folder for the run, but '${out}' holds one: use --resume to go on with it.`,
    );
  }
  if (resume && !isDeepStrictEqual(await readRecipe(out), recipe)) {
    throw new LatentfillError(
      `Expected the recipe that '${out}' was begun with, got another: leave out what was changed.`,
    );
  }
  for (const folder of [out, checkpointFolder(out)]) await removeLeftovers(folder);
  await writeWhole(join(out, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
  return {
    epoch,
    async begin(fresh) {
      const state = epoch === undefined ? fresh : (await loadCheckpoint(out, epoch)).state;
      const done = Math.floor((await state.read('d.step'))[0]! / recipe.discriminatorSteps);
      // What was logged after the checkpoint will be logged again.
      const lines = resume ? (await readLog(out)).filter(({ cycle }) => cycle <= done) : [];
      await writeWhole(logPath(out), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      return state;
    },
    log: (line) => appendFileSync(logPath(out), `${JSON.stringify(line)}\n`),
  };
}

/** The recipe that a run's folder was begun with. @throws LatentfillError when there is none. */
export async function readRecipe(run: string): Promise<Recipe> {
  const path = join(run, 'recipe.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw new LatentfillError(
      `Expected a run with a recipe at '${path}', got none: give the folder that 'train --out' wrote.`,
    );
  });
  return recipeSchema.parse(JSON.parse(text));
}
