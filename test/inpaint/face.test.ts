import { expect, test } from 'vitest';
import { type FacePoints, faceSquare } from '../../src/image/face-square.ts';
import { type Image, image, mask } from '../../src/image/image.ts';
import { isWithin, layTurned } from '../../src/image/turned.ts';
import { inpaint } from '../../src/inpaint/inpainter.ts';
import { resolveOptions } from '../../src/inpaint/options.ts';
import { stage } from '../../src/inpaint/staging.ts';
import { generate } from '../../src/model/generate.ts';
import type { Model } from '../../src/model/model.ts';
import { latents, noisePicture, picture, rectangle, tinyModel } from '../helpers/pictures.ts';

const plain = tinyModel();
const model: Model = { ...plain, card: { ...plain.card, faces: { layout: 'ffhq' } } };

/** A face whose eyes are 20 pixels apart, turned by 30° about (50, 40). */
const face = [
  ...[
    [40, 40],
    [60, 40],
    [50, 52],
    [43, 60],
    [57, 60],
  ].map(([x, y]) => {
    const [dx, dy] = [x! - 50, y! - 40];
    return [50 + Math.cos(Math.PI / 6) * dx - 0.5 * dy, 40 + 0.5 * dx + Math.cos(Math.PI / 6) * dy];
  }),
] as unknown as FacePoints;
const square = faceSquare(face, { layout: 'ffhq' });
const quick = { steps: 4, restarts: 2, screen: 32 } as const;

const both = (...rectangles: (readonly [number, number, number, number])[]) => {
  const holes = rectangles.map((one) => rectangle(160, 90, one));
  return mask(
    160,
    90,
    holes[0]!.data.map((_, i) => Math.max(...holes.map(({ data }) => data[i]!))),
  );
};

/** Something that the model draws, laid over noise where the face is. */
async function framed(): Promise<Image> {
  const [drawn] = await generate(model, latents(1, 3));
  const laid = layTurned(drawn!, square, { x: 0, y: 0, width: 160, height: 90 });
  const noise = noisePicture(160, 90, 4);
  return picture(160, 90, (x, y, c) => (isWithin(square, x, y) ? laid : noise).data[c * 14400 + y * 160 + x]!);
}

test('the hole of a face is seen turned with it; other pieces are seen upright', () => {
  const masked = {
    image: noisePicture(160, 90, 1),
    mask: both([40, 42, 8, 6], [55, 50, 4, 4], [130, 60, 20, 10]),
    face,
  };
  const { pieces, views, choices } = stage(model, masked, resolveOptions({}));
  expect(pieces.map(({ box }) => box)).toEqual([
    { x: 40, y: 42, width: 19, height: 12 },
    { x: 130, y: 60, width: 20, height: 10 },
  ]);
  expect(views.map(({ box }) => box.angle)).toEqual([square.angle, undefined]);
  expect(square.angle! * (180 / Math.PI)).toBeCloseTo(30, 6);
  expect(choices).toEqual([[0], [1]]);
});

test('what the model draws is found where it lies turned, and the rest keeps its bytes', async () => {
  const before = await framed();
  const hole = both([40, 42, 9, 7]);
  const filled = await inpaint(model, { image: before, mask: hole, face }, { steps: 150, restarts: 4, screen: 256 });
  const after = await filled.blended();
  let [error, untouched] = [0, 0];
  after.data.forEach((v, i) => {
    const difference = Math.abs(v - before.data[i]!);
    if (hole.data[i % 14400] === 0) untouched = Math.max(untouched, difference);
    else error += difference / (3 * 63);
  });
  expect(untouched).toBe(0);
  const flat = image(
    160,
    90,
    3,
    before.data.map((v, i) => (hole.data[i % 14400] === 0 ? v : 0.5)),
  );
  const none = flat.data.reduce((sum, v, i) => sum + Math.abs(v - before.data[i]!) / (3 * 63), 0);
  expect(error).toBeLessThan(none / 4);
  expect(filled.candidates[0]!.views[0]!.box).toEqual(square);
});

test('a paste lays the model’s picture into the turned square', async () => {
  const masked = { image: noisePicture(160, 90, 1), mask: both([40, 42, 9, 7]), face };
  const filled = await inpaint(model, masked, { ...quick, blend: 'paste' });
  const { generated, box } = filled.candidates[0]!.views[0]!;
  const laid = layTurned(generated, box, { x: 40, y: 42, width: 9, height: 7 });
  const { data } = await filled.blended();
  for (let i = 0; i < laid.data.length; i++) {
    const [c, x, y] = [Math.floor(i / 63), i % 9, Math.floor((i % 63) / 9)];
    expect(data[c * 14400 + (y + 42) * 160 + x + 40]).toBeCloseTo(laid.data[i]!, 5);
  }
});

test('a hole that reaches beyond the square and the picture is filled', async () => {
  const masked = { image: noisePicture(160, 90, 1), mask: both([0, 0, 60, 30]), face };
  const { data } = await (await inpaint(model, masked, quick)).blended();
  expect(data.every((v) => v >= 0 && v <= 1)).toBe(true);
});

test('points that cannot be used are refused', () => {
  const masked =
    (hole: readonly [number, number, number, number], points: unknown = face) =>
    () =>
      stage(
        model,
        { image: noisePicture(160, 90, 1), mask: both(hole), face: points as FacePoints },
        resolveOptions({}),
      );
  const here = [40, 42, 9, 7] as const;
  expect(() => stage(plain, { image: noisePicture(160, 90, 1), mask: both(here), face }, resolveOptions({}))).toThrow(
    /Expected a model whose card says how its faces lie .* got 'tiny': .*\.$/,
  );
  expect(masked([130, 60, 9, 7])).toThrow(/mostly in the square of the face, \d+ pixels a side around .* elsewhere: /);
  expect(masked(here, [[1, 2]])).toThrow(/Expected a face as five points/);
});
