import { expect, test } from 'vitest';
import { openDataset } from '../../../src/data/open-dataset.ts';
import { describeToon, type ToonAttributes } from '../../../src/data/sources/toon-caption.ts';

const open = (split: 'train' | 'heldout', count?: number) => openDataset('toon', { size: 64, split, count });

test('a face is the same whenever it is drawn, and splits share none', async () => {
  const [train, again, heldout] = [await open('train'), await open('train', 5), await open('heldout')];
  expect([train.length, again.length, heldout.length]).toEqual([30_000, 5, 1_000]);
  for (const i of [0, 1, 4]) {
    const { data } = await train.image(i);
    expect(data).toEqual((await again.image(i)).data);
    expect(data).not.toEqual((await heldout.image(i)).data);
    expect(data.length).toBe(3 * 64 * 64);
    expect(Math.max(...data)).toBeLessThanOrEqual(1);
    expect(Math.min(...data)).toBeGreaterThanOrEqual(0);
  }
});

test('neighbouring faces have no more in common than chance: seeds are hashed', async () => {
  const faces = await open('train');
  const attributes = Array.from({ length: 301 }, (_, i) => faces.attributes!(i));
  const agreement = (key: string) =>
    attributes.slice(1).filter((face, i) => face[key] === attributes[i]![key]).length / 300;
  for (const [key, choices] of [
    ['hair', 4],
    ['eyes', 5],
    ['mouth', 5],
    ['clothes', 5],
  ] as const) {
    expect(Math.abs(agreement(key) - 1 / choices)).toBeLessThan(0.1);
  }
});

test('what an attribute says is in the picture: the clothes have their colour', async () => {
  const faces = await open('train');
  for (let i = 0; i < 10; i++) {
    const { clothesColor } = faces.attributes!(i);
    const wanted = [1, 3, 5].map((at) => Number.parseInt(clothesColor!.slice(at, at + 2), 16) / 255);
    const { data } = await faces.image(i);
    const bottom = Array.from({ length: 4 * 64 }, (_, p) => 60 * 64 + p);
    const near = bottom.some((p) => wanted.every((v, c) => Math.abs(data[c * 4096 + p]! - v) < 0.05));
    expect(near).toBe(true);
  }
});

test('attributes are the visible ones, and present means drawn', async () => {
  const faces = await open('train', 400);
  const all = Array.from({ length: 400 }, (_, i) => faces.attributes!(i));
  for (const face of all) {
    for (const [key, value] of Object.entries(face)) {
      expect(key).not.toMatch(/background|body|head/i);
      expect(value).toMatch(key.endsWith('Color') ? /^#[0-9a-f]{6}$/ : /^[a-zA-Z]+$/);
    }
  }
  const share = (key: string) => all.filter((face) => key in face).length / all.length;
  expect(Math.abs(share('beard') - 0.3)).toBeLessThan(0.08);
  expect(Math.abs(share('rearHair') - 0.5)).toBeLessThan(0.08);

  // The mouth and chin of dark-skinned, blond faces are dark unless a full beard covers them.
  const blond = async (wanted: string | undefined) => {
    const large = await open('train', 20_000);
    for (let i = 0; ; i++) {
      const { beard, skinColor, hairColor, rearHair } = large.attributes!(i);
      if (beard === wanted && skinColor === '#5c3829' && hairColor === '#d6b370' && !rearHair) return large.image(i);
    }
  };
  const chin = async (wanted: string | undefined) => (await blond(wanted)).data[47 * 64 + 27]!;
  expect(await chin('fullBeard')).toBeGreaterThan((await chin(undefined)) + 0.2);
});

test('a caption names every attribute of the face', () => {
  const face = {
    hair: 'spiky',
    rearHair: 'longWavy',
    beard: 'fullBeard',
    eyes: 'wide',
    eyebrows: 'sad',
    mouth: 'smile',
    clothes: 'openJacket',
    hairColor: '#a55728',
    skinColor: '#5c3829',
    clothesColor: '#f97316',
  };
  expect(describeToon(face)).toBe(
    'a person with dark skin, spiky red hair with the back in long waves, a full beard, wide eyes and sad eyebrows, smiling, in an orange open jacket',
  );
  const { beard: _, rearHair: __, ...plain } = face;
  expect(describeToon({ ...plain, hair: 'bun', clothes: 'shirt', clothesColor: '#147f3c' })).toBe(
    'a clean-shaven person with dark skin, red hair in a bun with the back cut short, wide eyes and sad eyebrows, smiling, in a green sweater over a pale shirt',
  );
});

test('a caption may name a part', async () => {
  const faces = await open('heldout');
  const face = faces.attributes!(0) as unknown as ToonAttributes;
  expect(describeToon({ ...face, hairColor: '#a55728', clothesColor: '#147f3c' }, ['hairColor', 'clothesColor'])).toBe(
    'a person with red hair, in green',
  );
  expect(describeToon({ ...face, clothes: 'openJacket' }, ['clothes'])).toBe('a person, in an open jacket');
});

test('captions are English, and faces that differ in an attribute differ in their caption', async () => {
  const faces = await open('heldout');
  const seen = new Map<string, string>();
  for (let i = 0; i < 1000; i++) {
    const [caption, ...partial] = faces.captions(i);
    for (const each of [caption, ...partial]) {
      expect(each).not.toMatch(/undefined|[#*]|[A-Z](?!-shirt)|\b(\w+) \1\b| {2}| ,|\ba [aeiou]|with,|with$/);
    }
    const attributes = JSON.stringify(faces.attributes!(i));
    expect(seen.get(caption!) ?? attributes).toBe(attributes);
    seen.set(caption!, attributes);
  }
});
