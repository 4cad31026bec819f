/** @file Finds the folder of a model that is given as a folder, a training run or a name. Node only. */

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LatentfillError } from '../base/errors.ts';

const HEAD = 'model.json';

/** Models that ship with the package. */
const SHIPPED = new URL('../../models/', import.meta.url);

/** The names of the models that ship. */
export async function shippedModels(): Promise<string[]> {
  const names = await readdir(SHIPPED).catch(() => []);
  return names.filter((name) => existsSync(new URL(`${name}/${HEAD}`, SHIPPED))).sort();
}

/**
 * The folder of a model. `place` is that folder, a training run that has a model in it, or the name of a model that
 * ships.
 * @throws LatentfillError where there is none.
 */
export async function modelFolder(place: string): Promise<string> {
  if (typeof place !== 'string') {
    throw new LatentfillError(
      'options',
      `Expected the folder or the name of a model, got ${typeof place}: give a text.`,
    );
  }
  if (existsSync(join(place, HEAD))) return place;
  if (existsSync(join(place, 'recipe.json'))) {
    const own = join(place, 'model');
    if (existsSync(join(own, HEAD))) return own;
    throw new LatentfillError(
      'model',
      `Expected a model in the run '${place}', got none yet: train it to its end, or export one of its checkpoints.`,
    );
  }
  const names = await shippedModels();
  if (names.includes(place)) return fileURLToPath(new URL(place, SHIPPED));
  const came = existsSync(place) ? 'none there' : 'nothing of that name';
  throw new LatentfillError(
    'model',
    `Expected a model folder, a training run with a model, or the name of a model that ships (${names.join(', ')}) for '${place}', got ${came}: check the name.`,
  );
}
