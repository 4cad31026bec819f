import { expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { strokeHole } from '../../src/image/holes.ts';
import { image, type Mask, mask } from '../../src/image/image.ts';
import { inpaint } from '../../src/inpaint/inpainter.ts';
import { resolveOptions } from '../../src/inpaint/options.ts';
import { viewOf } from '../../src/inpaint/view.ts';
import { noisePicture, tinyModel } from '../helpers/pictures.ts';

const model = tinyModel();
const quick = { steps: 4, restarts: 2, screen: 32 } as const;
const rectangle = (width: number, height: number, [x0, y0, w, h]: [number, number, number, number], soft = 1): Mask =>
  mask(
    width,
    height,
    Float32Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return x >= x0 && x < x0 + w && y >= y0 && y < y0 + h ? soft : 0;
    }),
  );

test.each([
  ['the model’s size', 16, 16, rectangle(16, 16, [4, 4, 8, 8])],
  ['larger', 61, 47, rectangle(61, 47, [30, 20, 9, 14])],
  ['a hole at the corner', 40, 40, rectangle(40, 40, [0, 0, 12, 7])],
  ['a hole across', 50, 24, rectangle(50, 24, [0, 10, 50, 3])],
  ['smaller than the model', 10, 12, rectangle(10, 12, [3, 3, 4, 4])],
  ['strokes', 48, 48, strokeHole(48, 48, random('inpaint'))],
] as const)('bytes outside the hole are untouched, those inside are filled: %s', async (_name, width, height, hole) => {
  const picture = noisePicture(width, height, 1);
  for (const blend of ['poisson', 'paste'] as const) {
    const filled = await inpaint(model, { image: picture, mask: hole }, { ...quick, blend });
    const result = await filled.blended();
    expect([result.width, result.height]).toEqual([width, height]);
    let changed = 0;
    result.data.forEach((v, i) => {
      if (hole.data[i % (width * height)] === 0) expect(v).toBe(picture.data[i]);
      else if (v !== picture.data[i]) changed++;
      expect(v >= 0 && v <= 1).toBe(true);
    });
    expect(changed).toBeGreaterThan(0);
    expect(filled.candidates).toHaveLength(2);
    expect(await filled.candidates[0]!.blended()).toBe(result);
  }
});

test('a soft edge mixes', async () => {
  const picture = image(16, 16, 3, new Float32Array(768).fill(1));
  const [hard, soft] = [rectangle(16, 16, [5, 5, 6, 6]), rectangle(16, 16, [5, 5, 6, 6], 0.5)];
  const [full, half] = [
    await (await inpaint(model, { image: picture, mask: hard }, { ...quick, blend: 'paste' })).blended(),
    await (await inpaint(model, { image: picture, mask: soft }, { ...quick, blend: 'paste' })).blended(),
  ];
  const at = 7 * 16 + 7;
  expect(half.data[at]).toBeCloseTo((1 + full.data[at]!) / 2, 5);
});

test('the view holds the hole, is square where it can be, and never smaller than the model', () => {
  const options = resolveOptions({});
  const box = (width: number, height: number, at: [number, number, number, number], context = 2) =>
    viewOf(model, noisePicture(width, height, 2), rectangle(width, height, at), { ...options, context }).box;
  expect(box(16, 16, [2, 3, 4, 4])).toEqual({ x: 0, y: 0, width: 16, height: 16 });
  expect(box(100, 80, [50, 40, 4, 4])).toEqual({ x: 44, y: 34, width: 16, height: 16 });
  expect(box(100, 80, [40, 30, 20, 10])).toEqual({ x: 30, y: 15, width: 40, height: 40 });
  expect(box(100, 80, [0, 70, 20, 10])).toEqual({ x: 0, y: 40, width: 40, height: 40 });
  expect(box(100, 20, [40, 0, 30, 20])).toEqual({ x: 25, y: 0, width: 60, height: 20 });
  expect(box(100, 80, [40, 30, 20, 10], 99)).toEqual({ x: 0, y: 0, width: 100, height: 80 });
});

test('what cannot be filled is told before anything is searched', async () => {
  const picture = noisePicture(16, 16, 3);
  await expect(inpaint(model, { image: picture, mask: mask(16, 16) })).rejects.toThrow(/Expected a hole/);
  await expect(inpaint(model, { image: picture, mask: mask(8, 8) })).rejects.toThrow(
    /16×16 pixels like the image, got 8×8/,
  );
  const grey = image(16, 16, 1);
  await expect(inpaint(model, { image: grey, mask: rectangle(16, 16, [1, 1, 2, 2]) })).rejects.toThrow(
    /3 channels, got 1/,
  );
  const hole = rectangle(16, 16, [1, 1, 2, 2]);
  const broken = { ...picture, data: picture.data.map((v, i) => (i === 17 ? Number.NaN : v)) };
  await expect(inpaint(model, { image: broken, mask: hole })).rejects.toThrow(/got NaN at pixel \(1, 1\)/);
  const negative = { ...hole, data: hole.data.map((m) => -m) };
  await expect(inpaint(model, { image: picture, mask: negative })).rejects.toThrow(/got -1 at pixel \(1, 1\)/);
});
