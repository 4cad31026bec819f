import { expect, test } from 'vitest';
import { openDataset } from '../../src/data/open.ts';
import { describeToon } from '../../src/data/toon-caption.ts';

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
    'a person with dark skin, red hair in a bun, wide eyes and sad eyebrows, smiling, in a green sweater over a pale shirt',
  );
});

test('a caption of some attributes names those and no others', () => {
  const face = {
    ...{ hair: 'bun', beard: 'chin', eyes: 'wide', eyebrows: 'sad', mouth: 'smile', clothes: 'tShirt' },
    ...{ hairColor: '#a55728', skinColor: '#5c3829', clothesColor: '#147f3c' },
  };
  for (const [named, caption] of [
    [['hairColor', 'clothes', 'clothesColor'], 'a person with red hair in a green T-shirt'],
    [['hair', 'clothesColor'], 'a person with hair in a bun, in green'],
    [['clothesColor'], 'a person in green'],
    [['mouth', 'clothes'], 'a person, smiling, in a T-shirt'],
    [['beard', 'skinColor', 'eyes'], 'a person with dark skin, a chin beard and wide eyes'],
    [['hairColor', 'rearHair'], 'a person with red hair'],
  ] as const) {
    expect(describeToon(face, named)).toBe(caption);
  }
});

test('after its full caption a face has five that name fewer attributes, in words of the full ones', async () => {
  const [faces, again, heldout] = [await open('train', 600), await open('train', 600), await open('heldout', 600)];
  const all = Array.from({ length: 600 }, (_, i) => faces.captions(i));
  const known = new Set(all.flatMap(([full]) => full!.split(/[ ,]+/)));
  const lengths = all.flatMap(([full, ...partial]) => {
    expect(partial.length).toBe(5);
    for (const caption of partial) {
      expect(caption).not.toMatch(/undefined|[#*]|[A-Z](?!-shirt)|\b(\w+) \1\b| {2}| ,/);
      expect(caption.split(/[ ,]+/).filter((word) => !known.has(word))).toEqual([]);
      expect(caption.length).toBeLessThan(full!.length);
    }
    return partial.map((caption) => caption.split(' ').length);
  });
  expect(Math.min(...lengths)).toBeLessThan(5);
  expect(Math.max(...lengths)).toBeGreaterThan(15);
  expect(again.captions(7)).toEqual(all[7]);
  expect(heldout.captions(7)).not.toEqual(all[7]);
  // Each attribute is named about as often as another: 3 of about 10 are, on average.
  const share = all.filter((captions) =>
    captions.slice(1).some((caption) => /turtleneck|jacket|dress|shirt/.test(caption)),
  );
  expect(share.length / 600).toBeGreaterThan(0.7);
});

test('captions are English, and faces that differ in an attribute differ in their caption', async () => {
  const faces = await open('heldout');
  const seen = new Map<string, string>();
  for (let i = 0; i < 1000; i++) {
    const [caption] = faces.captions(i);
    expect(caption).not.toMatch(/undefined|[#*]|[A-Z](?!-shirt)|\b(\w+) \1\b| {2}| ,/);
    const attributes = JSON.stringify(faces.attributes!(i));
    expect(seen.get(caption!) ?? attributes).toBe(attributes);
    seen.set(caption!, attributes);
  }
});
