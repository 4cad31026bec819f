import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { modelFolder, shippedModels } from '../../src/model/find.ts';
import { loadModel } from '../../src/model/folder.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a model that ships is found by its name, from any folder', async () => {
  expect(await shippedModels()).toContain('toon-64');
  const { card, discriminator } = await loadModel('toon-64');
  expect(card.name).toBe('toon-64');
  expect(discriminator).not.toBeNull();
});

test('a run stands for the model in it', async () => {
  writeFileSync(join(dir, 'recipe.json'), '{}');
  await expect(modelFolder(dir)).rejects.toThrow(`Expected a model in the run '${dir}', got none yet`);
  mkdirSync(join(dir, 'model'));
  writeFileSync(join(dir, 'model/model.json'), '{}');
  expect(await modelFolder(dir)).toBe(join(dir, 'model'));
});

test('for anything else, the models that ship are named', async () => {
  const names = /the name of a model that ships \(.*landscape-64, toon-64\)/;
  await expect(loadModel('toon-46')).rejects.toThrow(names);
  await expect(loadModel('toon-46')).rejects.toMatchObject({ code: 'model' });
  await expect(loadModel(dir)).rejects.toThrow(/got none there: check the name\.$/);
  await expect(loadModel('../models')).rejects.toThrow(names);
  await expect(loadModel(undefined as never)).rejects.toThrow('got undefined: give a text.');
});
