import { expect, test } from 'vitest';
import { seam } from '../../../src/eval/measures/seam.ts';
import { centreHole } from '../../../src/image/holes.ts';
import { type Image, image, type Mask } from '../../../src/image/image.ts';
import { noisePicture, picture, rectangle } from '../../helpers/pictures.ts';

/** `levels` more, of 255, where the mask is missing. */
const raised = (truth: Image, { data }: Mask, levels: number) =>
  image(
    truth.width,
    truth.height,
    truth.channels,
    truth.data.map((v, i) => v + (data[i % data.length]! > 0 ? levels / 255 : 0)),
  );
const flat = picture(16, 12, () => 0.5);

test('the truth has no seam, and a step in a flat picture is a seam of its height', () => {
  const noise = noisePicture(16, 12, 1);
  const hole = centreHole(16, 12);
  expect(seam(noise, noise, hole)).toBe(0);
  expect(seam(raised(flat, hole, 10), flat, hole)).toBeCloseTo(10, 4);
  expect(seam(raised(flat, hole, -10), flat, hole)).toBeCloseTo(10, 4);
});

test('steps of the truth are taken off: a fill that is smoother is below 0', () => {
  const hole = rectangle(16, 12, [8, 0, 8, 12]);
  const truth = raised(flat, hole, 20);
  expect(seam(flat, truth, hole)).toBeCloseTo(-20, 4);
  expect(seam(raised(flat, hole, 26), truth, hole)).toBeCloseTo(6, 4);
});

test('one pixel has four edges, at a corner two, and each channel counts', () => {
  const truth = picture(16, 12, () => 0.5);
  const around = [
    [0, -1],
    [1, 0],
    [0, 1],
    [-1, 0],
  ] as const;
  for (const [k, [dx, dy]] of around.entries()) truth.data[(5 + dy) * 16 + 7 + dx] = 0.5 - (k + 1) / 255; // red
  // Steps of 1 to 4 levels in red, none in the others; the fill is 6 above: 6 more in every pair.
  const fill = raised(truth, rectangle(16, 12, [7, 5, 1, 1]), 6);
  expect(seam(fill, truth, rectangle(16, 12, [7, 5, 1, 1]))).toBeCloseTo(6, 4);
  fill.data[5 * 16 + 7] = 0.5 - 4 / 255; // steps 3, 2, 1, 0 for 1, 2, 3, 4: −4 in 4 of 12, 6 in the other 8
  expect(seam(fill, truth, rectangle(16, 12, [7, 5, 1, 1]))).toBeCloseTo((-4 + 8 * 6) / 12, 4);
  const corner = rectangle(16, 12, [15, 11, 1, 1]);
  const lower = raised(flat, corner, 3);
  lower.data[11 * 16 + 14] = 0.5 + 12 / 255; // red, to the left: 9 instead of 3, one pair of 6
  expect(seam(lower, flat, corner)).toBeCloseTo((9 + 5 * 3) / 6, 4);
});

test('the end of a row is no neighbour of the next, nor the last row of the first', () => {
  const right = rectangle(16, 12, [12, 0, 4, 12]);
  const ramp = picture(16, 12, (x, y) => x / 16 + y / 100);
  const fill = image(
    16,
    12,
    3,
    ramp.data.map((v, i) => (i % 16 >= 13 ? 0 : v)),
  );
  expect(seam(fill, ramp, right)).toBe(0); // only columns 11 and 12 meet
  const below = rectangle(16, 12, [0, 10, 16, 2]);
  const last = image(
    16,
    12,
    3,
    ramp.data.map((v, i) => (Math.floor((i % 192) / 16) === 11 ? 0 : v)),
  );
  expect(seam(last, ramp, below)).toBe(0);
});

test('a soft edge is hole, and a hole without an edge has no seam to measure', () => {
  const soft = rectangle(16, 12, [4, 4, 4, 4], 0.3);
  expect(seam(raised(flat, soft, 5), flat, soft)).toBeCloseTo(5, 4);
  expect(seam(flat, flat, rectangle(16, 12, [0, 0, 16, 12]))).toBeNaN();
});
