import { expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { fix } from '../../src/model/import/fixed.ts';
import { drawLatents } from '../../src/model/latents.ts';

const column = (data: Float32Array, width: number, from: number, to: number) =>
  data.filter((_, i) => i % width >= from && i % width < to);
const variance = (xs: Float32Array) => xs.reduce((sum, x) => sum + x * x, 0) / xs.length;

test('each part of a latent is drawn from its own prior', () => {
  const parts = [
    { size: 2, prior: 'uniform' },
    { size: 3, prior: 'normal' },
  ] as const;
  const drawn = drawLatents({ latent: 5, prior: 'uniform', parts }, random(1), 4000);
  expect(drawn).toHaveLength(20_000);
  const [flat, bell] = [column(drawn, 5, 0, 2), column(drawn, 5, 2, 5)];
  expect(Math.max(...flat.map(Math.abs))).toBeLessThanOrEqual(1);
  expect(variance(flat)).toBeCloseTo(1 / 3, 1);
  expect(variance(bell)).toBeCloseTo(1, 1);
});

test('parts that share one prior draw what the whole would', () => {
  const parts = [
    { size: 2, prior: 'normal' },
    { size: 3, prior: 'normal' },
  ] as const;
  const space = { latent: 5, prior: 'normal' } as const;
  expect(drawLatents({ ...space, parts }, random(2), 7)).toEqual(drawLatents(space, random(2), 7));
});

test.each([
  ['float32', ['classes', 3], 'N', true, [3]],
  ['float32', [1, 3], 'N', false, [1, 3]],
  ['float32', [1, 3], 1, true, [3]],
  ['float32', [1], 1, false, [1]],
  ['int64', [1], 1, true, []],
  ['float16', [], 1, false, []],
] as const)('a fixed %s %j beside a latent of batch %s has a batch axis: %s', (type, shape, batch, expected, rest) => {
  const port = { name: 'x', type, shape: [...shape] };
  expect(fix(port, [1], batch)).toMatchObject({ batch: expected, shape: rest, values: [1] });
});

test('values that an input cannot hold are refused', () => {
  const refused = (type: string, shape: (number | string)[] | null, values: number[]) =>
    expect(() => fix({ name: 'x', type, shape }, values, 'N'));
  refused('float32', ['N', 3], [1, 2]).toThrow(/1 or 3 numbers for the input 'x' \(float32 \[N, 3\]\), got 2 numbers/);
  refused('int64', ['N'], [0.5]).toThrow(/whole numbers/);
  refused('bool', ['N'], [2]).toThrow(/0 or 1/);
  refused('float32', ['N', 'side'], [1]).toThrow(/known sizes/);
  refused('float32', null, [1]).toThrow(/known sizes|of unknown shape/);
  refused('string', ['N'], [1]).toThrow(/an input of numbers/);
  refused('float32', ['N'], [Number.NaN]).toThrow(/finite/);
});
