import { expect, test } from 'vitest';
import { add, exp, neg } from '../../src/graph/ops/elementwise.ts';
import { reshape } from '../../src/graph/ops/layout.ts';
import { matmul } from '../../src/graph/ops/linear.ts';
import { constant, input } from '../../src/graph/value.ts';
import { resolveOptions } from '../../src/inpaint/options.ts';
import { buildStep } from '../../src/inpaint/step.ts';
import { spaceOf } from '../../src/model/spaces.ts';
import { memoryOf } from '../../src/runtime/memory.ts';
import { tinyModel } from '../helpers/pictures.ts';

const x = input('x', [4, 8]); // 128 bytes, that the caller holds

test('what is computed over its input takes no more; what two need stays', () => {
  expect(memoryOf({ y: exp(exp(exp(x))) })).toEqual({ constant: 0, alive: 128 });
  const a = exp(x);
  expect(memoryOf({ y: add(exp(a), neg(a)) })).toEqual({ constant: 0, alive: 256 });
  expect(memoryOf({ a, y: exp(a) })).toEqual({ constant: 0, alive: 256 });
});

test('a view takes nothing, and keeps what it shows', () => {
  const a = exp(x);
  expect(memoryOf({ y: reshape(a, [8, 4]) })).toEqual({ constant: 0, alive: 128 });
  expect(memoryOf({ y: exp(reshape(a, [8, 4])), z: neg(x) })).toEqual({ constant: 0, alive: 256 });
});

test('products need both; constants, and what follows from them, stay', () => {
  const w = exp(constant(new Float32Array(16), [8, 2]));
  expect(memoryOf({ y: exp(matmul(exp(x), w)) })).toEqual({ constant: 64, alive: 128 + 32 });
});

test('twice the rows of a step take twice the memory, and the same constants', () => {
  const of = (rows: number) => {
    const { outputs, updates } = buildStep(tinyModel(), spaceOf(tinyModel(), 'latent')!, rows, resolveOptions({}));
    return memoryOf({ ...outputs, ...updates });
  };
  const [one, eight] = [of(1), of(8)];
  expect(eight.constant).toBe(one.constant);
  expect(eight.alive / one.alive).toBeGreaterThan(7.9);
  expect(eight.alive / one.alive).toBeLessThan(8.1);
});
