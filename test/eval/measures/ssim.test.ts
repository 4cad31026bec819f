import { expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { ssim } from '../../../src/eval/measures/ssim.ts';
import { image } from '../../../src/image/image.ts';
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
