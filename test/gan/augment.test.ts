import { expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { augmented, drawAugmentation } from '../../src/gan/augment.ts';
import { grad } from '../../src/graph/grad.ts';
import { square } from '../../src/graph/ops/elementwise.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { input } from '../../src/graph/value.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const SIZE = 16;
const N = 24;
const all = ['colour', 'translation', 'cutout'] as const;
const images = noise('images', N * 3 * SIZE * SIZE);
const draw = (policy: readonly (typeof all)[number][], p: number) =>
  drawAugmentation('a', [...policy], { n: N, size: SIZE, p, rng: random('augment') });
const change = (policy: readonly (typeof all)[number][], p: number) =>
  evaluate([augmented(input('x', [N, 3, SIZE, SIZE]), 'a', [...policy])], { x: images, ...draw(policy, p) })[0]!;
const area = 3 * SIZE * SIZE;

test('with probability 0 nothing changes; without a policy nothing is asked for', () => {
  expectClose(change(all, 0), Float64Array.from(images), 1e-6);
  expect(draw([], 1)).toEqual({});
});

test('each image is changed with the probability that is asked for', () => {
  const changed = change(['translation'], 0.5);
  const count = Array.from({ length: N }, (_, i) => i).filter((i) =>
    changed.subarray(i * area, (i + 1) * area).some((v, at) => Math.abs(v - images[i * area + at]!) > 1e-6),
  ).length;
  expect(count).toBeGreaterThan(5);
  expect(count).toBeLessThan(19);
});

test('a translation moves every channel whole, by at most an eighth, zeros behind', () => {
  const moved = change(['translation'], 1);
  const places = new Set<string>();
  for (let i = 0; i < N; i++) {
    const at = (data: ArrayLike<number>, c: number, y: number, x: number) =>
      x < 0 || y < 0 || x >= SIZE || y >= SIZE ? 0 : data[i * area + (c * SIZE + y) * SIZE + x]!;
    const shifts = [];
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        let same = true;
        for (let p = 0; p < area && same; p++) {
          const [c, y, x] = [Math.floor(p / SIZE ** 2), Math.floor(p / SIZE) % SIZE, p % SIZE];
          same = Math.abs(at(moved, c, y, x) - at(images, c, y - dy, x - dx)) < 1e-6;
        }
        if (same) shifts.push(`${dy} ${dx}`);
      }
    }
    expect(shifts).toHaveLength(1);
    places.add(shifts[0]!);
  }
  expect(places.size).toBeGreaterThan(8);
});

test('cutout sets a square of half the side to zero, or the part of it that lies within', () => {
  const cut = change(['cutout'], 1);
  for (let i = 0; i < N; i++) {
    const gone = cut.subarray(i * area, (i + 1) * area).filter((v) => v === 0).length / 3;
    expect(gone).toBeGreaterThan(0);
    expect(gone).toBeLessThanOrEqual((SIZE / 2) ** 2);
  }
});

test('contrast keeps the mean, saturation keeps grey grey', () => {
  const { 'a.colour': colour } = draw(['colour'], 1);
  for (let i = 0; i < N; i++) {
    for (let row = 0; row < 3; row++) {
      const weights = colour!.subarray(i * 9 + row * 3, i * 9 + row * 3 + 3);
      expect(weights.reduce((s, w) => s + w, 0)).toBeCloseTo(1, 5);
    }
  }
});

test('gradients pass: the directional derivative is the difference quotient', () => {
  const feeds = drawAugmentation('a', [...all], { n: 2, size: 8, p: 1, rng: random('gradient') });
  const x = input('x', [2, 3, 8, 8]);
  const y = sum(square(augmented(x, 'a', [...all])));
  const [dx] = grad(y, [x]);
  const [at, direction] = [noise('at', 384), noise('direction', 384)];
  const valueAt = (step: number) =>
    evaluate([y], { ...feeds, x: Float64Array.from(at, (v, i) => v + step * direction[i]!) })[0]![0]!;
  const slope = evaluate([dx!], { ...feeds, x: at })[0]!.reduce((s, g, i) => s + g * direction[i]!, 0);
  expect(slope).toBeCloseTo((valueAt(1e-4) - valueAt(-1e-4)) / 2e-4, 3);
  expect(Math.abs(slope)).toBeGreaterThan(0.1);
});
