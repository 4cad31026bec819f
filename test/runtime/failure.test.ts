import { expect, test } from 'vitest';
import { LatentfillError } from '../../src/base/errors.ts';
import { gather } from '../../src/graph/ops/indexing.ts';
import { input, node, type Shape, type Value } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/compile.ts';
import { failure, graphName } from '../../src/runtime/failure.ts';

/** A node that only ONNX Runtime knows, or does not. */
function opaque(opType: string, inputs: readonly Value[], shape: Shape, domain = ''): Value {
  const places = inputs.map((_, i) => i);
  return node('Opaque', inputs, { opType, domain, version: 17, attributes: [], places, outputs: 1 }, shape);
}

/** What is thrown, which must be one sentence that keeps what ONNX Runtime threw. */
async function thrown(task: Promise<unknown>): Promise<string> {
  const error = await task.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(LatentfillError);
  expect(error.cause).toBeInstanceOf(Error);
  expect(error.cause).not.toBeInstanceOf(LatentfillError);
  return error.message;
}

const x = input('x', [4]);

test('a graph that ONNX Runtime does not take is named, with its device, what was said and what to do', async () => {
  const y = opaque('Frobnicate', [x], [4], 'some.thing');
  expect(await thrown(compile({ y }))).toBe(
    `Expected ONNX Runtime to load the graph of 'y' on cpu, got "Fatal error: some.thing:Frobnicate(-1) is not a registered function/op": use operators and types that it has there, or another device.`,
  );
  expect(await thrown(compile({ y }, { name: 'my generator' }))).toMatch(
    /^Expected .* the graph 'my generator' on cpu/,
  );
});

test('a run that fails inside is named, and the program goes on', async () => {
  const y = gather(x, input('i', [2], 'int64'));
  await using program = await compile({ y, z: x, a: x, b: x });
  const feeds = { x: Float32Array.of(1, 2, 3, 4) };
  expect(await thrown(program.run({ ...feeds, i: BigInt64Array.of(1n, 99n) }))).toMatch(
    /^Expected ONNX Runtime to run the graph of 'y', 'z', 'a' and 1 more on cpu, got ".*out of data bounds, idx=99.*": look at the node/,
  );
  expect([...(await program.run({ ...feeds, i: BigInt64Array.of(1n, 3n) })).y!]).toEqual([2, 4]);
});

test('memory that runs out is told as such', async () => {
  const y = opaque('ReduceMax', [opaque('ConstantOfShape', [input('shape', [1], 'int64')], [1])], [1]);
  await using program = await compile({ y });
  expect([...(await program.run({ shape: BigInt64Array.of(3n) })).y!]).toEqual([0]);
  expect(await thrown(program.run({ shape: BigInt64Array.of(2n ** 46n) }))).toMatch(
    /^Expected enough memory on cpu to run the graph of 'y', got ".+": take fewer rows or smaller images at once\.$/,
  );
});

test('a signal stays what it is', async () => {
  const reason = new Error('enough');
  await expect(compile({ y: x }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await using program = await compile({ y: x });
  await expect(program.run({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test.each([
  [new RangeError('Array buffer allocation failed'), 'enough memory'],
  [new Error('Aborted(). Build with -sASSERTIONS for more info.'), 'enough memory'],
  [new Error('no available backend found. ERR: [wasm] RangeError: could not allocate memory'), 'enough memory'],
  [new Error('no available backend found. ERR: [wasm] TypeError: Failed to fetch'), 'ONNX Runtime'],
  [
    new Error(
      'no available backend found. ERR: [wasm] RuntimeError: Aborted(both async and sync fetching of the wasm failed). Build with -sASSERTIONS for more info.',
    ),
    'ONNX Runtime',
  ],
  [new Error('\u001b[31mred\u0007\u001b[m\nsecond line'), 'ONNX Runtime'],
  [7_340_032, 'ONNX Runtime'], // an exception of C++'s that Emscripten hands on as its address
])('%s', (cause, expected) => {
  const error = failure('load', { graph: graphName(undefined, ['y']), device: 'wasm' }, cause);
  expect(error.message).toMatch(new RegExp(`^Expected ${expected} .*the graph of 'y'.*, got ".+": .+\\.$`));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
  expect(error.message).not.toMatch(/[\u0000-\u001f]|second/);
  expect(error.cause).toBe(cause);
  expect(/: serve .*\.wasm files/.test(error.message)).toBe(/fetch/.test(String(cause)));
});
