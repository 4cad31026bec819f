import { expect, test } from 'vitest';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { input } from '../../src/graph/value.ts';
import { adam, gradientDescent, movingAverage } from '../../src/nn/optimisers.ts';
import { compile } from '../../src/runtime/compile.ts';
import { expectClose } from '../helpers/numbers.ts';

test.each([0, 0.9])('Adam takes the steps of its algorithm, β₁ = %f', (beta1) => {
  const [beta2, learningRate, epsilon] = [0.99, 0.1, 1e-8];
  const value = input('w', [2]);
  const moved = [{ name: 'w', value, gradient: input('g', [2]) }];
  const next = adam(moved, input('t', []), { learningRate, beta1, beta2 });
  let feeds: Record<string, number[]> = { w: [1, -2], 'w.m': [0, 0], 'w.v': [0, 0], g: [], t: [] };
  const w = [1, -2];
  const m = [0, 0];
  const v = [0, 0];
  for (let t = 1; t <= 4; t++) {
    const g = [0.3 * t, -1 / t];
    const names = Object.keys(next);
    const values = evaluate(Object.values(next), { ...feeds, g, t: [t] });
    feeds = { ...feeds, ...Object.fromEntries(names.map((name, i) => [name, [...values[i]!]])) };
    for (let i = 0; i < 2; i++) {
      m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
      v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! ** 2;
      const unbiased = beta1 > 0 ? m[i]! / (1 - beta1 ** t) : g[i]!;
      w[i]! -= (learningRate * unbiased) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon);
    }
    expectClose(feeds.w!, w, 1e-6);
  }
});

test('gradient descent, with and without momentum', () => {
  const moved = [{ name: 'z', value: input('z', [1]), gradient: input('g', [1]) }];
  const plain = gradientDescent(moved, 0.5, 0);
  expect(evaluate([plain.z!], { z: [1], g: [4] })[0]![0]).toBe(-1);
  const heavy = gradientDescent(moved, 0.5, 0.5);
  const [z, velocity] = evaluate([heavy.z!, heavy['z.velocity']!], { z: [1], g: [4], 'z.velocity': [2] });
  expect([z![0], velocity![0]]).toEqual([-1.5, 5]);
});

test('a moving average', () => {
  const y = movingAverage(input('a', [1]), input('x', [1]), 0.75);
  expectClose(evaluate([y], { a: [4], x: [8] })[0]!, [5]);
});

test('what decays without end becomes zero before it is denormal, and keeps its values until then', async () => {
  const moved = [{ name: 'w', value: input('w', [3]), gradient: input('g', [3]) }];
  const next = adam(moved, input('t', []), { learningRate: 0.1, beta1: 0.9, beta2: 0.99 });
  await using program = await compile({ m: next['w.m']!, v: next['w.v']! });
  const before = Float32Array.of(1e-36, 1e-12, -1);
  const feeds = { w: new Float32Array(3), g: new Float32Array(3), t: Float32Array.of(1), 'w.m': before };
  const { m, v } = await program.run({ ...feeds, 'w.v': before.map(Math.abs) });
  expect([m![0], v![0]]).toEqual([0, 0]);
  expectClose([m![1]! * 1e12, m![2]!], [0.9, -0.9]);
  expectClose([v![1]! * 1e12, v![2]!], [0.99, 0.99]);
});
