import { expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { axisOf } from '../../../src/eval/sweep/values.ts';

test.each([
  ['lambda', '1e-6..1e-1', [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]],
  ['learningRate', '0.01..0.1', [0.01, 0.0316, 0.1]],
  ['steps', '10..1000/5', [10, 32, 100, 316, 1000]],
  ['steps', '1..3/9', [1, 2, 3]],
  ['lambda', '0,0.5,0.5', [0, 0.5]],
  ['norm', 'l1,l2', ['l1', 'l2']],
  ['halving', 'true,false', [true, false]],
] as const)('%s %s', (option, text, values) => expect(axisOf(option, text).values).toEqual(values));

test.each([
  ['lambda', 'much', "Expected a number for the option 'lambda', got 'much'."],
  ['lambda', '0..1', "Expected a range LOW..HIGH of numbers above 0 for the option 'lambda', got '0..1'."],
  ['lambda', '1..0.1', "Expected a range LOW..HIGH of numbers above 0 for the option 'lambda', got '1..0.1'."],
  ['lambda', '1..2/1', "Expected at least two values in a range for the option 'lambda', got '1..2/1'."],
  ['norm', 'l1,l3', "Expected l1, l2 for the option 'norm', got 'l3'."],
  ['halving', 'yes', "Expected true or false for the option 'halving', got 'yes'."],
] as const)('%s %s is refused', (option, text, sentence) => expect(() => axisOf(option, text)).toThrow(sentence));

test('random values lie within a range, as many in each factor of ten, and on a list', () => {
  const rng = random('values');
  const drawn = Array.from({ length: 600 }, () => axisOf('lambda', '1e-6..1').draw(rng) as number);
  expect(drawn.every((v) => v >= 1e-6 && v <= 1)).toBe(true);
  for (let power = -6; power < 0; power++) {
    const share = drawn.filter((v) => v >= 10 ** power && v < 10 ** (power + 1)).length / 600;
    expect(Math.abs(share - 1 / 6)).toBeLessThan(0.05);
  }
  const listed = Array.from({ length: 50 }, () => axisOf('norm', 'l1,l2').draw(rng));
  expect(new Set(listed)).toEqual(new Set(['l1', 'l2']));
});
