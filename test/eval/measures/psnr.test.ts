import { expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { EXACT, knownPsnr, psnr, recordedPsnr } from '../../../src/eval/measures/psnr.ts';
import { centreHole } from '../../../src/image/holes.ts';
import { image, mask } from '../../../src/image/image.ts';
import { picture } from '../../helpers/pictures.ts';

const hole = centreHole(32, 32);
const hole64 = centreHole(64, 64);

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

test('a recorded PSNR ends at that of rounding to 8 bits', () => {
  const rng = random('rounding');
  const truth = image(
    64,
    64,
    3,
    Float32Array.from({ length: 3 * 64 * 64 }, () => 0.1 + 0.8 * rng()),
  );
  const rounded = image(
    64,
    64,
    3,
    truth.data.map((v) => Math.round(v * 255) / 255),
  );
  expect(psnr(rounded, truth, hole64).whole).toBeCloseTo(EXACT, 1);
  expect(EXACT).toBeCloseTo(58.92, 2);
  expect(recordedPsnr(psnr(truth, truth, hole64).hole)).toBe(EXACT);
  expect(recordedPsnr(20)).toBe(20);
});

test('of the known pixels: errors in the hole do not count, a soft edge is hole', () => {
  const truth = picture(32, 32, () => 0.5);
  const soft = mask(32, 32, hole.data.slice());
  soft.data[0] = 0.25;
  const changed = (inHole: number, outside: number) =>
    image(
      32,
      32,
      3,
      truth.data.map((v, i) => v + (soft.data[i % 1024]! > 0 ? inHole : outside)),
    );
  expect(knownPsnr(changed(0.4, 0.1), truth, soft)).toBeCloseTo(20, 4);
  expect(knownPsnr(changed(0.4, 0), truth, soft)).toBe(Number.POSITIVE_INFINITY);
});
