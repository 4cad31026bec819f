/** The built command, run as a user runs it. `npm test` and `npm ci` build it first. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { encodePng, readImage, writeImage } from '../../src/image/image-file.ts';
import { hubShard } from '../helpers/data-files.ts';
import { noisePicture } from '../helpers/pictures.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-'));
});
const run = (...args: string[]) => spawnSync('node', [cli, 'data', ...args], { encoding: 'utf8', cwd: dir });

test('tells what is in a source and draws it', async () => {
  const plain = run('toon', '--sheet', 'a.png', '--count', '4', '--size', '32');
  expect([plain.status, plain.stderr]).toEqual([0, '']);
  expect(plain.stdout).toMatch(/^toon, train split: 30000 images, seen at 32×32\ncaptions {4}4 an image\n/);
  expect(plain.stdout).toMatch(/attributes {2}hair.*\nlicence {5}CC BY 4\.0\n.*\nsheet {7}a\.png: 4 images\n$/);
  const told = run('toon', '--sheet', 'b.png', '--count', '4', '--size', '32', '--captions', '--json');
  expect(JSON.parse(told.stdout)).toMatchObject({ name: 'toon', length: 30_000, captionsPerImage: [4, 4], images: 4 });
  const [{ image: a }, { image: b }] = [await readImage(join(dir, 'a.png')), await readImage(join(dir, 'b.png'))];
  expect([a.width, a.height]).toEqual([2 * 16 + 2 * 128 + 6, 2 * 16 + 2 * 128 + 6]);
  expect(b.width).toBe(a.width);
  expect(b.height).toBeGreaterThan(a.height + 60); // two rows of captions
});

test('damaged images are told of, and the others are drawn', async () => {
  for (let i = 0; i < 9; i++) await writeImage(join(dir, 'pictures', `${i}.png`), noisePicture(8, 8, i));
  for (let i = 0; i < 5; i++) writeFileSync(join(dir, 'pictures', `broken${i}.png`), 'no');
  const { status, stdout } = run('pictures', '--sheet', 'a.png', '--size', '8');
  expect(status).toBe(0);
  expect(stdout).toMatch(/captions {4}0 an image/);
  expect(stdout).toMatch(/damaged {5}Expected an image in 'pictures\/broken\d\.png'/);
});

test('a Parquet file is read by the built package, and the command ends', async () => {
  const bytes = await encodePng(noisePicture(8, 8, 1));
  writeFileSync(join(dir, 'a.parquet'), hubShard(Array(40).fill({ bytes, caption: 'a picture' }), []));
  const { status, stdout } = run('parquet:a.parquet', '--sheet', 'a.png', '--size', '8');
  expect(status).toBe(0);
  expect(stdout).toMatch(/captions {4}1 an image\n {12}a picture/);
});

test('what cannot be done ends in one sentence and leaves no file', () => {
  for (const [args, message] of [
    [[], /SOURCE/i],
    [['nowhere'], /Expected one of toon, landscapes\[:PATH\], .* got 'nowhere'/],
    [['toon', '--sheet', 'a.gif'], /ends in \.png/],
    [['toon', '--split', 'test'], /--split train or --split heldout, got 'test'/],
    [['toon', '--size', '0'], /1 to 1024 for --size, got 0/],
    [['toon', '--sheet', 'a.png', '--count', '99999'], /1 to 1024 for --count/],
    [['toon', '--wrong'], /an option that this command has/],
  ] as const) {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  }
  expect(existsSync(join(dir, 'a.png'))).toBe(false);
});
