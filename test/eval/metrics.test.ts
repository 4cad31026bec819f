import { expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { corrupted, meanColour } from '../../src/eval/baselines.ts';
import { psnr, ssim } from '../../src/eval/metrics.ts';
import { centreHole } from '../../src/image/holes.ts';
import { image } from '../../src/image/image.ts';
import { noisePicture, picture } from '../helpers/pictures.ts';

const hole = centreHole(32, 32);

test('PSNR by definition: an error of 0.1 in the hole is 20 dB there, 26.02 dB over all', () => {
  const truth = picture(32, 32, () => 0.5);
  const wrong = image(
    32,
    32,
    3,
    truth.data.map((v, i) => (hole.data[i % 1024]! > 0 ? v + 0.1 : v)),
  );
  const { hole: inside, whole } = psnr(wrong, truth, hole);
  expect(inside).toBeCloseTo(20, 4);
  expect(whole).toBeCloseTo(20 + 10 * Math.log10(4), 4);
  expect(psnr(truth, truth, hole)).toEqual({ hole: Number.POSITIVE_INFINITY, whole: Number.POSITIVE_INFINITY });
});

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

test('baselines see known pixels only', () => {
  const truth = picture(32, 32, (x, y, c) => (hole.data[y * 32 + x] ? 1 : c / 4));
  const filled = meanColour(truth, hole);
  for (let c = 0; c < 3; c++) expect(filled.data[c * 1024 + 16 * 32 + 16]).toBeCloseTo(c / 4, 5);
  expect(filled.data[0]).toBe(truth.data[0]);
  expect(corrupted(truth, hole).data[16 * 32 + 16]).toBe(0.5);
});
