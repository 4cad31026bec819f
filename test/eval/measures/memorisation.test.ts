import { expect, test } from 'vitest';
import { normal, random } from '../../../src/base/random.ts';
import type { Matrix } from '../../../src/eval/measures/inner-products.ts';
import { memorisation, nearerOf, nearest, pixelRows } from '../../../src/eval/measures/memorisation.ts';
import { image } from '../../../src/image/image.ts';
import { picture } from '../../helpers/pictures.ts';

const drawn = (rows: number, ...name: (string | number)[]): Matrix => ({
  rows,
  columns: 3,
  data: normal(random('memorisation', ...name), rows * 3),
});

test('the nearest rows are those that a search finds, however large the gallery', async () => {
  const [queries, gallery] = [drawn(140, 'queries'), drawn(5000, 'gallery')];
  const { index, distance } = await nearest(queries, gallery);
  for (const i of [0, 77, 139]) {
    const to = (j: number) => Math.hypot(...[0, 1, 2].map((k) => queries.data[3 * i + k]! - gallery.data[3 * j + k]!));
    const all = Array.from({ length: gallery.rows }, (_, j) => to(j));
    expect(distance[i]).toBeCloseTo(Math.min(...all), 3);
    expect(to(index[i]!)).toBeCloseTo(Math.min(...all), 3);
  }
});

test('copies are told from what was learned', async () => {
  const [gallery, heldout, learned] = [drawn(600, 'gallery'), drawn(200, 'heldout'), drawn(200, 'learned')];
  const others = (await nearest(heldout, gallery)).distance;
  const score = async (samples: Matrix) => memorisation((await nearest(samples, gallery)).distance, others);
  const honest = await score(learned);
  expect(honest.share).toBeLessThan(0.12);
  expect(honest.nearer).toBeGreaterThan(0.4);
  expect(honest.nearer).toBeLessThan(0.6);

  const data = gallery.data.slice(0, 600).map((v, i) => v + 0.001 * Math.sin(i));
  const copied = await score({ rows: 200, columns: 3, data });
  expect(copied.share).toBeGreaterThan(0.95);
  expect(copied.nearer).toBeGreaterThan(0.95);

  // A quarter of copies among honest samples.
  const some = learned.data.slice();
  some.set(data.subarray(0, 150));
  expect((await score({ rows: 200, columns: 3, data: some })).share).toBeGreaterThan(0.25);
});

test('of two finds the nearer one counts', () => {
  const found = (index: number[], distance: number[]) => ({
    index: Uint32Array.from(index),
    distance: Float64Array.from(distance),
  });
  const { index, distance } = nearerOf(found([1, 2], [0.5, 0.1]), found([7, 8], [0.2, 0.3]));
  expect([[...index], [...distance]]).toEqual([
    [7, 2],
    [0.2, 0.1],
  ]);
});

test('distances between rows of pixels are root mean squared differences', async () => {
  const grey = (level: number) => image(32, 32, 3, new Float32Array(3 * 32 * 32).fill(level));
  const ramp = picture(32, 32, (x) => x / 31);
  const { index, distance } = await nearest(pixelRows([grey(0.5)]), pixelRows([ramp, grey(0.4), grey(0.75)]));
  expect(index[0]).toBe(1);
  expect(distance[0]).toBeCloseTo(0.1, 4);
});
