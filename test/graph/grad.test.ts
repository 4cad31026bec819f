import { expect, test } from 'vitest';
import { checkGrads } from '../../src/graph/check-grads.ts';
import { grad } from '../../src/graph/grad.ts';
import { exp, greater, mul, square, stopGradient, tanh, where } from '../../src/graph/ops/elementwise.ts';
import { conv } from '../../src/graph/ops/linear.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { input, scalar, type Value } from '../../src/graph/value.ts';
import { type Vjps, vjps } from '../../src/graph/vjps.ts';
import { expectClose } from '../helpers/numbers.ts';

test('tanh, differentiated four times', () => {
  const x = input('x', []);
  let y: Value = tanh(x);
  for (let order = 0; order < 4; order++) [y] = grad(y, [x]) as [Value];
  const t = Math.tanh(0.3);
  const s = 1 - t * t;
  // d⁴/dx⁴ tanh = 8 t s (2 s − t²)
  expectClose(evaluate([y], { x: [0.3] })[0]!, [8 * t * s * (2 * s - t * t)], 1e-12);
});

test('a value used twice gathers both gradients', () => {
  const x = input('x', [2]);
  const [dx] = grad(sum(mul(x, square(x))), [x]);
  expectClose(evaluate([dx!], { x: [2, -3] })[0]!, [12, 27], 1e-12);
});

test('what y does not depend on has a gradient of zeros', () => {
  const [x, y] = [input('x', [2]), input('y', [3])];
  expect([...evaluate([grad(sum(x), [y])[0]!], { x: [1, 2] })[0]!]).toEqual([0, 0, 0]);
});

test('no gradient passes stopGradient', () => {
  const x = input('x', []);
  const [dx] = grad(mul(x, stopGradient(x)), [x]);
  expectClose(evaluate([dx!], { x: [3] })[0]!, [3]);
});

test('a gradient with respect to a value inside the graph', () => {
  const x = input('x', []);
  const inner = square(x);
  const [d] = grad(exp(inner), [inner]);
  expectClose(evaluate([d!], { x: [1.5] })[0]!, [Math.exp(2.25)], 1e-12);
});

test('errors say what to do', () => {
  const x = input('x', [2]);
  expect(() => grad(x, [x])).toThrow('sum it first');
  const rules: Vjps = { ...vjps, Tanh: null };
  expect(() => grad(sum(tanh(x)), [x], rules)).toThrow(/got Tanh: export the model without it/);
});

test('a wrong rule is caught, by a thousandth, at order 1', () => {
  const rules: Vjps = { ...vjps, Tanh: (g, y) => [mul(g, mul(1.001, vjps.Tanh!(scalar(1), y, [y], {})[0]!))] };
  expect(() => checkGrads(tanh, [[3]], { rules })).toThrow(/order 1/);
  checkGrads(tanh, [[3]]);
});

test('a rule that is right but cannot be differentiated is caught at order 2', () => {
  const rules: Vjps = {
    ...vjps,
    Tanh: (g, y) => [mul(g, stopGradient(mul(1, where(greater(y, -2), derivative(y), 0))))],
  };
  const derivative = (y: Value) => vjps.Tanh!(scalar(1), y, [y], {})[0]!;
  checkGrads(tanh, [[3]], { rules, order: 1 });
  expect(() => checkGrads(tanh, [[3]], { rules })).toThrow(/order 2/);
});

test('a convolution rule with its axes mixed up is caught', () => {
  const rules: Vjps = { ...vjps, Conv: (g, y, [x, w], attrs) => [vjps.Conv!(g, y, [x, w], attrs)[0], mul(w, 0)] };
  const f = (x: Value, w: Value) => conv(x, w, { pads: 1 });
  expect(() =>
    checkGrads(
      f,
      [
        [1, 2, 4, 4],
        [2, 2, 3, 3],
      ],
      { rules },
    ),
  ).toThrow(/order 1/);
});
