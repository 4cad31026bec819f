import { describe, expect, test } from 'vitest';
import { gradientPenalty, losses } from '../../src/gan/losses.ts';
import { dcganDiscriminator } from '../../src/gan/networks/dcgan.ts';
import { checkGrads } from '../../src/graph/check-grads.ts';
import { mul, square, tanh } from '../../src/graph/ops/elementwise.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { input } from '../../src/graph/value.ts';
import { asConstants, asInputs, initialise } from '../../src/nn/parameters.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const real = [2, -1, 0.5];
const fake = [-0.5, 1.5, 0];

describe('each loss is its formula', () => {
  const formulas = {
    nonSaturating: [
      real.map((r, i) => -Math.log(sigmoid(r)) - Math.log(1 - sigmoid(fake[i]!))),
      fake.map((f) => -Math.log(sigmoid(f))),
    ],
    leastSquares: [real.map((r, i) => 0.5 * ((r - 1) ** 2 + fake[i]! ** 2)), fake.map((f) => 0.5 * (f - 1) ** 2)],
    relativistic: [
      real.map((r, i) => -Math.log(sigmoid(r - fake[i]!))),
      real.map((r, i) => -Math.log(sigmoid(fake[i]! - r))),
    ],
  };
  test.each(Object.entries(formulas))('%s', (name, expected) => {
    const { discriminator, generator } = losses[name as keyof typeof losses];
    const [r, f] = [input('r', [3]), input('f', [3])];
    const got = evaluate([discriminator(r, f), generator(r, f)], { r: real, f: fake });
    got.forEach((rows, i) => {
      expectClose(rows, expected[i]!, 1e-9);
    });
    checkGrads((a, b) => sum(discriminator(a, b)), [[3], [3]]);
    checkGrads((a, b) => sum(generator(a, b)), [[3], [3]]);
  });
});

test('the penalty of a linear discriminator is half the squared norm of its weights, for each image', () => {
  const x = input('x', [2, 3, 2, 2]);
  const w = input('w', [1, 3, 2, 2]);
  const penalty = gradientPenalty(sum(mul(x, w), [1, 2, 3]), x);
  const weights = noise('w', 12);
  const expected = weights.reduce((s, v) => s + v * v, 0) / 2;
  expectClose(evaluate([penalty], { x: noise('x', 24), w: weights })[0]!, [expected, expected], 1e-6);
});

test('a penalty can be differentiated: the gradient of a gradient, and once more', () => {
  checkGrads((x) => sum(gradientPenalty(sum(tanh(square(x)), [1, 2, 3]), x)), [[2, 1, 2, 2]], {
    order: 2,
    tolerance: 1e-4,
  });
});

test('an image has the same penalty alone and in a batch', () => {
  const shape = { size: 16, width: 2 };
  const { ask, parameters } = asInputs('');
  dcganDiscriminator({ ask, norm: 'none' }, input('x', [1, 3, 16, 16]), shape);
  const weights = asConstants(initialise(parameters, 1));
  const x = noise('images', 2 * 768);
  const of = (rows: number, data: Float32Array) => {
    const images = input('x', [rows, 3, 16, 16]);
    return evaluate([gradientPenalty(dcganDiscriminator({ ask: weights, norm: 'none' }, images, shape), images)], {
      x: data,
    })[0]!;
  };
  const both = of(2, x);
  expectClose([of(1, x.slice(0, 768))[0]!, of(1, x.slice(768))[0]!], both, 1e-6);
  expect(both[0]).not.toBeCloseTo(both[1]!, 6);
});
