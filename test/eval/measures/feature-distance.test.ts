import { expect, test } from 'vitest';
import { featureDistances } from '../../../src/eval/measures/feature-distance.ts';
import { openFeatures } from '../../../src/eval/measures/features.ts';
import { matrix } from '../../../src/eval/measures/inner-products.ts';
import { resizeImage } from '../../../src/image/resize.ts';
import { noisePicture } from '../../helpers/pictures.ts';

test('the distance of directions, row by row: lengths do not count', () => {
  const fills = matrix([
    [3, 4],
    [2, 0],
    [1, 0],
    [1, 0],
    [0, 0],
    [0, 0],
  ]);
  const reals = matrix([
    [6, 8],
    [0, 5],
    [-7, 0],
    [1, 1],
    [0, 0],
    [0, 2],
  ]);
  const eighth = Math.sqrt(2 - Math.SQRT2); // between directions 45° apart
  const expected = [0, Math.SQRT2, 2, eighth, 0, 1];
  for (const [i, distance] of featureDistances(fills, reals).entries()) expect(distance).toBeCloseTo(expected[i]!, 9);
});

test('features of a picture move away as it is blurred', async () => {
  await using network = await openFeatures(64);
  const truth = noisePicture(64, 64, 1);
  const blurred = [64, 56, 32, 8].map((side) => resizeImage(resizeImage(truth, side, side), 64, 64));
  const reals = await network.of(blurred.map(() => truth));
  const [same, little, more, most] = featureDistances(await network.of(blurred), reals);
  expect(same).toBeLessThan(1e-5);
  expect(little).toBeGreaterThan(0.01);
  expect(more).toBeGreaterThan(little!);
  expect(most).toBeGreaterThan(more!);
});

test('matrices of different shapes are told of', () => {
  expect(() => featureDistances(matrix([[1], [2]]), matrix([[1]]))).toThrow('[2, 1], got [1, 1]');
});
