import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { workOf } from '../../src/cli/jobs.ts';
import { outputNames } from '../../src/cli/names.ts';
import { image } from '../../src/image/image.ts';
import { writeImage } from '../../src/image/image-file.ts';
import { noisePicture } from '../helpers/pictures.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
let dir: string;
const at = (...names: string[]) => join(dir, ...names);
const put = (...names: string[]) => {
  mkdirSync(join(at(...names), '..'), { recursive: true });
  writeFileSync(at(...names), names.join());
};
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-outputs-'));
});

describe('names of results', () => {
  test.each([
    [
      ['a.jpg', 'b.png'],
      ['a', 'b'],
    ],
    [
      ['IMG_1.jpg', 'IMG_1.png', 'x.png'],
      ['IMG_1.jpg', 'IMG_1.png', 'x'],
    ],
    [
      ['A.png', 'a.png'],
      ['A.png', 'a.png-2'],
    ],
    [
      ['A.jpg', 'a.png'],
      ['A.jpg', 'a.png'],
    ],
    [
      ['a.jpg', 'a.jpg.webp', 'a.png'],
      ['a.jpg-2', 'a.jpg', 'a.png'],
    ],
    [
      ['a.jpg', 'x/a.jpg', 'X/a.png', 'y.1/a'],
      ['a', 'x/a.jpg', 'X/a.png', 'y.1/a'],
    ],
    [
      ['e\u0301.jpg', '\u00e9.png'],
      ['e\u0301.jpg', '\u00e9.png'],
    ],
  ])('%j become %j', (files, names) => {
    expect(outputNames(files)).toEqual(names);
    expect(new Set(names.map((name) => name.normalize('NFC').toLowerCase())).size).toBe(names.length);
  });
});

describe('results that would replace something are refused', () => {
  const jobsOf = async (image: string, mask: string, out: string, candidates: string | undefined) =>
    (
      await workOf({
        image: at(image),
        mask: mask && at(mask),
        out: at(out),
        candidates: candidates && at(candidates),
      })
    ).jobs;
  const file = (out: string, { mask = 'mask.png', candidates = undefined as string | undefined } = {}) =>
    jobsOf('face.png', mask, out, candidates);
  const folder = (out: string, { mask = 'mask.png', candidates = undefined as string | undefined } = {}) =>
    jobsOf('in', mask, out, candidates);
  beforeEach(() => {
    for (const name of ['face.png', 'mask.png', '01.png']) put(name);
    for (const name of ['a.jpg', 'b.png']) put('in', name);
    for (const name of ['a.png', 'b.png']) put('masks', name);
  });
  const refused = (jobs: Promise<unknown>, message: RegExp) => expect(jobs).rejects.toThrow(message);

  test('a file: the image, the mask, by any way to write them, and folders in the way', async () => {
    symlinkSync(at('face.png'), at('link.png'));
    linkSync(at('face.png'), at('same.png'));
    symlinkSync(dir, at('here'));
    for (const out of ['face.png', 'in/../face.png', 'link.png', 'same.png', 'here/face.png'])
      await refused(
        file(out),
        /^Expected --out that replaces nothing, got .* over '.*face\.png': name another place\.$/,
      );
    for (const out of ['mask.png', 'here/mask.png']) await refused(file(out), /over '.*mask\.png'/);
    await refused(file('in'), /Expected a file for --out, got the folder/);
    expect((await file('other.png'))[0]).toMatchObject({ image: at('face.png'), out: at('other.png') });
  });

  test('candidates: over an image, a mask, a result, or where a file is', async () => {
    const first = (candidates: string, out = 'out.png') => jobsOf('01.png', 'mask.png', out, candidates);
    await refused(first('.'), /Expected --candidates that replaces nothing, got .* over '.*01\.png'/);
    await refused(file('new/02.png', { candidates: 'new' }), /over '.*02\.png'/);
    await refused(file('new/a.png', { candidates: 'new/A.png' }), /Expected a folder for --candidates/);
    await refused(file('out.png', { candidates: 'mask.png' }), /Expected a folder for --candidates, got the file/);
    expect(await file('new/a.png', { candidates: 'new' })).toHaveLength(1);
  });

  test('a folder: the images, the masks, and a file in the way', async () => {
    symlinkSync(at('in'), at('link'));
    for (const out of ['in', 'masks/../in', 'link']) await refused(folder(out), /over the files in '.*in'/);
    await refused(folder('masks', { mask: 'masks' }), /over the files in '.*masks'/);
    await refused(folder('masks', { mask: 'masks/a.png' }), /over '.*a\.png'/);
    await refused(folder('face.png'), /Expected a folder for --out, got the file/);
    expect(await folder('in/filled', { candidates: 'in/filled' })).toHaveLength(2);
  });

  test('subfolders of the output that are one folder by a link', async () => {
    for (const name of ['in/x/a.png', 'in/y/a.png', 'out/x/kept', 'all/x/a/kept', 'all/y/kept']) put(name);
    symlinkSync('x', at('out/y'));
    symlinkSync('../x/a', at('all/y/a'));
    const tree = (out: string, candidates?: string) =>
      workOf({
        image: at('in'),
        mask: at('mask.png'),
        out: at(out),
        candidates: candidates && at(candidates),
        recursive: true,
      });
    await refused(tree('out'), /got '.*out\/y\/a\.png', over the result '.*out\/x\/a\.png'/);
    await refused(tree('new', 'all'), /got '.*all\/y\/a', over '.*all\/x\/a\/01\.png'/);
    expect((await tree('new', 'none')).jobs).toHaveLength(4);
  });

  test('images that share a name keep apart, each with the mask of its very name if there is one', async () => {
    put('in', 'b.webp');
    put('masks', 'b.webp');
    const jobs = await folder('out', { mask: 'masks', candidates: 'all' });
    expect(
      jobs.map(({ mask, out, candidates }) => [mask, out, candidates].map((path) => path!.slice(dir.length + 1))),
    ).toEqual([
      ['masks/a.png', 'out/a.png', 'all/a'],
      ['masks/b.png', 'out/b.png.png', 'all/b.png'],
      ['masks/b.webp', 'out/b.webp.png', 'all/b.webp'],
    ]);
  });
});

test('from the command line: originals stay, and files of one name are both filled', async () => {
  for (const name of ['in/a.jpg', 'in/a.png']) await writeImage(at(name), noisePicture(64, 64, name.length));
  const centre = Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Number(i % 64 > 24 && i % 64 < 40));
  await writeImage(at('mask.png'), image(64, 64, 3, centre));
  const model = join(import.meta.dirname, '../../models/toon-64');
  const fill = (out: string) =>
    spawnSync('node', [cli, 'inpaint', 'in', '--mask', 'mask.png', '--model', model, '--out', out, '--steps', '2'], {
      encoding: 'utf8',
      cwd: dir,
    });
  copyFileSync(at('in/a.png'), at('kept.png'));
  expect(fill('./in')).toMatchObject({ status: 2, stdout: '' });
  expect(readFileSync(at('in/a.png'))).toEqual(readFileSync(at('kept.png')));
  expect(fill('out')).toMatchObject({ status: 0 });
  expect(readdirSync(at('out')).sort()).toEqual(['a.jpg.png', 'a.png.png']);
});

test('what cannot be written, or not be seen, costs none of the others', async () => {
  const long = 'c'.repeat(251); // with both extensions the name of its result is too long
  for (const name of ['a.png', `${long}.jpg`, `${long}.png`, 'd.png'])
    await writeImage(at('in', name), noisePicture(64, 64, 1));
  await writeImage(at('in/b.png'), noisePicture(256, 256, 1));
  for (const name of ['a', long, 'd']) {
    const centre = Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Number(i % 64 > 24 && i % 64 < 40));
    await writeImage(at('masks', `${name}.png`), image(64, 64, 3, centre));
  }
  // A square that is no wider than this hole shows nothing else.
  const inSquare = (v: number) => v >= 80 && v < 160;
  const square = Float32Array.from({ length: 3 * 256 * 256 }, (_, i) =>
    Number(inSquare(i % 256) && inSquare(Math.floor(i / 256) % 256)),
  );
  await writeImage(at('masks/b.png'), image(256, 256, 3, square));
  const model = join(import.meta.dirname, '../../models/toon-64');
  const { status, stderr } = spawnSync(
    'node',
    [cli, 'inpaint', 'in', '--mask', 'masks', '--model', model, '--out', 'out', '--steps', '2', '--context', '1'],
    { encoding: 'utf8', cwd: dir },
  );
  expect(status).toBe(2);
  expect(readdirSync(at('out')).sort()).toEqual(['a.png', 'd.png']);
  expect(stderr).toMatch(
    /'in\/b\.png' was not filled: Expected known pixels in the view of the hole, .* give --context a larger number/,
  );
  expect(stderr).toMatch(/Expected to fill every image, got 3 of 5 not filled: see above/);
});
