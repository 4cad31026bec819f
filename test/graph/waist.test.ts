import { expect, test } from 'vitest';
import { openOnnx } from '../../src/graph/onnx/read.ts';
import { leakyRelu, mul, tanh } from '../../src/graph/ops/elementwise.ts';
import { matmul } from '../../src/graph/ops/linear.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { constant, input, type Value } from '../../src/graph/value.ts';
import { untied, usesOf, waistOf } from '../../src/graph/waist.ts';
import { draw, styled, styleGenerator } from '../helpers/networks.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const z = input('z', [2, 8]);
const image = styled(z);
const { value: waist } = waistOf(z, image)!;

test('the waist is what every path passes and most layers use, through reshapes and slices', () => {
  expect(waistOf(z, image)).toMatchObject({ uses: 4, value: { op: 'LeakyRelu', shape: [2, 6] } });
  expect(usesOf(z, image)).toBe(1);
  const { inputs, outputs } = openOnnx(styleGenerator()).read({ inputs: { z } }); // also once written and read
  expect(waistOf(inputs.z!, outputs.image!)).toMatchObject({ uses: 4, value: { shape: [2, 6] } });
});

test('a generator that uses its latent once has none, nor one with residual blocks alone', () => {
  expect(waistOf(z, draw(z))).toBeUndefined();
  const residual = (x: Value) => mul(x, tanh(matmul(x, constant(noise('r', 64), [8, 8]))));
  expect(waistOf(z, residual(residual(residual(z))))).toBeUndefined();
});

test('a path past a tensor keeps it from being the waist', () => {
  const w = leakyRelu(matmul(z, constant(noise('w', 64), [8, 8])));
  const uses = [0, 1, 2].map((i) => matmul(w, constant(noise(`u${i}`, 64), [8, 8])));
  const through = uses.reduce((a, b) => mul(a, b));
  expect(waistOf(z, through)?.value).toBe(w);
  expect(waistOf(z, mul(through, z))).toBeUndefined();
});

test('with equal copies the image is the same; each copy moves what its own layer draws', () => {
  const given = noise('given', 16);
  const [w, whole] = evaluate([waist, image], { z: given }) as [Float64Array, Float64Array];
  const copies = [0, 1, 2, 3].map((i) => input(`w${i}`, [2, 6]));
  const free = untied(image, waist, copies);
  const at = (moved: number) =>
    evaluate([free], Object.fromEntries(copies.map((_, i) => [`w${i}`, i === moved ? w.map((x) => x + 0.1) : w])))[0]!;
  expectClose(at(-1), whole, 1e-12);
  const changes = [0, 1, 2, 3].map((i) => Math.hypot(...at(i).map((x, k) => x - whole[k]!)));
  expect(Math.min(...changes)).toBeGreaterThan(0.01);
  expect(new Set(changes.map((c) => c.toFixed(6))).size).toBe(4);
});

test('a model is read from a tensor within it on, and up to one', () => {
  const network = openOnnx(styleGenerator());
  const { tensors, inputs, outputs } = network.read({ inputs: { z } });
  const [name] = [...tensors].find(([, value]) => value === waistOf(inputs.z!, outputs.image!)!.value)!;
  const mapping = network.read({ inputs: { z }, outputs: [name] }).outputs[name]!;
  const w = input('w', [2, 6]);
  const synthesis = network.read({ tensors: { [name]: w }, inputShapes: { z: [2, 8] } }).outputs.image!;
  const given = noise('given', 16);
  const [between] = evaluate([mapping], { z: given });
  expectClose(evaluate([synthesis], { w: between! })[0]!, evaluate([image], { z: given })[0]!, 1e-6);
  expect(() => network.read({ tensors: { nothing: w }, inputs: { z } })).toThrow(
    "Expected the name of a tensor within the model, got 'nothing'.",
  );
});
