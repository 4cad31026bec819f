/** Files of a run and of a model that a person or a fault has changed. */

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LatentfillError } from '../../src/base/errors.ts';
import { openDataset } from '../../src/data/open-dataset.ts';
import { exportModel } from '../../src/gan/export.ts';
import { recipeSchema } from '../../src/gan/recipe.ts';
import { readRecipe } from '../../src/gan/run/folder.ts';
import { readLog } from '../../src/gan/run/log.ts';
import { train } from '../../src/gan/train.ts';
import { loadModel } from '../../src/model/folder.ts';
import { readSeries } from '../../src/watch/series.ts';

const made = mkdtempSync(join(tmpdir(), 'latentfill-damaged-'));
const recipe = recipeSchema.parse({
  ...{ size: 16, width: 4, latent: 8, batch: 8, images: 32, epochs: 1, norm: 'none' },
  captions: { encoder: 'words', minimum: 1 },
});
let run: string;
const at = (...names: string[]) => join(run, ...names);

async function trained(out: string, resume = false) {
  const dataset = await openDataset('toon', { size: 16, split: 'train', count: 32 });
  for await (const _ of train(await (resume ? readRecipe(out) : recipe), dataset, { out, resume }));
}

beforeAll(async () => {
  await trained(join(made, 'run'));
  await exportModel(join(made, 'run'), { out: join(made, 'run/model'), name: 'tiny' });
});
beforeEach(() => {
  run = join(mkdtempSync(join(tmpdir(), 'latentfill-damaged-')), 'run');
  cpSync(join(made, 'run'), run, { recursive: true });
});

/** What may have become of a file's text. */
const damages: Record<string, (text: string) => string | Buffer> = {
  cut: (text) => text.slice(0, text.length / 2),
  empty: () => '',
  null: () => 'null\n',
  text: () => 'hello\n',
  bytes: () => Buffer.from([0xff, 0, 0xfe, 10]),
  list: () => '[null]\n',
  'of another kind': () => '{"entries": 3, "size": "large"}\n',
};

describe.each(Object.entries(damages))('%s', (_, damage) => {
  const change = (...names: string[]) => writeFileSync(at(...names), damage(readFileSync(at(...names), 'utf8')));
  const refused = async (work: Promise<unknown>, sentence: RegExp) => {
    const error = await work.then(
      () => undefined,
      (error) => error,
    );
    expect(error).toBeInstanceOf(LatentfillError);
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain('\n');
  };

  test("a run's recipe", async () => {
    change('recipe.json');
    await refused(readRecipe(run), /^Expected a recipe in '.*recipe\.json', got (something else|an empty file): .*\.$/);
    await refused(trained(run, true), /Expected a recipe/);
  });

  test("a run's vocabulary, and a model's that its card names", async () => {
    change('vocabulary.json');
    await refused(
      exportModel(run, { out: at('new'), name: 'x' }),
      /^Expected a vocabulary in '.*run.vocabulary\.json'/,
    );
    await refused(trained(run, true), /Expected a vocabulary/);
    change('model', 'vocabulary.json');
    const card = JSON.parse(readFileSync(at('model/model.json'), 'utf8'));
    card.files['vocabulary.json'] = createHash('sha256')
      .update(readFileSync(at('model/vocabulary.json')))
      .digest('hex');
    writeFileSync(at('model/model.json'), JSON.stringify(card));
    await refused(loadModel(at('model')), /^Expected a vocabulary in '.*model.vocabulary\.json'/);
    change('model', 'model.json');
    await refused(loadModel(at('model')), /model card of format 1/);
  });
});

test.each(['null', 'hello', '3', '{}', '{"cycle": 1}', '{"cycle": 1, "epoch": 1, "d.loss": null}'])(
  'a line of the log that is %s: told before anything is written, and left out of curves',
  async (line) => {
    const before = readFileSync(at('log.jsonl'), 'utf8').split('\n');
    const damaged = [before[0], line, ...before.slice(1)].join('\n');
    writeFileSync(at('log.jsonl'), damaged);
    await expect(readLog(run)).rejects.toThrow(
      /^Expected the means of a cycle in line 2 of .*log\.jsonl', got .*: delete that line\.$/,
    );
    await expect(trained(run, true)).rejects.toThrow('in line 2 of');
    expect(readFileSync(at('log.jsonl'), 'utf8')).toBe(damaged);
    expect((await readSeries(run)).get('d.loss')).toBeDefined();
    writeFileSync(at('log.jsonl'), `${before.join('\n')}{"cyc`); // what a kill leaves
    expect(await readLog(run)).toHaveLength(before.length - 1);
  },
);

test('a folder in the place of the log, and checkpoints of other networks, are told in a sentence', async () => {
  rmSync(at('log.jsonl'));
  mkdirSync(at('log.jsonl'));
  await expect(readSeries(run)).rejects.toThrow(/^Expected a run's log in '.*log\.jsonl', but/);
  rmSync(at('log.jsonl'), { recursive: true });
  writeFileSync(at('recipe.json'), JSON.stringify({ ...recipe, width: 8 }));
  await expect(trained(run, true)).rejects.toThrow(
    /^Expected checkpoints of the networks in '.*recipe\.json', got those of others/,
  );
});
