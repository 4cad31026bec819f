/** `latentfill inpaint` with a model of faces: the face is found, or its points are given. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { image, mask } from '../../src/image/image.ts';
import { readImage, writeImage } from '../../src/image/image-file.ts';
import { cutTurned } from '../../src/image/turned.ts';
import * as networks from '../helpers/networks.ts';
import { rectangle } from '../helpers/pictures.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
let dir: string;
const at = (name: string) => join(dir, name);
const run = (...args: string[]) => spawnSync('node', [cli, ...args], { encoding: 'utf8', cwd: dir });
const fill = (...more: string[]) =>
  run('inpaint', 'face.png', '--out', 'out.png', '--steps', '5', '--restarts', '1', '--screen', '8', ...more);

const drawMask = (name: string, hole: readonly [number, number, number, number]) => {
  const { data } = rectangle(288, 288, hole);
  return writeImage(at(name), image(288, 288, 3, Float32Array.from([...data, ...data, ...data])));
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-align-'));
  writeFileSync(at('g.onnx'), networks.torchGenerator());
  const from = ['import', '--generator', 'g.onnx', '--latent', 'normal', '--range', '-1..1'];
  expect(run(...from, '--out', 'faces', '--faces', 'ffhq').status).toBe(0);
  expect(run(...from, '--out', 'plain').status).toBe(0);
  const { image: photograph } = await readImage(join(import.meta.dirname, '../faces/photographs/astronaut.jpg'));
  await writeImage(at('face.png'), photograph);
  await drawMask('mouth.png', [118, 130, 55, 26]);
  await drawMask('corner.png', [2, 270, 12, 12]);
});

test('the face is found, told, and what is not missing keeps its bytes', async () => {
  const { status, stdout, stderr } = fill('--mask', 'mouth.png', '--model', 'faces', '--json');
  expect([status, stderr]).toEqual([0, '']);
  const { face, views } = JSON.parse(stdout);
  expect(face).toHaveLength(5);
  expect(Math.hypot(face[0][0] - 122, face[0][1] - 101)).toBeLessThan(8);
  expect(Math.abs(views[0].box.angle)).toBeLessThan(0.15);
  expect(views[0].box.width).toBeGreaterThan(150);
  const [{ image: before }, { image: after }] = [await readImage(at('face.png')), await readImage(at('out.png'))];
  const { data: hole } = rectangle(288, 288, [118, 130, 55, 26]);
  expect(after.data.every((v, i) => hole[i % hole.length] === 1 || v === before.data[i])).toBe(true);
  expect(fill('--mask', 'mouth.png', '--model', 'faces').stdout).toMatch(
    /face at \(1\d\d, 1\d\d\) seen at 1\d\d×1\d\d, turned by -?\d°/,
  );
});

test('points that are given are taken, and none leaves the face as it lies', () => {
  const points = '122,101 167,103 144,126 125,143 162,144';
  const given = JSON.parse(fill('--mask', 'mouth.png', '--model', 'faces', '--json', '--align', points).stdout);
  expect(given.face).toEqual([
    [122, 101],
    [167, 103],
    [144, 126],
    [125, 143],
    [162, 144],
  ]);
  const four = JSON.parse(
    fill('--mask', 'mouth.png', '--model', 'faces', '--json', '--align', '122,101,167,103,125,143,162,144').stdout,
  );
  expect(four.views).toEqual(given.views.map(({ box }: { box: unknown }) => expect.objectContaining({ box })));
  const none = JSON.parse(fill('--mask', 'mouth.png', '--model', 'faces', '--json', '--align', 'none').stdout);
  expect(none.face).toBeUndefined();
  expect(none.views[0].box.angle).toBeUndefined();
});

test('a hole elsewhere is filled as it lies, and that is said', () => {
  const { status, stderr, stdout } = fill('--mask', 'corner.png', '--model', 'faces', '--json');
  expect(status).toBe(0);
  expect(stderr).toMatch(/'face.png': the hole hides no face that was found/);
  expect(JSON.parse(stdout).face).toBeUndefined();
});

test('what cannot be aligned is refused, with what to do', async () => {
  const points = '122,101,167,103,144,126,125,143,162,144';
  const refused = (sentence: RegExp, ...args: string[]) =>
    expect(fill(...args)).toMatchObject({ status: 2, stderr: expect.stringMatching(sentence) });
  refused(/Expected --align none, or x and y of five points .* got '1,2'/, '--mask', 'mouth.png', '--align', '1,2');
  refused(/whose card says how its faces lie/, '--mask', 'mouth.png', '--model', 'plain', '--align', points);
  refused(/hole to lie mostly in the square/, '--mask', 'corner.png', '--model', 'faces', '--align', points);
  await writeImage(at('flat.png'), image(288, 288, 3, new Float32Array(3 * 288 ** 2).fill(0.5)));
  const flat = run('inpaint', 'flat.png', '--mask', 'mouth.png', '--model', 'faces', '--out', 'out.png');
  expect(flat).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/Expected a face .* --align x,y.* --align none/),
  });
});

test('of a folder, each picture’s own face is found', async () => {
  mkdirSync(at('in'));
  for (const name of ['a', 'b']) {
    cpSync(at('face.png'), at(`in/${name}.png`));
    cpSync(at('mouth.png'), at(`in/${name}_mask.png`));
  }
  const { image: photograph } = await readImage(at('face.png'));
  // Turned by 40° about the nose, which comes to lie in the middle.
  const square = { x: 0, y: -18, width: 288, height: 288, angle: (-40 * Math.PI) / 180 };
  const turned = cutTurned(photograph, mask(288, 288), square, 288).image;
  await writeImage(at('in/b.png'), turned);
  await drawMask('in/b_mask.png', [110, 136, 45, 42]);
  const quick = ['--model', 'faces', '--steps', '5', '--restarts', '1', '--screen', '8'];
  const { status, stdout } = run('inpaint', 'in', '--out', 'out', '--json', ...quick);
  expect(status).toBe(0);
  const angles = stdout
    .trim()
    .split('\n')
    .map((line) => Math.abs(JSON.parse(line).views[0].box.angle));
  expect(angles[0]).toBeLessThan(0.15);
  expect(Math.abs(angles[1]! - (40 * Math.PI) / 180)).toBeLessThan(0.15);
  const points = '122,101,167,103,144,126,125,143,162,144';
  expect(run('inpaint', 'in', '--out', 'out2', ...quick, '--align', points)).toMatchObject({
    ...{ status: 2, stderr: expect.stringMatching(/points after --align for one picture, got them for a folder/) },
  });
});
