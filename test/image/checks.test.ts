import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LatentfillError } from '../../src/base/errors.ts';
import { random } from '../../src/base/random.ts';
import { centreHole, halfHole, randomHole, strokeHole } from '../../src/image/holes.ts';
import { checkImage, type Image, image, type Mask, mask } from '../../src/image/image.ts';
import { encodePng, writeImage } from '../../src/image/image-file.ts';
import { checkMask, holeFraction, invertMask } from '../../src/image/mask.ts';
import { pixelsOf } from '../../src/image/pixels.ts';
import { harmonicFill, poissonBlend } from '../../src/image/poisson.ts';
import { resizeImage, resizeMask } from '../../src/image/resize.ts';
import { encodeJpeg, mosaic } from '../../src/report/inline.ts';
import { drawSheet } from '../../src/report/sheet.ts';
import { noisePicture } from '../helpers/pictures.ts';

const fine = noisePicture(6, 5, 1);
const hole = centreHole(6, 5);
const at = (data: Float32Array, i: number, value: number) => data.map((v, k) => (k === i ? value : v));

const badImages: readonly [string, unknown, string][] = [
  ['nothing', undefined, 'to have width, height, channels and data, got undefined: give all of them.'],
  ['NaN', { ...fine, data: at(fine.data, 30 + 8, Number.NaN) }, 'got NaN at pixel (2, 1): scale or clamp them first.'],
  [
    'an infinite value',
    { ...fine, data: at(fine.data, 0, Number.POSITIVE_INFINITY) },
    'got Infinity at pixel (0, 0): ',
  ],
  ['bytes as floats', { ...fine, data: fine.data.map((v) => v * 255) }, 'Expected values from 0 to 1 in '],
  ['just below 0', { ...fine, data: at(fine.data, 89, -1e-30) }, 'e-30 at pixel (5, 4): '],
  ['just above 1', { ...fine, data: at(fine.data, 88, 1 + 2 ** -23) }, 'got 1.0000001192092896 at pixel (4, 4): '],
  ['a value left out', { ...fine, data: fine.data.subarray(1) }, '6×5×3 = 90 values in the data of '],
  ['a width of 6.5', { ...fine, width: 6.5 }, 'to be a positive whole number of pixels, got 6.5: '],
  ['a height below 0', { ...fine, width: -6, height: -5 }, 'to be a positive whole number of pixels, got -6: '],
  ['no pixel', { ...fine, width: 0, data: new Float32Array(0) }, 'to be a positive whole number of pixels, got 0: '],
  [
    'a width in words',
    { ...fine, width: '6' },
    'to be a positive whole number of pixels, got a value of the kind String: ',
  ],
  ['four channels', { ...fine, channels: 4, data: new Float32Array(120) }, 'or 3 (RGB), got 4: '],
  ['an array', { ...fine, data: [...fine.data] }, 'to be a Float32Array, got a value of the kind Array: '],
  [
    'bytes',
    { ...fine, data: new Uint8ClampedArray(90) },
    'to be a Float32Array, got a value of the kind Uint8ClampedArray: ',
  ],
  ['doubles', { ...fine, data: new Float64Array(90) }, 'to be a Float32Array, got a value of the kind Float64Array: '],
];

const badMasks: readonly [string, unknown, string][] = [
  ['null', null, 'to have width, height and data, got null: '],
  ['−1', { ...hole, data: at(hole.data, 7, -1) }, 'got -1 at pixel (1, 1): '],
  ['2', { ...hole, data: at(hole.data, 29, 2) }, 'got 2 at pixel (5, 4): '],
  ['NaN', { ...hole, data: at(hole.data, 3, Number.NaN) }, 'got NaN at pixel (3, 0): '],
  ['a value too many', { ...hole, data: new Float32Array(31) }, '6×5 = 30 values in the data of the mask, got 31: '],
  ['a height that is no number', { ...hole, height: Number.NaN }, 'to be a positive whole number of pixels, got NaN: '],
  [
    'an array of truths',
    { ...hole, data: [...hole.data].map(Boolean) },
    'to be a Float32Array, got a value of the kind Array: ',
  ],
];

const takeImages: Readonly<Record<string, (bad: Image) => unknown>> = {
  checkImage,
  'poissonBlend, the target': (bad) => poissonBlend(bad, fine, hole),
  'poissonBlend, the source': (bad) => poissonBlend(fine, bad, hole),
  harmonicFill: (bad) => harmonicFill(bad, hole),
  resizeImage: (bad) => resizeImage(bad, 3, 3),
  'resizeImage to its own size': (bad) => resizeImage(bad, 6, 5),
  pixelsOf,
  encodePng,
  encodeJpeg,
  writeImage: (bad) => writeImage(join(tmpdir(), 'latentfill-never-written.png'), bad),
  mosaic: (bad) => mosaic([fine, bad], 2),
  drawSheet: (bad) => drawSheet({ rows: [{ images: [fine, bad] }] }),
};

const takeMasks: Readonly<Record<string, (bad: Mask) => unknown>> = {
  checkMask: (bad) => checkMask(bad, fine),
  poissonBlend: (bad) => poissonBlend(fine, fine, bad),
  harmonicFill: (bad) => harmonicFill(fine, bad),
  resizeMask: (bad) => resizeMask(bad, 3, 3),
  'resizeMask to its own size': (bad) => resizeMask(bad, 6, 5),
  holeFraction,
  invertMask,
};

/** The error of a call that throws, or whose promise is rejected. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function expectSentence(call: () => unknown, part: string): Promise<void> {
  const error = await errorOf(call);
  expect(error).toBeInstanceOf(LatentfillError);
  expect((error as Error).message).toContain(part);
  expect((error as Error).message).toMatch(/^Expected .*, got .*: .*\.$/);
  expect((error as Error).message).not.toContain('--');
}

test.each(Object.entries(takeImages))('%s tells what is wrong with an image', async (_name, take) => {
  for (const [, bad, part] of badImages) await expectSentence(() => take(bad as Image), part);
});

test.each(Object.entries(takeMasks))('%s tells what is wrong with a mask', async (_name, take) => {
  for (const [, bad, part] of badMasks) await expectSentence(() => take(bad as Mask), part);
});

test('masks that may be left out are looked at when they are there', async () => {
  const message = 'got 2 at pixel (5, 4): ';
  const bad = { ...hole, data: at(hole.data, 29, 2) };
  await expectSentence(() => pixelsOf(fine, bad), message);
  await expectSentence(() => encodePng(fine, bad.data), message);
  await expectSentence(() => encodePng(fine, new Float32Array(29)), '6×5 = 30 values in the data of the transparency');
});

test('image() and mask() take what an image or a mask has, and no other sides, channels or data', async () => {
  await expectSentence(() => image(Number.NaN, 2, 3), 'the width of the image');
  await expectSentence(() => image(2, -1, 3), 'the height of the image');
  await expectSentence(() => image(2, 2, 2), 'or 3 (RGB), got 2: ');
  await expectSentence(
    () => image(2, 2, 3, new Float32Array(11)),
    '2×2×3 = 12 values in the data of the image, got 11: ',
  );
  await expectSentence(
    () => image(2, 2, 1, [0, 0, 0, 0] as unknown as Float32Array),
    'got a value of the kind Array: ',
  );
  await expectSentence(() => mask(2.5, 2), 'the width of the mask');
  await expectSentence(() => mask(2, Number.POSITIVE_INFINITY), 'the height of the mask');
  await expectSentence(() => mask(2, 2, new Float32Array(3)), '2×2 = 4 values in the data of the mask, got 3: ');
});

test('sizes and shares that no hole or picture can have are told', async () => {
  const rng = random(1);
  for (const size of [0, -3, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const part = `the width of the mask to be a positive whole number of pixels, got ${size}: `;
    for (const make of [
      () => centreHole(size, 4),
      () => halfHole(size, 4, 'left'),
      () => randomHole(size, 4, 0.5, rng),
      () => strokeHole(size, 4, rng),
    ])
      await expectSentence(make, part);
    await expectSentence(() => resizeImage(fine, size, 4), `the width of the resized image`);
    await expectSentence(() => resizeMask(hole, 4, size), `the height of the resized mask`);
  }
  for (const share of [Number.NaN, -0.1, 80])
    await expectSentence(() => randomHole(4, 4, share, rng), `got ${share}: `);
});

test('pictures laid out without a gap have one size', async () => {
  await expectSentence(
    () => mosaic([fine, noisePicture(5, 6, 1)], 2),
    '6×5×3 like the first to lay out, got one of 5×6×3: ',
  );
});

test('the ends of the range, −0 and pictures that lie within a larger buffer are fine', () => {
  const buffer = new Float32Array(7).fill(7);
  buffer.set([0, -0, 1, 0.5, 2 ** -149], 1);
  expect(() => checkImage(image(5, 1, 1, buffer.subarray(1, 6)))).not.toThrow();
  expect(() => checkImage(image(6, 1, 1, buffer.subarray(1)))).toThrow(/got 7 at pixel \(5, 0\)/);
  for (const at of [0, 1, 2, 3, 4]) {
    const data = new Float32Array(5);
    data[at] = 1.5;
    expect(() => checkImage(image(5, 1, 1, data))).toThrow(`got 1.5 at pixel (${at}, 0)`);
  }
});

test('how a mask is turned round is told in the words of who asks', () => {
  expect(() => checkMask(mask(6, 5), fine, "the mask 'm.png'", 'press the switch')).toThrow(
    "Expected a hole (white, 1) in the mask 'm.png', got none: paint it white, or press the switch.",
  );
});

test('resizing keeps values within the range, also where it overshoots', () => {
  const steps = image(
    8,
    8,
    1,
    Float32Array.from({ length: 64 }, (_, i) => (i + (i >> 3)) & 1),
  );
  for (const size of [3, 7, 9, 31]) expect(() => checkImage(resizeImage(steps, size, size + 2))).not.toThrow();
  for (const size of [3, 7, 9, 31]) expect(() => invertMask(resizeMask(hole, size, size + 2))).not.toThrow();
});
