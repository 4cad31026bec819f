/** Noise that a model draws is held: a latent has one picture. */

import { describe, expect, test } from 'vitest';
import { grad } from '../../../src/graph/grad.ts';
import type { Noise } from '../../../src/graph/onnx/noise.ts';
import { type ReadOptions, readOnnx } from '../../../src/graph/onnx/read.ts';
import { mul } from '../../../src/graph/ops/elementwise.ts';
import { sum } from '../../../src/graph/ops/reduce.ts';
import { evaluate } from '../../../src/graph/reference/evaluate.ts';
import { constant, count, input } from '../../../src/graph/value.ts';
import { compile } from '../../../src/runtime/compile.ts';
import { bool, float32, int64, onnxModel } from '../../helpers/onnx.ts';

/** x plus noise like it, twice. */
const noisy = onnxModel({
  inputs: { x: ['N', 3, 40, 40] },
  nodes: [
    { op: 'RandomNormalLike', inputs: ['x'], outputs: ['a'], name: 'first', attributes: { mean: 2, scale: 0.5 } },
    { op: 'RandomUniformLike', inputs: ['x'], outputs: ['b'], name: 'second', attributes: { low: -1, high: 3 } },
    { op: 'Add', inputs: ['x', 'a'], outputs: ['xa'] },
    { op: 'Add', inputs: ['xa', 'b'], outputs: ['y'] },
  ],
  outputs: ['y', 'a', 'b'],
});

const at = (n: number) => {
  const { outputs } = readOnnx(noisy, { inputShapes: { x: [n, 3, 40, 40] } });
  return evaluate([outputs.a!, outputs.b!], { x: new Float32Array(n * 4800) }) as [Float64Array, Float64Array];
};

describe('noise', () => {
  test('is that of its distribution, and differs from node to node', () => {
    const [a, b] = at(1);
    const [mean, spread] = [
      (x: Float64Array) => x.reduce((t, v) => t + v, 0) / x.length,
      (x: Float64Array) => {
        const m = mean(x);
        return Math.sqrt(mean(x.map((v) => (v - m) ** 2)));
      },
    ];
    expect([mean(a), spread(a)].map((v) => Math.round(v * 20) / 20)).toEqual([2, 0.5]);
    expect([mean(b), spread(b)].map((v) => Math.round(v * 10) / 10)).toEqual([1, 1.2]); // 4 / √12
    expect([Math.min(...b) >= -1, Math.max(...b) < 3]).toEqual([true, true]);
    expect(Math.abs(a[0]! - b[0]!)).toBeGreaterThan(1e-3);
    const place = a.map((v, i) => (v - 2) * (b[i]! - 1));
    expect(Math.abs(mean(place))).toBeLessThan(0.05);
  });

  test('is the same for each row of a batch, of every size, and in every run', async () => {
    const [[one], [three]] = [at(1), at(3)];
    for (let row = 0; row < 3; row++) expect(three.slice(row * 4800, (row + 1) * 4800)).toEqual(one);
    const { outputs } = readOnnx(noisy, { inputShapes: { x: [2, 3, 40, 40] } });
    const feeds = { x: new Float32Array(9600) };
    await using program = await compile({ y: outputs.y! });
    await using again = await compile({ y: readOnnx(noisy, { inputShapes: { x: [2, 3, 40, 40] } }).outputs.y! });
    const first = (await program.run(feeds)).y!.slice();
    expect((await program.run(feeds)).y).toEqual(first);
    expect((await again.run(feeds)).y).toEqual(first);
  });

  test('of a shape in the file follows another batch', () => {
    const fixed = (shape: bigint[]) =>
      onnxModel({
        inputs: { x: [2, 5] },
        nodes: [
          { op: 'RandomNormal', inputs: [], outputs: ['n'], attributes: { shape, seed: 4 } },
          { op: 'Add', inputs: ['x', 'n'], outputs: ['y'] },
        ],
        outputs: ['y'],
      });
    const rowsOf = (shape: bigint[], n: number) => {
      const { outputs } = readOnnx(fixed(shape), { inputShapes: { x: [n, 5] } });
      const y = evaluate([outputs.y!], { x: new Float32Array(n * 5) })[0]!;
      return Array.from({ length: n }, (_, i) => `${y.slice(i * 5, i * 5 + 5)}`);
    };
    expect(rowsOf([2n, 5n], 2)[1]).toBe(rowsOf([2n, 5n], 2)[0]);
    expect(new Set([...rowsOf([2n, 5n], 2), ...rowsOf([2n, 5n], 4)]).size).toBe(1);
    expect(new Set([...rowsOf([5n], 2), ...rowsOf([5n], 5)]).size).toBe(1); // 5 is no batch of the file
  });

  test('may be of another making, by name, shape and distribution', () => {
    const asked: Noise[] = [];
    const noise: ReadOptions['noise'] = (each) => {
      asked.push(each);
      return each.name === 'first'
        ? input('own', each.shape)
        : constant(new Float32Array(count(each.shape)), each.shape);
    };
    const { outputs } = readOnnx(noisy, { inputShapes: { x: [1, 3, 40, 40] }, noise });
    const own = new Float32Array(4800).fill(7);
    expect(evaluate([outputs.y!], { x: new Float32Array(4800), own })[0]).toEqual(Float64Array.from(own));
    expect(asked.toSorted((m, n) => m.name.localeCompare(n.name))).toEqual([
      { name: 'first', shape: [1, 3, 40, 40], kind: 'normal', mean: 2, scale: 0.5 },
      { name: 'second', shape: [1, 3, 40, 40], kind: 'uniform', low: -1, high: 3 },
    ]);
    const wrong = () => readOnnx(noisy, { inputShapes: { x: [1, 3, 40, 40] }, noise: () => constant([1, 2]) });
    expect(wrong).toThrow("Expected float32 noise [1,3,40,40], got float32 [2], at node 'second' (RandomUniformLike).");
  });

  test('of a function differs from call to call, and is the same in its gradient', () => {
    const call = (from: string, to: string) => ({ op: 'Noisy', domain: 'own', inputs: [from], outputs: [to] });
    const model = onnxModel({
      inputs: { x: ['N', 4] },
      nodes: [call('x', 'y'), call('x', 'z')],
      outputs: ['y', 'z'],
      functions: [
        {
          name: 'Noisy',
          domain: 'own',
          inputs: ['v'],
          outputs: ['w'],
          nodes: [
            { op: 'RandomNormalLike', inputs: ['v'], outputs: ['n'] },
            { op: 'Mul', inputs: ['v', 'n'], outputs: ['w'] },
          ],
        },
      ],
    });
    const { inputs, outputs } = readOnnx(model, { inputShapes: { x: [1, 4] } });
    const [dy] = grad(sum(mul(outputs.y!, 1)), [inputs.x!]);
    const [y, z, slope] = evaluate([outputs.y!, outputs.z!, dy!], { x: [1, 1, 1, 1] });
    expect(slope).toEqual(y);
    expect(Math.abs(y![0]! - z![0]!)).toBeGreaterThan(1e-3);
  });

  test('drops what a file in training drops, always the same', () => {
    const model = (training: number) =>
      onnxModel({
        inputs: { x: ['N', 500] },
        tensors: [float32([0.25], [], 'ratio'), bool([training], [], 'training')],
        nodes: [{ op: 'Dropout', inputs: ['x', 'ratio', 'training'], outputs: ['y'] }],
        outputs: ['y'],
      });
    const of = (training: number) => {
      const { outputs } = readOnnx(model(training), { inputShapes: { x: [2, 500] } });
      return evaluate([outputs.y!], { x: new Float32Array(1000).fill(3) })[0]!;
    };
    const kept = of(1).filter((v) => v !== 0);
    expect(Math.abs(kept.length / 1000 - 0.75)).toBeLessThan(0.05);
    expect(kept.every((v) => Math.abs(v - 4) < 1e-6)).toBe(true);
    expect(of(1).slice(500)).toEqual(of(1).slice(0, 500));
    expect(of(0)).toEqual(new Float64Array(1000).fill(3));
  });

  test('that chooses is refused', () => {
    for (const op of ['Bernoulli', 'Multinomial']) {
      const model = onnxModel({
        inputs: { x: [1, 3] },
        nodes: [{ op, inputs: ['x'], outputs: ['y'], name: 'coin' }],
        tensors: [int64([1])],
        outputs: ['y'],
        declared: { y: [1, 3] },
      });
      expect(() => readOnnx(model)).toThrow(
        `Expected noise that can be held, got choices at random: export the model without, at node 'coin' (${op}).`,
      );
    }
  });
});
