import { expect, test } from 'vitest';
import { r3ganFeatures, r3ganGenerator } from '../../src/gan/networks/r3gan.ts';
import { checkGrads } from '../../src/graph/check-grads.ts';
import { square } from '../../src/graph/ops/elementwise.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { input, type Value } from '../../src/graph/value.ts';
import { asConstants, asInputs, initialise } from '../../src/nn/parameters.ts';
import { downsampleSmooth, upsampleSmooth } from '../../src/nn/resampling.ts';
import { residualBlock } from '../../src/nn/residual.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const of = (f: (x: Value) => Value, shape: number[], x: ArrayLike<number>) =>
  evaluate([f(input('x', shape))], { x: Float64Array.from(x) })[0]!;

test('resampling by two is linear interpolation: weights 1/4 and 3/4, and its transpose', () => {
  const ramp = of(upsampleSmooth, [1, 1, 1, 4], [0, 4, 8, 12]);
  expectClose(ramp.slice(0, 8), [0, 1, 3, 5, 7, 9, 11, 12], 1e-9);
  expectClose(of(downsampleSmooth, [1, 1, 2, 4], [1, 1, 1, 1, 1, 1, 1, 1]), [1, 1], 1e-9);
  const [x, y] = [noise('x', 2 * 3 * 4 * 6), noise('y', 2 * 3 * 8 * 12)];
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((s, v, i) => s + v * b[i]!, 0);
  const up = dot(of(upsampleSmooth, [2, 3, 4, 6], x), y);
  expect(up).toBeCloseTo(4 * dot(of(downsampleSmooth, [2, 3, 8, 12], y), x), 6);
});

test('a residual block begins as the identity and is differentiable twice', () => {
  const shape = { expansion: 2, groupWidth: 2, depth: 3 };
  const { ask, parameters } = asInputs('');
  residualBlock(ask, 'b', input('x', [1, 4, 3, 3]), shape);
  const weights = initialise(parameters, 0);
  const x = noise('x', 36);
  expectClose(
    of((v) => residualBlock(asConstants(weights), 'b', v, shape), [1, 4, 3, 3], x),
    Float64Array.from(x),
    1e-9,
  );
  weights['b.3.weight'] = noise('last', 32);
  checkGrads((v) => sum(square(residualBlock(asConstants(weights), 'b', v, shape))), [[1, 4, 3, 3]]);
  expect(parameters.find(({ name }) => name === 'b.2.weight')!.shape).toEqual([8, 2, 3, 3]);
});

test('activations keep their scale through the whole of an untrained pair', () => {
  const shape = { size: 32, width: 8, maxWidth: 32, blocks: 2, groupWidth: 4 };
  const build = (network: typeof r3ganGenerator, x: Value) => {
    const { ask, parameters } = asInputs('');
    network(ask, x, shape);
    return network(asConstants(initialise(parameters, 1)), x, shape);
  };
  const spread = (values: ArrayLike<number>) =>
    Math.sqrt(Array.from(values).reduce((s, v) => s + v * v, 0) / values.length);
  const z = input('z', [4, 64]);
  const image = evaluate([build(r3ganGenerator, z)], { z: noise('z', 256).map((v) => v * 1.73) })[0]!;
  expect(spread(image)).toBeGreaterThan(0.2);
  expect(spread(image)).toBeLessThan(3);
  const x = input('x', [2, 3, 32, 32]);
  const features = evaluate([build(r3ganFeatures, x)], { x: noise('x', 2 * 3072) })[0]!;
  expect(features).toHaveLength(2 * 32);
  expect(spread(features)).toBeGreaterThan(0.02);
  expect(spread(features)).toBeLessThan(3);
});
