import { expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { paste } from '../../src/image/crop.ts';
import { randomHole, strokeHole } from '../../src/image/holes.ts';
import { image, mask } from '../../src/image/image.ts';
import { inpaint } from '../../src/inpaint/inpainter.ts';
import { generate } from '../../src/model/generate.ts';
import { latents, noisePicture, rectangle, tinyModel } from '../helpers/pictures.ts';

const model = tinyModel();
const quick = { steps: 4, restarts: 2, screen: 32 } as const;

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

test.each([
  [
    'lines through every row of the model',
    mask(
      64,
      64,
      Float32Array.from({ length: 4096 }, (_, i) => Number(i % 256 < 64)),
    ),
  ],
  ['80 % at random', randomHole(64, 64, 0.8, random('most'))],
  ['all but one pixel', mask(64, 64, new Float32Array(4096).fill(1).fill(0, 77, 78))],
])('what little is known is used, and the loss is finite: %s', async (_name, hole) => {
  const picture = noisePicture(64, 64, 1);
  for (const preset of ['default', 'yeh2017'] as const) {
    const { candidates } = await inpaint(model, { image: picture, mask: hole }, { ...quick, preset });
    expect(candidates[0]!.losses.contextual).toBeGreaterThan(0);
    expect(Number.isFinite(candidates[0]!.losses.total)).toBe(true);
  }
});

test('of two views that were tried, the one that fits better fills the hole, and the other’s loss is kept', async () => {
  const { card, ...networks } = model;
  const unsure = { ...networks, card: { ...card, view: undefined } };
  const [face] = await generate(model, latents(1, 3));
  const framed = paste(image(80, 80, 3), face!, { x: 10, y: 20, width: 16, height: 16 }); // what it knows, on black
  const hole = rectangle(80, 80, [14, 24, 6, 6]);
  const { candidates } = await inpaint(unsure, { image: framed, mask: hole }, { ...quick, lambda: 0 });
  const [view] = candidates[0]!.views;
  expect(view!.box).toEqual({ x: 9, y: 19, width: 16, height: 16 });
  expect(view!.rejected!.box).toEqual({ x: 0, y: 0, width: 80, height: 80 });
  expect(view!.rejected!.contextual).toBeGreaterThan(view!.losses.contextual);
});

test('each of two far holes is filled as well as alone', async () => {
  const faces = await generate(model, latents(2, 4));
  const corners = [
    { x: 0, y: 0 },
    { x: 84, y: 44 },
  ].map(({ x, y }) => ({ x, y, width: 16, height: 16 }));
  let both = image(100, 60, 3);
  for (const [i, corner] of corners.entries()) both = paste(both, faces[i]!, corner);
  const holes = corners.map(({ x, y }) => rectangle(100, 60, [x + 5, y + 5, 6, 6]));
  const hole = mask(
    100,
    60,
    holes[0]!.data.map((m, i) => Math.max(m, holes[1]!.data[i]!)),
  );
  const options = { steps: 60, restarts: 2, screen: 128 };
  const filled = await inpaint(model, { image: both, mask: hole }, options);
  expect(filled.pieces).toHaveLength(2);
  const together = (await filled.blended()).data;
  for (const [i, only] of holes.entries()) {
    const alone = await (await inpaint(model, { image: both, mask: only }, options)).blended();
    const own = filled.candidates[0]!.views[i]!;
    expect(own.pieces).toEqual([i]);
    only.data.forEach((m, p) => {
      if (m > 0) for (let c = 0; c < 3; c++) expect(together[c * 6000 + p]).toBeCloseTo(alone.data[c * 6000 + p]!, 3);
    });
  }
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
