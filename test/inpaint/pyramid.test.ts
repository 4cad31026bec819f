import { expect, test } from 'vitest';
import { checkGrads } from '../../src/graph/check-grads.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { constant, input, type Value } from '../../src/graph/value.ts';
import { contextualLoss } from '../../src/inpaint/objective.ts';
import { comparedSide, pyramidLoss } from '../../src/inpaint/pyramid.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const [x, y] = [input('x', [1, 3, 8, 8]), input('y', [1, 3, 8, 8])];
const known = noise('known', 64, 0, 1).map((v) => (v < 0.4 ? 0 : v));
const weights = constant(known, [1, 1, 8, 8]);
const [a, b] = [noise('a', 192), noise('b', 192)];
const value = (loss: Value, feeds = { x: a, y: b }) => evaluate([loss], feeds)[0]![0]!;

test.each(['l1', 'l2'] as const)('%s: the mean over levels of the distance of weighted means of cells', (norm) => {
  let coarse = 0;
  for (let c = 0; c < 3; c++) {
    for (const [top, left] of [
      [0, 0],
      [0, 4],
      [4, 0],
      [4, 4],
    ] as const) {
      let [difference, weight] = [0, 0];
      for (let i = 0; i < 16; i++) {
        const at = (top + Math.floor(i / 4)) * 8 + left + (i % 4);
        difference += known[at]! * (a[64 * c + at]! - b[64 * c + at]!);
        weight += known[at]!;
      }
      const mean = difference / weight;
      coarse += weight * (norm === 'l1' ? Math.abs(mean) : mean * mean);
    }
  }
  const fine = value(contextualLoss(x, y, weights, norm));
  expectClose([value(pyramidLoss(x, y, weights, { norm, coarsest: 2 }))], [(fine + coarse) / 2], 1e-5);
  expect(value(pyramidLoss(x, y, weights, { norm, coarsest: 0 }))).toBe(fine);
  checkGrads((g) => pyramidLoss(g, constant(b, [1, 3, 8, 8]), weights, { norm, coarsest: 2 }), [[1, 3, 8, 8]]);
});

test('nothing of the hole is compared at any level', () => {
  const hidden = a.map((v, i) => (known[i % 64] === 0 ? 100 : v));
  const loss = pyramidLoss(x, y, weights, { norm: 'l1', coarsest: 2 });
  expect(value(loss, { x: hidden, y: b })).toBeCloseTo(value(loss), 6);
});

test.each([
  [64, 256, 64],
  [1024, 256, 256],
  [384, 256, 192],
  [1000, 256, 250],
  [64, 0, 64],
])('a model of %d pixels is compared at sides of at most %d: %d', (size, finest, side) => {
  expect(comparedSide({ image: { size, channels: 3, range: [-1, 1] } }, { finest })).toBe(side);
});
