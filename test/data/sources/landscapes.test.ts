import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Split } from '../../../src/data/dataset.ts';
import { openDataset } from '../../../src/data/open-dataset.ts';
import { encodePng } from '../../../src/image/image-file.ts';
import { picture } from '../../helpers/pictures.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latentfill-'));
});
afterEach(() => vi.unstubAllEnvs());

/** Photographs of 16×8, the red of each a shade of its own, green from left to right, blue from top to bottom. */
async function fill(place: string, names: readonly string[]) {
  mkdirSync(place, { recursive: true });
  for (const [i, name] of names.entries()) {
    const photograph = picture(16, 8, (x, y, c) => (c === 0 ? i / 255 : c === 1 ? x / 15 : y / 7));
    writeFileSync(join(place, `${name}.jpg`), await encodePng(photograph));
  }
}

const numbered = (scene: string, count: number) => Array.from({ length: count }, (_, i) => `${scene}${i}`);
const names = [...numbered('mountain', 10), ...numbered('snow', 11), ...numbered('beach', 7), 'canyon03'];
const open = (split: Split, source = `landscapes:${folder}`) => openDataset(source, { size: 8, split });

test('squares of each photograph, left to right, whole, above and below; no photograph is in both splits', async () => {
  await fill(folder, [...names, 'mountain10-sfiera', 'city0', 'lava5']);
  const reds: Record<Split, Set<number>> = { train: new Set(), heldout: new Set() };
  const corners = new Map<number, { left: number; top: number; bottom: number }[]>();
  for (const split of ['train', 'heldout'] as const) {
    const dataset = await open(split);
    for (let i = 0; i < dataset.length; i++) {
      const { data } = await dataset.image(i);
      const red = Math.round(data[0]! * 255);
      expect(dataset.photograph!(i)).toBe(names[red]);
      reds[split].add(red);
      const [left, top, bottom] = [data[64]! * 15, data[128]! * 7, data[191]! * 7];
      corners.set(red, [...(corners.get(red) ?? []), { left, top, bottom }]);
      expect(dataset.captions(i)[0]).toContain({ b: 'beach', c: 'canyon', m: 'mountain', s: 'snow' }[names[red]![0]!]);
    }
  }
  expect(reds.heldout.size).toBeGreaterThan(0);
  expect([...reds.train].filter((red) => reds.heldout.has(red))).toEqual([]);
  // All but the pier, and nothing that the copyright file gives another licence.
  expect([...reds.train, ...reds.heldout].map((red) => names[red]).sort()).toEqual(
    names.filter((name) => name !== 'beach0').sort(),
  );
  for (const places of corners.values()) {
    expect(places.slice(0, 7).map(({ left }) => Math.round(left))).toEqual([0, 1, 2, 4, 5, 6, 8]);
    for (const [i, { top, bottom }] of places.entries()) {
      // Resizing draws the outermost pixels a little inwards, a 70 % square being of 5 pixels.
      expect(top, `${i}`).toBeCloseTo(i < 14 ? 0 : 3, 0);
      expect(bottom, `${i}`).toBeCloseTo(i >= 7 && i < 14 ? 4 : 7, 0);
    }
    expect(places).toHaveLength(21);
  }
});

test('the photographs are found where the two commands put them, and the commands are told', async () => {
  vi.stubEnv('XDG_CACHE_HOME', folder);
  const unpacked = join(folder, 'latentfill/landscapes');
  await expect(open('train', 'landscapes:/nowhere')).rejects.toThrow(
    `run 'apt-get download endless-sky-data' and 'dpkg-deb -x endless-sky-data_*.deb ${unpacked}'`,
  );
  await fill(join(unpacked, 'usr/share/games/endless-sky/images/land'), names);
  expect((await open('train', 'landscapes')).name).toBe('landscapes');
  expect((await open('train', `landscapes:${unpacked}`)).length).toBeGreaterThan(21 * 20);
  await expect(open('train')).rejects.toThrow(/got none of them/);
});

test('a damaged photograph is named', async () => {
  await fill(folder, names);
  writeFileSync(join(folder, 'mountain1.jpg'), 'no');
  const outcomes = await Promise.all(
    (['train', 'heldout'] as const).map(async (split) => {
      const dataset = await open(split);
      return Promise.allSettled(Array.from({ length: dataset.length }, (_, i) => dataset.image(i)));
    }),
  );
  const failed = outcomes.flat().filter((outcome) => outcome.status === 'rejected');
  expect(failed.length).toBe(21);
  expect(failed[0]!.reason).toMatchObject({
    name: 'LatentfillError',
    message: expect.stringContaining('mountain1.jpg'),
  });
});
