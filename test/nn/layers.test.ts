import { expect, test } from 'vitest';
import { random, uniform } from '../../src/base/random.ts';
import { dcganGenerator } from '../../src/gan/networks/dcgan.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { input, type Value } from '../../src/graph/value.ts';
import { foldBatchNorm, upsample } from '../../src/nn/layers.ts';
import { asConstants, asInputs, filled, heNormal, initialise } from '../../src/nn/parameters.ts';
import { expectClose } from '../helpers/numbers.ts';

const shape = { size: 16, width: 4 };

function withRandomNorms() {
  const { ask, parameters } = asInputs('');
  dcganGenerator({ ask, norm: 'batch' }, input('z', [6, 5]), shape);
  const weights = initialise(parameters, 1);
  for (const name of Object.keys(weights)) {
    if (/gain|shift/.test(name)) weights[name] = uniform(random(name), weights[name]!.length, 0.5, 1.5);
  }
  return weights;
}

test('a folded batch norm draws what the batch norm drew at the same statistics', () => {
  const weights = withRandomNorms();
  const z = uniform(random('z'), 30, -1, 1);
  const statistics: Record<string, Value> = {};
  const normed = dcganGenerator(
    {
      ask: asConstants(weights),
      norm: 'batch',
      onStatistics: (layer, mean, variance) =>
        Object.assign(statistics, { [`${layer}.mean`]: mean, [`${layer}.variance`]: variance }),
    },
    input('z', [6, 5]),
    shape,
  );
  const names = Object.keys(statistics);
  const [expected, ...values] = evaluate([normed, ...Object.values(statistics)], { z });
  const frozen = Object.fromEntries(names.map((name, i) => [name, Float32Array.from(values[i]!)]));
  const folded = dcganGenerator(
    { ask: asConstants(foldBatchNorm(weights, frozen)), norm: 'none' },
    input('z', [6, 5]),
    shape,
  );
  expectClose(evaluate([folded], { z })[0]!, expected!, 1e-4);
});

test('batch norm gives each channel mean 0 and variance 1', () => {
  const { ask, parameters } = asInputs('');
  const y = upsample({ ask, norm: 'batch' }, 'up', input('x', [4, 3, 4, 4]), 5);
  const feeds = { x: uniform(random('x'), 192, 0, 3), ...initialise(parameters, 3) };
  const out = evaluate([y], feeds)[0]!;
  for (let c = 0; c < 5; c++) {
    const channel = out.filter((_, i) => Math.floor(i / 64) % 5 === c);
    const mean = channel.reduce((s, v) => s + v, 0) / channel.length;
    expect(Math.abs(mean)).toBeLessThan(1e-9);
    expect(channel.reduce((s, v) => s + (v - mean) ** 2, 0) / channel.length).toBeCloseTo(1, 3);
  }
});

test('He initialisation keeps the scale that its fan-in asks for', () => {
  const weights = heNormal(200)(random(0), [200, 500]);
  const variance = weights.reduce((s, w) => s + w * w, 0) / weights.length;
  expect(variance * 200).toBeCloseTo(2, 1);
  expect([...filled(3)(random(0), [2])]).toEqual([3, 3]);
});

test('each parameter has its own stream: adding one changes no other', () => {
  const of = (names: string[]) =>
    initialise(
      names.map((name) => ({ name, shape: [4], initialise: heNormal(4) })),
      7,
    );
  expect(of(['a', 'b']).b).toEqual(of(['x', 'b', 'a']).b);
});

test('weights that do not fit are an error', () => {
  expect(() => asConstants({ w: new Float32Array(3) })('w', [2, 2], filled(0))).toThrow(/4 for 'w' \[2,2\], got 3/);
});
