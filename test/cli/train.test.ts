/** The built `latentfill train`, run as a user runs it. `npm test` builds the command first. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { writeImage } from '../../src/image/codec.ts';
import { noisePicture } from '../helpers/pictures.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
const sizes = ['--size', '16', '--width', '4', '--latent', '8', '--batch', '4'];
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-train-'));
});
const train = (...args: string[]) =>
  spawnSync('node', [cli, 'train', '--out', 'run', ...sizes, ...args], { encoding: 'utf8', cwd: dir });

async function pictures(count: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    await writeImage(join(dir, 'pictures', `frame${String(i).padStart(3, '0')}.png`), noisePicture(16, 16, i));
  }
}

test('says first how many pictures are held out; without any, the model is written and the reason told', async () => {
  await pictures(20);
  const some = train('--data', 'pictures', '--epochs', '1');
  expect(some).toMatchObject({ status: 0 });
  expect(some.stderr).toMatch(/^latentfill: 18 images to train on, 2 held out\n/);

  dir = mkdtempSync(join(tmpdir(), 'latentfill-train-'));
  await pictures(8);
  const none = train('--data', 'pictures', '--epochs', '1');
  expect(none).toMatchObject({ status: 0 });
  expect(none.stderr).toMatch(/^latentfill: 8 images to train on, none held out: Expected .* got only 8: add some\.\n/);
  expect(none.stderr).toMatch(/latentfill: Nothing is held out, so the discriminator is not calibrated/);
  expect(existsSync(join(dir, 'run/model/model.json'))).toBe(true);
});
