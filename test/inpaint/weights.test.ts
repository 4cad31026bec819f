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

test('window 0 weighs known pixels alike; a soft pixel is not known', () => {
  expect([...importanceWeights(mask(4, 1, Float32Array.of(0, 0.2, 1, 0)), 0)]).toEqual([1, 0, 0, 1]);
});
