import { expect, test } from 'vitest';
import { psnr } from '../../../src/eval/measures/psnr.ts';
import { centreHole } from '../../../src/image/holes.ts';
import { image } from '../../../src/image/image.ts';
import { picture } from '../../helpers/pictures.ts';

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
