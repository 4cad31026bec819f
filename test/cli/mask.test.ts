/** Masks and transparency through the built command, as a user runs it. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, test } from 'vitest';
import { blurred, inRectangle, photograph, pixelsOf, type Rgba, truth } from '../helpers/masks.ts';

const cli = join(import.meta.dirname, '../../dist/cli/main.js');
const SIDE = 64;
const isHole = inRectangle(SIDE);
const hole = truth(SIDE, isHole);
const photo = photograph(SIDE);
let dir: string;

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('node', [cli, ...args], { encoding: 'utf8', cwd: dir });
  return { status, stdout, stderr };
};
const at = (name: string) => join(dir, name);
const save = (name: string, rgba: (x: number, y: number) => Rgba) => {
  const made = sharp(pixelsOf(SIDE, rgba).data, { raw: { width: SIDE, height: SIDE, channels: 4 } });
  return (name.endsWith('.webp') ? made.webp({ lossless: true, exact: true }) : made.png()).toFile(at(name));
};
const bytesOf = async (name: string) => new Uint8Array(await sharp(at(name)).ensureAlpha().raw().toBuffer());
const fill = (picture: string, out: string, ...more: string[]) =>
  run('inpaint', picture, '--out', out, '--steps', '2', '--restarts', '1', '--screen', '16', ...more);
const onBlack = (x: number, y: number): Rgba => (isHole(x, y) ? [255, 0, 0, 255] : [0, 0, 0, 255]);

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'latentfill-mask-'));
  await save('photo.png', photo);
  await save('red.png', onBlack);
  await save('white.png', (x, y) => (isHole(x, y) ? [255, 255, 255, 255] : [0, 0, 0, 255]));
});

describe('inpaint', () => {
  test('tells how a mask was understood, in words and as JSON', async () => {
    const plain = fill('photo.png', 'a.png', '--mask', 'white.png', '--json');
    expect(plain.stderr).toBe('');
    expect(JSON.parse(plain.stdout).mask).toEqual({ from: 'luma', note: null, hole: expect.closeTo(0.0742, 4) });
    const { status, stdout, stderr } = fill('photo.png', 'b.png', '--mask', 'red.png', '--json');
    expect(status).toBe(0);
    expect(stderr).toBe('latentfill: red.png: what is not black taken as the hole (7.4 % of the picture).\n');
    expect(JSON.parse(stdout).mask.note).toBe('what is not black taken as the hole (7.4 % of the picture)');
    expect(await bytesOf('b.png')).toEqual(await bytesOf('a.png')); // the same hole
    const asked = fill('photo.png', 'c.png', '--mask', 'red.png', '--mask-from', 'luma');
    expect(asked.stderr).toMatch(/red\.png: its two values 0 and 76 taken as black and white/);
  });

  test('of a folder with one mask, the note comes once', async () => {
    mkdirSync(at('in'));
    for (const name of ['a', 'b']) await save(`in/${name}.png`, photo);
    const { status, stderr } = fill('in', 'out', '--mask', 'red.png');
    expect(status).toBe(0);
    expect(stderr.match(/red\.png/g)).toHaveLength(1);
  });

  test.each(['png', 'webp'])(
    'a transparent hole with its mask is filled visibly; %s keeps all bytes elsewhere',
    async (kind) => {
      // A hole without colours, and a half transparent corner and a clear one with colours, outside of the mask.
      await save(`cut.${kind}`, (x, y) => {
        if (isHole(x, y)) return [0, 0, 0, 0];
        const [r, g, b] = photo(x, y);
        return [r, g, b, x < 8 && y < 8 ? 100 : x > 56 && y > 56 ? 0 : 255];
      });
      expect(fill(`cut.${kind}`, `out.${kind}`, '--mask', 'white.png').status).toBe(0);
      const [before, after] = [await bytesOf(`cut.${kind}`), await bytesOf(`out.${kind}`)];
      for (let i = 0; i < hole.length; i++) {
        const [old, now] = [before.subarray(4 * i, 4 * i + 4), after.subarray(4 * i, 4 * i + 4)];
        if (hole[i] === 0) expect(now).toEqual(old);
        else expect(now[3]).toBe(255);
      }
    },
  );

  test('the model sees a transparent picture on white, whatever the colours under it', async () => {
    const clear =
      (rgb: readonly [number, number, number]) =>
      (x: number, y: number): Rgba => {
        const [r, g, b] = photo(x, y);
        return y > 40 ? [...rgb, 0] : [r, g, b, 255];
      };
    await save('black.png', clear([0, 0, 0]));
    await save('white-below.png', clear([255, 255, 255]));
    fill('black.png', 'a.png', '--mask', 'white.png');
    fill('white-below.png', 'b.png', '--mask', 'white.png');
    const [a, b] = [await bytesOf('a.png'), await bytesOf('b.png')];
    hole.forEach((m, i) => {
      if (m === 1) expect(a.subarray(4 * i, 4 * i + 4)).toEqual(b.subarray(4 * i, 4 * i + 4));
    });
  });

  test('a soft eraser without a mask: its edge is filled in full, and the result is opaque', async () => {
    const soft = blurred(hole, SIDE, 2);
    await save('erased.png', (x, y) => {
      const [r, g, b] = photo(x, y);
      return [r, g, b, Math.max(0, Math.round(255 - 1.3 * 255 * soft[y * SIDE + x]!))];
    });
    const { stderr, stdout } = fill('erased.png', 'out.png', '--json');
    expect(stderr).toBe('latentfill: erased.png: soft edges filled in full.\n');
    expect(JSON.parse(stdout).mask.from).toBe('alpha');
    const [before, after] = [await bytesOf('erased.png'), await bytesOf('out.png')];
    for (let i = 0; i < hole.length; i++) {
      expect(after[4 * i + 3]).toBe(255);
      if (before[4 * i + 3] === 255)
        expect(after.subarray(4 * i, 4 * i + 3)).toEqual(before.subarray(4 * i, 4 * i + 3));
    }
  });

  test('what a result does not keep is said once', async () => {
    const deep = Uint16Array.from({ length: 3 * SIDE * SIDE }, (_, i) => (i * 977) % 65536);
    mkdirSync(at('in'));
    for (const name of ['a', 'b']) {
      await sharp(deep, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .toColourspace('rgb16')
        .png()
        .toFile(at(`in/${name}.png`));
    }
    const { stderr } = fill('in', 'out', '--mask', 'white.png');
    expect(stderr).toMatch(/^latentfill: 'in\/a\.png' has more than 8 bits a channel, results have 8\.\n$/);
    expect(fill('photo.png', 'out.jpg', '--mask', 'white.png').stderr).toMatch(
      /^latentfill: a JPEG result is encoded anew [^\n]*\n$/,
    );
    await sharp(at('photo.png')).toColourspace('srgb').withIccProfile('p3').png().toFile(at('p3.png'));
    expect(fill('p3.png', 'p3-out.png', '--mask', 'white.png').stderr).toMatch(
      /the colours of 'p3\.png' are not in sRGB/,
    );
  });
});

describe('mask', () => {
  test('writes the picture with its hole marked, and says how much it is', async () => {
    const { status, stdout, stderr } = run('mask', 'photo.png', 'red.png', '--out', 'overlay.png');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^latentfill: red\.png: what is not black taken as the hole/);
    expect(stdout).toMatch(/^red\.png: 7\.4 % of the picture, in 1 piece, 19×16 pixels from \(20, 16\) of 64×64\n/);
    const { width, height } = await sharp(at('overlay.png')).metadata();
    expect([width, height]).toEqual([512, 512]);
    const [marked, original] = [await bytesOf('overlay.png'), await bytesOf('photo.png')];
    for (const [x, y] of [
      [2, 2],
      [60, 60],
      [30, 20],
    ] as const) {
      const from = 4 * (y * SIDE + x);
      const to = 4 * ((8 * y + 4) * 512 + 8 * x + 4);
      const isSame = marked.subarray(to, to + 4).every((v, c) => v === original[from + c]);
      expect(isSame).toBe(!isHole(x, y));
    }
  });

  test('JSON, a mask inverted, and a picture that has its own hole', async () => {
    const told = JSON.parse(run('mask', 'photo.png', 'white.png', '--out', 'o.png', '--invert-mask', '--json').stdout);
    expect(told).toMatchObject({ pieces: 1, box: { x: 0, y: 0, width: 64, height: 64 }, out: 'o.png' });
    expect(told.mask).toEqual({ from: 'luma', note: null, hole: expect.closeTo(1 - 0.0742, 4) });
    await save('cut.png', (x, y) => (isHole(x, y) ? [0, 0, 0, 0] : photo(x, y)));
    const own = run('mask', 'cut.png', '--out', 'own.png');
    expect(own.stdout).toMatch(/^cut\.png: the hole is what is transparent: 7\.4 % of the picture, in 1 piece/);
    expect(own.stderr).toBe('');
  });

  test('refuses what may mean two things, and names the flags that decide', async () => {
    await save('half.png', (x) => [0, 0, 0, x < 32 ? 255 : 0]);
    const { status, stderr } = run('mask', 'photo.png', 'half.png', '--out', 'o.png');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^latentfill: Expected the mask 'half\.png' to have one meaning, .* set --mask-from to 'alpha' for the first or to 'colour' for the second\.\n$/,
    );
    expect(existsSync(at('o.png'))).toBe(false);
    const decided = run('mask', 'photo.png', 'half.png', '--out', 'o.png', '--mask-from', 'colour', '--json');
    expect(JSON.parse(decided.stdout).box).toEqual({ x: 0, y: 0, width: 32, height: 64 });
  });

  test('needs a mask, replaces nothing, takes each flag once', () => {
    expect(run('mask', 'photo.png', '--out', 'o.png').stderr).toMatch(
      /Expected a mask for 'photo\.png', got none: give one/,
    );
    expect(run('mask', 'photo.png', '--out', 'o.png', '--mask-from', 'luma').stderr).toMatch(
      /Expected a mask with --mask-from luma/,
    );
    expect(run('mask', 'photo.png', 'white.png', '--out', 'white.png').stderr).toMatch(/replaces nothing/);
    const twice = run('mask', 'photo.png', 'white.png', '--out', 'o.png', '--out=p.png');
    expect(twice).toMatchObject({ status: 2, stderr: expect.stringMatching(/Expected --out once, got it twice/) });
  });
});
