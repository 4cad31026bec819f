import { expect, test } from 'vitest';
import * as graph from '../src/graph.ts';

test('what the graph library builds it runs: descent finds the solution of a linear system', async () => {
  const { constant, grad, input, matmul, mul, square, sub, sum } = graph;
  const w = input('w', [2, 1]);
  const a = constant(Float32Array.of(2, 1, 1, 3), [2, 2]);
  const loss = sum(square(sub(matmul(a, w), input('b', [2, 1]))));
  const [dw] = grad(loss, [w]);
  using state = new graph.State().add('w', [2, 1]);
  await using program = await graph.compile({ loss }, { state, updates: { w: sub(w, mul(0.05, dw!)) } });
  const b = Float32Array.of(3, 5);
  const first = (await program.run({ b })).loss![0]!;
  for (let i = 0; i < 300; i++) await program.run({ b });
  expect(first).toBe(34);
  expect((await program.run({ b })).loss![0]!).toBeLessThan(1e-9);
  const [w0, w1] = await state.read('w');
  expect(w0).toBeCloseTo(0.8, 4);
  expect(w1).toBeCloseTo(1.4, 4);
});
