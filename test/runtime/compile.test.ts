import { expect, test } from 'vitest';
import { add, mul, sub } from '../../src/graph/ops/elementwise.ts';
import { pad } from '../../src/graph/ops/layout.ts';
import { conv, matmul } from '../../src/graph/ops/linear.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { constant, input } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/compile.ts';
import { State } from '../../src/runtime/state.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

test('state is updated by each run, and stays in its two buffers', async () => {
  const w = input('w', [3]);
  const state = new State().add('w', [3], Float32Array.of(1, 2, 3));
  await using program = await compile({ total: sum(w) }, { state, updates: { w: mul(w, 2) } });
  const buffers = new Set([await state.read('w'), state.back('w')]);
  for (const total of [6, 12, 24]) {
    const { total: got } = await program.run();
    expect(got![0]).toBe(total);
    expect(buffers.has(await state.read('w'))).toBe(true);
  }
  expect([...(await state.read('w'))]).toEqual([8, 16, 24]);
});

test('a padded kernel stays one', async () => {
  const [x, w] = [input('x', [1, 1, 5, 5]), input('w', [1, 1, 2, 2])];
  const y = conv(x, pad(w, [0, 0, 1, 1, 0, 0, 0, 0]));
  const feeds = { x: noise('x', 25), w: noise('w', 4) };
  await using program = await compile({ y });
  expectClose((await program.run(feeds)).y!, evaluate([y], feeds)[0]!);
});

test('programs share a state', async () => {
  const [a, b] = [input('a', []), input('b', [])];
  const state = new State().add('a', [], Float32Array.of(1)).add('b', [], Float32Array.of(10));
  await using first = await compile({}, { state, updates: { a: add(a, b) } });
  await using second = await compile({ seen: a }, { state, updates: { b: sub(b, a) } });
  await first.run();
  const { seen } = await second.run();
  expect(seen![0]).toBe(11);
  expect((await state.read('b'))[0]).toBe(-1);
});

test('a run that fails changes no state', async () => {
  const state = new State().add('w', [1], Float32Array.of(5));
  await using program = await compile({}, { state, updates: { w: add(input('w', [1]), input('x', [1])) } });
  await expect(program.run({})).rejects.toThrow("Expected 1 values for input 'x'".replace('Expected', 'run: expected'));
  await expect(program.run({ x: new Float32Array(2) })).rejects.toThrow(/got 2/);
  expect((await state.read('w'))[0]).toBe(5);
});

test('the same feeds give the same bits', async () => {
  const y = matmul(input('x', [64, 128]), constant(noise('w', 128 * 96), [128, 96]));
  await using program = await compile({ y });
  const x = noise('x', 64 * 128);
  const { y: once } = await program.run({ x });
  const first = once!.slice();
  const { y: again } = await program.run({ x: x.slice() });
  expect(again).toEqual(first);
});
