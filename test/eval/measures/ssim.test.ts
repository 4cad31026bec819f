import { expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { ssim, ssimOfHole } from '../../../src/eval/measures/ssim.ts';
import { type Image, image, mask } from '../../../src/image/image.ts';
import { noisePicture, picture } from '../../helpers/pictures.ts';

test('SSIM: 1 for equal images, by formula for flat ones, lower the worse', () => {
  const truth = noisePicture(32, 32, 1);
  expect(ssim(truth, truth)).toBeCloseTo(1, 9);
  const [a, b] = [0.4, 0.6];
  expect(
    ssim(
      picture(32, 32, () => a),
      picture(32, 32, () => b),
    ),
  ).toBeCloseTo((2 * a * b + 1e-4) / (a * a + b * b + 1e-4), 5);
  const rng = random('ssim');
  const noisy = (size: number) =>
    image(
      32,
      32,
      3,
      truth.data.map((v) => v + size * (rng() - 0.5)),
    );
  const [little, much] = [ssim(noisy(0.1), truth), ssim(noisy(0.8), truth)];
  expect(little).toBeGreaterThan(much);
  expect(much).toBeLessThan(0.9);
});

/** The definition (Wang et al. 2004, eq. 13) for the window whose corner is (left, top), mean of channels. */
function windowSsim(a: Image, b: Image, left: number, top: number): number {
  const weights = Array.from({ length: 121 }, (_, i) =>
    Math.exp(-(((i % 11) - 5) ** 2 + (Math.floor(i / 11) - 5) ** 2) / 4.5),
  );
  const sum = weights.reduce((x, y) => x + y);
  const at = (of: Image, c: number, i: number) =>
    of.data[c * of.width * of.height + (top + Math.floor(i / 11)) * of.width + left + (i % 11)]!;
  const one = (c: number) => {
    const mean = (f: (i: number) => number) => weights.reduce((total, w, i) => total + (w / sum) * f(i), 0);
    const [m, n] = [mean((i) => at(a, c, i)), mean((i) => at(b, c, i))];
    const covariance = mean((i) => (at(a, c, i) - m) * (at(b, c, i) - n));
    const variances = mean((i) => (at(a, c, i) - m) ** 2) + mean((i) => (at(b, c, i) - n) ** 2);
    return ((2 * m * n + 1e-4) * (2 * covariance + 9e-4)) / ((m * m + n * n + 1e-4) * (variances + 9e-4));
  };
  return (one(0) + one(1) + one(2)) / 3;
}

test('of a hole: the mean of the windows that have a missing pixel, by definition', () => {
  const [width, height] = [27, 19];
  const [a, b] = [noisePicture(width, height, 1), noisePicture(width, height, 2)];
  const hole = mask(width, height);
  for (const [x, y] of [
    [20, 3],
    [21, 3],
  ] as const) {
    hole.data[y * width + x] = 1;
  }
  const [inHole, all]: number[][] = [[], []];
  for (let top = 0; top <= height - 11; top++) {
    for (let left = 0; left <= width - 11; left++) {
      const one = windowSsim(a, b, left, top);
      all!.push(one);
      if (top <= 3 && left + 10 >= 20 && left <= 21) inHole!.push(one);
    }
  }
  const mean = (values: number[]) => values.reduce((x, y) => x + y) / values.length;
  const found = ssimOfHole(a, b, hole);
  expect(found.hole).toBeCloseTo(mean(inHole!), 9);
  expect(found.whole).toBeCloseTo(mean(all!), 9);
  expect(found.whole).toBe(ssim(a, b));
});

test('a fill that is wrong in a small hole alone: the whole hardly tells, the hole does', () => {
  const truth = noisePicture(64, 64, 1);
  const hole = mask(64, 64);
  for (let y = 30; y < 36; y++) hole.data.fill(1, y * 64 + 30, y * 64 + 36);
  const fill = image(
    64,
    64,
    3,
    truth.data.map((v, i) => (hole.data[i % 4096]! > 0 ? 0.5 : v)),
  );
  const found = ssimOfHole(fill, truth, hole);
  expect(found.whole).toBeGreaterThan(0.98);
  // 16×16 of the 54×54 windows touch the hole, and the others are 1.
  expect(1 - found.hole).toBeCloseTo(((1 - found.whole) * 54 ** 2) / 16 ** 2, 9);
});

test('pictures smaller than a window are told of', () => {
  const small = picture(40, 10, () => 0.5);
  expect(() => ssim(small, small)).toThrow('at least 11×11 pixels for SSIM, got 40×10');
});
