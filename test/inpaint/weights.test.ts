import { expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { centreHole, strokeHole } from '../../src/image/holes.ts';
import { mask } from '../../src/image/image.ts';
import { importanceWeights } from '../../src/inpaint/weights.ts';

test('W is 0 in the hole, largest beside it, and falls with distance', () => {
  const hole = centreHole(32, 32);
  const w = importanceWeights(hole, 7);
  hole.data.forEach((m, i) => {
    if (m > 0) expect(w[i]).toBe(0);
  });
  const row = Array.from({ length: 8 }, (_, x) => w[16 * 32 + x]!); // towards the hole's left edge at 8
  for (let x = 1; x < 8; x++) expect(row[x]).toBeGreaterThanOrEqual(row[x - 1]!);
  expect(row[7]).toBe(Math.max(...w));
  expect(row[7]).toBeCloseTo(3 / 7, 6); // three of the window's seven columns are missing
  expect(row[4]).toBe(0);
});

test('the share of the neighbourhood that is missing, by its definition, borders included', () => {
  const hole = strokeHole(20, 15, random('w'));
  const w = importanceWeights(hole, 5);
  for (let y = 0; y < 15; y++) {
    for (let x = 0; x < 20; x++) {
      let [missing, all] = [0, 0];
      for (let v = Math.max(0, y - 2); v <= Math.min(14, y + 2); v++) {
        for (let u = Math.max(0, x - 2); u <= Math.min(19, x + 2); u++) {
          missing += hole.data[v * 20 + u]!;
          all++;
        }
      }
      expect(w[y * 20 + x]).toBeCloseTo(hole.data[y * 20 + x] ? 0 : missing / all, 6);
    }
  }
});

test('window 0 weighs known pixels alike; a pixel that is missing in part weighs as much as is known', () => {
  const hole = mask(4, 1, Float32Array.of(0, 0.25, 1, 0));
  expect([...importanceWeights(hole, 0)]).toEqual([1, 0.75, 0, 1]);
  expect([...importanceWeights(hole, 3)]).toEqual([0.25 / 2, (0.75 * 1.25) / 3, 0, 1 / 2].map(Math.fround));
});

test('a window in which W could vanish is refused', () => {
  for (const window of [1, 2, 4, 2.5, -3]) {
    expect(() => importanceWeights(centreHole(8, 8), window)).toThrow(/^Expected 0 or an odd number from 3/);
  }
});
