/** @file Opens a run's folder: a new one, or one to resume from its last checkpoint. Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LatentfillError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { append, removeLeftovers, writeWhole } from '../../base/write-whole.ts';
import type { State } from '../../runtime/state.ts';
import { type Recipe, recipeSchema } from '../recipe.ts';
import { checkpointEpochs, checkpointFolder, loadCheckpoint } from './checkpoint.ts';
import { type LogLine, logPath, readLog } from './log.ts';

/** An open run. */
interface Run {
  /** The last checkpoint's epoch; undefined if there is none yet. */
  readonly epoch: number | undefined;
  /** The state of the last checkpoint, or `fresh` where there is none. */
  begin(fresh: State): Promise<State>;
  /** Appends a line to log.jsonl. */
  log(line: LogLine): void;
}

/**
 * Opens `out` for a recipe.
 * @throws LatentfillError when `out` holds a run of another recipe, or any run and `resume` is not set.
 */
export async function openRun(
  recipe: Recipe,
  { out, resume }: { readonly out: string; readonly resume?: boolean },
): Promise<Run> {
  const epoch = (await checkpointEpochs(out)).at(-1);
  if (!resume && epoch !== undefined) {
    throw new LatentfillError(
      'run',
      `Expected a new folder for the run, but '${out}' holds one: set the option 'resume' to go on with it.`,
    );
  }
  if (resume && !isDeepStrictEqual(await readRecipe(out), recipe)) {
    throw new LatentfillError(
      'run',
      `Expected the recipe that '${out}' was begun with, got another: leave out what was changed.`,
    );
  }
  for (const folder of [out, checkpointFolder(out)]) await removeLeftovers(folder);
  await writeWhole(join(out, 'recipe.json'), `${JSON.stringify(recipe, null, 2)}\n`);
  return {
    epoch,
    async begin(fresh) {
      const state = epoch === undefined ? fresh : await fitting(out, epoch, fresh);
      const done = Math.floor((await state.read('d.step'))[0]! / recipe.discriminatorSteps);
      // The cycles after the checkpoint will be run and logged again.
      const lines = resume ? (await readLog(out)).filter(({ cycle }) => cycle <= done) : [];
      await writeWhole(logPath(out), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      return state;
    },
    log: (line) => append(logPath(out), `${JSON.stringify(line)}\n`),
  };
}

/** The state of a checkpoint. @throws LatentfillError if its tensors are not those of the recipe's networks. */
async function fitting(out: string, epoch: number, fresh: State): Promise<State> {
  const { state } = await loadCheckpoint(out, epoch);
  if (fresh.names.every((name) => state.has(name) && isDeepStrictEqual(state.shape(name), fresh.shape(name))))
    return state;
  throw new LatentfillError(
    'run',
    `Expected checkpoints of the networks in '${join(out, 'recipe.json')}', got those of others: put back the recipe that the run was begun with.`,
  );
}

/** The recipe that a run's folder was begun with. @throws LatentfillError when there is none. */
export async function readRecipe(run: string): Promise<Recipe> {
  const path = join(run, 'recipe.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw new LatentfillError(
      'run',
      `Expected a run with a recipe at '${path}', got none: give the folder that training wrote.`,
    );
  });
  const remedy = 'copy the whole run again, or write its recipe there';
  return parseJson(text, { schema: recipeSchema, what: 'a recipe', path, remedy, code: 'run' });
}
