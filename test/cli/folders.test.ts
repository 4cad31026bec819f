/** `latentfill inpaint` on folders, as a user runs it. */

import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { centreHole } from '../../src/image/holes.ts';
import { type Image, image } from '../../src/image/image.ts';
import { writeImage } from '../../src/image/image-file.ts';
import { noisePicture } from '../helpers/pictures.ts';
import { withFlags } from '../helpers/with-flags.ts';

const root = join(import.meta.dirname, '../..');
const cli = join(root, 'dist/cli/main.js');
const flags = ['--model', join(root, 'models/toon-64'), '--steps', '2', '--screen', '0', '--restarts', '1'];
let hole: Image;
let dir: string;
const at = (name: string) => join(dir, name);
const pictures = async (...names: string[]) => {
  for (const [i, name] of names.entries()) await writeImage(at(name), noisePicture(64, 64, i));
};
const masks = async (...names: string[]) => {
  for (const name of names) await writeImage(at(name), hole);
};
/** All files under a folder. */
const filesOf = (name: string) =>
  readdirSync(at(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file).slice(at(name).length + 1))
    .sort();
const fill = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('node', [cli, 'inpaint', ...withFlags(flags, args)], {
    encoding: 'utf8',
    cwd: dir,
  });
  return { status, stdout, stderr };
};
const lines = (text: string) => text.trimEnd().split('\n');

beforeAll(() => {
  const { data } = centreHole(64, 64);
  hole = image(
    64,
    64,
    3,
    Float32Array.from({ length: 3 * data.length }, (_, i) => data[i % data.length]!),
  );
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-folders-'));
});

test('pictures of one stem, and files that are no pictures', async () => {
  await pictures('in/a.jpg', 'in/a.png', 'in/b.TIFF.png');
  await masks('hole.png');
  for (const name of ['._a.png', '.DS_Store', 'Thumbs.db', 'notes.txt']) writeFileSync(at(`in/${name}`), 'x');
  mkdirSync(at('in/more'));
  const { status, stdout, stderr } = fill('in', '--mask', 'hole.png', '--out', 'out');
  expect(lines(stderr)).toEqual([
    "latentfill: passed over 1 file that is no picture (PNG, JPEG, WebP, TIFF, GIF or AVIF), in 'in': notes.txt",
    "latentfill: passed over 1 folder, in 'in': more (--recursive takes the pictures in them too)",
  ]);
  expect(status).toBe(0);
  expect(filesOf('out')).toEqual(['a.jpg.png', 'a.png.png', 'b.TIFF.png']);
  expect(lines(stdout).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
    '1 of 3 · out/a.jpg.png',
    '2 of 3 · out/a.png.png',
    '3 of 3 · out/b.TIFF.png',
  ]);
});

test('a picture without its mask, and one that is damaged, are named at the end; the others are filled', async () => {
  await pictures('in/a.png', 'in/b.png', 'in/c.png', 'in/e\u0301.jpg', 'in/D.png', 'in/z.png');
  await masks('masks/a.png', 'masks/\u00e9.png', 'masks/z_mask.png', 'masks/d.png', 'masks/other.png');
  writeFileSync(at('in/z.png'), 'damaged');
  await writeImage(at('in/D.png'), noisePicture(32, 32, 1));
  const { status, stdout, stderr } = fill('in', '--mask', 'masks', '--out', 'out');
  expect(status).toBe(2);
  expect(filesOf('out')).toEqual(['a.png', 'e\u0301.png']);
  expect(lines(stdout)).toHaveLength(2);
  expect(lines(stderr)).toEqual([
    expect.stringContaining("1 mask belongs to no picture, in 'masks': other.png"),
    'latentfill: the masks of 2 of 6 are missing or unclear, as is told at the end',
    expect.stringMatching(/'in\/b\.png' was not filled: Expected a mask for 'b\.png' in 'masks', got none/),
    expect.stringMatching(/'in\/c\.png' was not filled: Expected a mask for 'c\.png'/),
    expect.stringMatching(/'in\/D\.png' was not filled: Expected .*32×32/),
    expect.stringMatching(/'in\/z\.png' was not filled: Expected an image in .* damaged/),
    'latentfill: Expected to fill every image, got 4 of 6 not filled: see above.',
  ]);
});

test('with one mask for all, the masks beside pictures are no pictures', async () => {
  await pictures('in/a.png', 'in/b_mask.png');
  await masks('in/a_mask.png', 'hole.png');
  const { status, stderr } = fill('in', '--mask', 'hole.png', '--out', 'out');
  expect([status, filesOf('out')]).toEqual([0, ['a.png', 'b_mask.png']]);
  expect(stderr).toMatch(/passed over 1, by their names masks .* which --mask replaces, in 'in': a_mask\.png/);
});

test('a reason that holds for every picture is said once', async () => {
  await pictures('in/a.png', 'in/b.png');
  await masks('masks/x.png');
  const none = fill('in', '--mask', 'masks', '--out', 'out', '--model', 'nowhere'); // seen before a model is looked for
  expect(none.status).toBe(2);
  expect(lines(none.stderr).at(-1)).toMatch(
    /Expected to fill 2 images, got none filled, each for the reason of 'in\/a\.png': Expected a mask for 'a\.png'/,
  );
  expect(none.stderr.match(/Expected a mask/g)).toHaveLength(1);
  await writeImage(at('small.png'), image(8, 8, 3, new Float32Array(192).fill(1)));
  const size = fill('in', '--mask', 'small.png', '--out', 'out');
  expect(size.stderr).toMatch(/^latentfill: Expected to fill 2 images, got none filled, .*64×64 .*8×8[^\n]*\n$/);
  expect(existsSync(at('out'))).toBe(false);
});

test('masks beside their pictures', async () => {
  await pictures('in/1.png', 'in/2.jpg', 'in/theatre_mask.png');
  await masks('in/1_mask.png', 'in/2.mask.png', 'in/theatre_mask_mask.png');
  for (const given of [[], ['--mask', 'in']]) {
    expect(fill('in', '--out', 'out', '--overwrite', ...given)).toMatchObject({ status: 0, stderr: '' });
    expect(filesOf('out')).toEqual(['1.png', '2.png', 'theatre_mask.png']);
  }
});

test('what is missing or in the way is said before a model is looked for', async () => {
  await pictures('in/a.png');
  await masks('hole.png');
  mkdirSync(at('empty'));
  mkdirSync(at('above/below'), { recursive: true });
  const cases: [args: string[], says: RegExp][] = [
    [
      ['nothing-here', '--out', 'folder'],
      /an image or a folder of images at 'nothing-here', got none: check the name\./,
    ],
    [['empty', '--out', 'out'], /Expected images \(PNG, .*\) in 'empty', got none: add some\./],
    [['above', '--out', 'out'], /in 'above', got only folders: give --recursive/],
    [['in', '--out', 'hole.png'], /Expected a folder for --out, got the file 'hole\.png'/],
    [['in', '--out', 'hole.png/out'], /Expected a folder for --out, got the file 'hole\.png'/],
    [['in', '--mask', 'nowhere', '--out', 'out'], /a mask or a folder of masks at 'nowhere', got none/],
    [['in', '--mask', 'hole.png', '--out', 'in', '--overwrite'], /Expected --out that replaces nothing, got 'in'/],
    [['in', '--mask', 'hole.png', '--out', 'out', '--candidates', 'in'], /Expected --candidates that replaces nothing/],
    [['in', '--out', 'out', '--overwrite', '--skip-existing'], /Expected --overwrite or --skip-existing, got both/],
  ];
  for (const [args, says] of cases) {
    const { status, stdout, stderr } = fill(...args, '--model', 'nowhere');
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^latentfill: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  }
  expect(filesOf('.')).toEqual(['hole.png', 'in/a.png']);
});

test('a mask for all that lies among the pictures is none of them', async () => {
  await pictures('in/a.png', 'in/z.png');
  await masks('in/hole.png');
  expect(fill('in', '--mask', 'in/hole.png', '--out', 'out')).toMatchObject({ status: 0, stderr: '' });
  expect(filesOf('out')).toEqual(['a.png', 'z.png']);
});

test('results of an earlier run are kept, passed over or replaced, as is asked', async () => {
  await pictures('in/a.png', 'in/b.png');
  await masks('hole.png');
  const again = (...more: string[]) => fill('in', '--mask', 'hole.png', '--out', 'out', '--candidates', 'all', ...more);
  mkdirSync(at('out'));
  writeFileSync(at('out/a.png'), 'older');
  const refused = again();
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toMatch(/got those of 1 of 2 pictures, such as 'out\/a\.png': .*--skip-existing.*--overwrite/);
  const skipped = again('--skip-existing');
  expect(skipped).toMatchObject({ status: 0, stderr: 'latentfill: skipped 1 of 2: their results are there\n' });
  expect(skipped.stdout).toMatch(/^2 of 2 · out\/b\.png: [^\n]*\n$/);
  expect(readFileSync(at('out/a.png'), 'utf8')).toBe('older');
  expect(again('--skip-existing')).toMatchObject({ status: 0, stdout: '' });
  expect(again('--overwrite').status).toBe(0);
  expect(readFileSync(at('out/a.png'))).toEqual(readFileSync(at('all/a/01.png')));
  rmSync(at('out'), { recursive: true });
  expect(again().stderr).toMatch(/such as 'all\/a\/01\.png'/);
});

const mayMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
test.skipIf(!mayMount)('a full disk ends the command: no later picture is searched in vain', async () => {
  await pictures(...Array.from({ length: 9 }, (_, i) => `in/${i}.png`));
  await masks('hole.png');
  const command = `mount -t tmpfs -o size=32k tmpfs /mnt && node ${cli} inpaint in --mask hole.png --out /mnt ${flags.join(' ')}; echo "exit $?"; ls -A /mnt`;
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', command], { encoding: 'utf8', cwd: dir });
  expect(stdout).toMatch(/^1 of 9 · [^\n]*\n2 of 9 · [^\n]*\nexit 2\n0\.png\n1\.png\n$/);
  expect(stderr).toMatch(/^latentfill: Expected to write '\/mnt\/2\.png', but the disk is full[^\n]*\n$/);
});

test('an input that is a link to an older result is not replaced', async () => {
  await pictures('in/b.png', 'out/a.png');
  await masks('hole.png');
  symlinkSync(at('out/a.png'), at('in/a.png'));
  const { status, stderr } = fill('in', '--mask', 'hole.png', '--out', 'out', '--overwrite');
  expect(status).toBe(2);
  expect(stderr).toMatch(/Expected --out that replaces nothing, got 'out\/a\.png', over 'in\/a\.png'/);
});

test('subfolders: the structure stays; results, candidates and masks in the folder are no pictures; links in a circle', async () => {
  await pictures('in/a.png', 'in/x/a.png', 'in/x/y/b.jpg', 'in/.hidden/c.png', 'in/x/d.png');
  await masks(...['a.png', 'x/a.png', 'x/y/b_mask.png', 'x/d.png'].map((name) => `in/masks/${name}`));
  symlinkSync('.', at('in/x/circle'));
  const run = (...more: string[]) =>
    fill('in', '--mask', 'in/masks', '--out', 'in/out', '--candidates', 'in/all', '--recursive', ...more);
  const first = run();
  expect(first.stderr).toBe("latentfill: passed over 1 link to folders, in 'in': x/circle\n");
  expect(first.status).toBe(0);
  expect(filesOf('in/out')).toEqual(['a.png', 'x/a.png', 'x/d.png', 'x/y/b.png']);
  expect(filesOf('in/all')).toEqual(['a/01.png', 'x/a/01.png', 'x/d/01.png', 'x/y/b/01.png']);
  const second = run('--skip-existing');
  expect(second.stderr).toContain('skipped 4 of 4');
  expect(second.stdout).toBe('');
});

test('Ctrl-C keeps what is done, and a second call goes on from there to the same files', async () => {
  const names = Array.from({ length: 16 }, (_, i) => `${String(i).padStart(2, '0')}.png`);
  await pictures(...names.map((name) => `in/${name}`));
  await masks('hole.png');
  const args = (out: string) => ['in', '--mask', 'hole.png', '--out', out, '--steps', '20'];
  const child = spawn('node', [cli, 'inpaint', ...withFlags(flags, args('out'))], { cwd: dir });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdout.once('data', () => child.kill('SIGINT'));
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(130);
  const done = readdirSync(at('out'));
  expect(stderr).toMatch(/^latentfill: Interrupted: \d+ of 16 are done; go on with --skip-existing\.\n$/);
  expect(done.length).toBeGreaterThan(0);
  expect(done.length).toBeLessThan(16);
  expect(names).toEqual(expect.arrayContaining(done)); // no half-written file beside them
  const rest = fill(...args('out'), '--skip-existing');
  expect(rest.status).toBe(0);
  expect(rest.stderr).toContain(`skipped ${done.length} of 16`);
  expect(lines(rest.stdout)).toHaveLength(16 - done.length);
  expect(fill(...args('whole')).status).toBe(0);
  expect(filesOf('out')).toEqual(names);
  const different = names.filter((name) => !readFileSync(at(`out/${name}`)).equals(readFileSync(at(`whole/${name}`))));
  expect(different).toEqual([]);
}, 60_000);
