import { expect, test } from 'vitest';
import { checkGrads } from '../../src/graph/check-grads.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { constant, input } from '../../src/graph/value.ts';
import { contextualDistance, contextualLoss, perceptualLoss } from '../../src/inpaint/objective.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const weights = constant(noise('w', 2 * 4, 0, 1), [2, 1, 2, 2]);

test.each(['l1', 'l2'] as const)('contextual loss %s: formula, gradient, and the same as a number', (norm) => {
  const [g, y] = [input('g', [2, 3, 2, 2]), input('y', [2, 3, 2, 2])];
  const [a, b, w] = [noise('a', 24), noise('b', 24), noise('w', 8, 0, 1)];
  const got = evaluate([contextualLoss(g, y, weights, norm)], { g: a, y: b })[0]!;
  const expected = [0, 1].map((row) => {
    let sum = 0;
    for (let c = 0; c < 3; c++) {
      for (let p = 0; p < 4; p++) {
        const d = a[row * 12 + c * 4 + p]! - b[row * 12 + c * 4 + p]!;
        sum += w[row * 4 + p]! * (norm === 'l1' ? Math.abs(d) : d * d);
      }
    }
    return sum;
  });
  expectClose(got, expected, 1e-6);
  const row = (data: Float32Array, size: number) => data.slice(size, 2 * size);
  expect(contextualDistance(row(a, 12), row(b, 12), row(w, 4), norm)).toBeCloseTo(expected[1]!, 5);
  checkGrads(
    (x, t) => contextualLoss(x, t, weights, norm),
    [
      [2, 3, 2, 2],
      [2, 3, 2, 2],
    ],
    { order: norm === 'l1' ? 1 : 2 },
  );
});

test('perceptual losses are log(1 − D) and −log D, finite for any logit', () => {
  const x = input('x', [3]);
  const d = [-2, 0, 3].map((v) => 1 / (1 + Math.exp(-v)));
  const at = (form: 'saturating' | 'nonSaturating', logits: number[]) => [
    ...evaluate([perceptualLoss(x, form)], { x: logits })[0]!,
  ];
  expectClose(
    at('saturating', [-2, 0, 3]),
    d.map((p) => Math.log(1 - p)),
    1e-9,
  );
  expectClose(
    at('nonSaturating', [-2, 0, 3]),
    d.map((p) => -Math.log(p)),
    1e-9,
  );
  for (const form of ['saturating', 'nonSaturating'] as const) {
    expect(at(form, [-1000, 1000, 80]).every(Number.isFinite)).toBe(true);
    checkGrads((v) => perceptualLoss(v, form), [[3]]);
  }
});
