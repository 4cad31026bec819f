/** Captions from the command line, with a model that is trained here. `npm test` builds the command first. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { centreHole } from '../../src/image/holes.ts';
import { image } from '../../src/image/image.ts';
import { writeImage } from '../../src/image/image-file.ts';
import { noisePicture } from '../helpers/pictures.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
const dir = mkdtempSync(join(tmpdir(), 'latentfill-captions-'));
const run = (...args: string[]) => spawnSync('node', [cli, ...args], { encoding: 'utf8', cwd: dir });
const fill = (out: string, ...more: string[]) =>
  run('inpaint', 'face.png', '--mask', 'mask.png', '--model', 'run/model', '--out', out, '--steps', '5', ...more);

beforeAll(async () => {
  const recipe = { size: 16, width: 4, latent: 8, batch: 8, images: 80, epochs: 4, norm: 'none', checkpointEvery: 2 };
  writeFileSync(join(dir, 'recipe.json'), JSON.stringify({ ...recipe, captions: { encoder: 'words' } }));
  await writeImage(join(dir, 'face.png'), noisePicture(16, 16, 1));
  const hole = centreHole(16, 16).data;
  await writeImage(join(dir, 'mask.png'), image(16, 16, 3, Float32Array.from([...hole, ...hole, ...hole])));
  expect(run('train', '--recipe', 'recipe.json', '--out', 'run')).toMatchObject({ status: 0 });
});

test('a caption changes the result; words that were never learned are named, and change nothing', () => {
  const plain = fill('plain.png');
  expect(plain).toMatchObject({ status: 0, stderr: '' });
  const red = fill('red.png', '--caption', 'a person with red hair, in a green T-shirt');
  expect(red).toMatchObject({ status: 0, stderr: '' });
  const zebra = fill('zebra.png', '--caption', 'zebra-striped');
  expect(zebra.status).toBe(0);
  expect(zebra.stderr).toBe("latentfill: the model never learned 'zebra-striped': it goes on without.\n");
  const bytes = (name: string) => readFileSync(join(dir, name));
  expect(bytes('red.png')).not.toEqual(bytes('plain.png'));
  expect(bytes('zebra.png')).toEqual(bytes('plain.png'));
});

test('samples are drawn for a caption, from a model and from a run', () => {
  for (const from of ['run', 'run/model']) {
    const sample = (out: string, ...more: string[]) => {
      expect(run('sample', from, '--count', '2', '--out', out, ...more)).toMatchObject({ status: 0 });
      return readFileSync(join(dir, out));
    };
    expect(sample('a.png', '--caption', 'a person with red hair')).not.toEqual(sample('b.png'));
  }
});

test('the vocabulary goes with the model, and its card says so', () => {
  const card = JSON.parse(readFileSync(join(dir, 'run/model/model.json'), 'utf8'));
  const vocabulary = JSON.parse(readFileSync(join(dir, 'run/model/vocabulary.json'), 'utf8'));
  expect(card.text).toMatchObject({ kind: 'words', entries: vocabulary.entries.length });
  expect(vocabulary.entries).toContain('red hair');
  expect(readFileSync(join(dir, 'run/model/CARD.md'), 'utf8')).toMatch(/a learned bag of \d+ words and bigrams/);
});
