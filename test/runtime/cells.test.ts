import { expect, test } from 'vitest';
import { add, mul } from '../../src/graph/ops/elementwise.ts';
import { convTranspose } from '../../src/graph/ops/linear.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { constant, count, input, topological, type Value } from '../../src/graph/value.ts';
import { compile } from '../../src/runtime/compile.ts';
import { fastOnCpu } from '../../src/runtime/cpu.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const [x, y] = [input('x', [2, 4, 3, 128]), input('y', [2, 4, 3, 128])];
const [across, down] = [input('across', [2, 4, 3, 3]), input('down', [2, 4, 128, 3])];
const feeds = Object.fromEntries(
  Object.entries({ x, y, across, down }).map(([name, { shape }]) => [name, noise(name, count(shape))]),
);

type Options = Parameters<typeof convTranspose>[2];
const laid = (from: Value, kernel: readonly number[], options: Options, name = 'k') =>
  convTranspose(from, constant(noise(name, count(kernel)), kernel), { group: 4, ...options });

/** The transposed convolutions that are left, once the result is found to be the reference's. */
async function left(z: Value): Promise<number> {
  const order = topological(Object.values(fastOnCpu({ z })));
  const used = topological([z]).flatMap(({ op, attrs }) => (op === 'Input' ? [(attrs as { name: string }).name] : []));
  const given = Object.fromEntries(used.map((name) => [name, feeds[name]!]));
  await using program = await compile({ z });
  expectClose((await program.run(given)).z!, evaluate([z], given)[0]!, 1e-5);
  return order.filter(({ op }) => op === 'ConvTranspose').length;
}

test('elements laid out by rows, and sums of them by columns, are products', async () => {
  expect(await left(laid(x, [4, 1, 2, 1], { strides: [2, 1] }))).toBe(0);
  expect(await left(laid(x, [4, 1, 3, 1], { strides: [3, 1] }))).toBe(0);
  const columns = (from: Value, k: number, name: string) => laid(from, [4, 1, 1, k], { strides: [1, k] }, name);
  for (const k of [2, 3]) expect(await left(add(columns(x, k, 'p'), columns(y, k, 'q')))).toBe(0);
});

test('others stay: that overlap, are cut or apart, mix channels, vary, are narrow, or are used elsewhere', async () => {
  const stay = [
    laid(x, [4, 1, 3, 1], { strides: [2, 1] }),
    laid(x, [4, 1, 2, 1], { strides: [2, 1], outputPadding: [1, 0] }),
    laid(x, [4, 1, 2, 1], { strides: [2, 1], pads: [1, 0, 0, 0] }),
    laid(x, [4, 1, 2, 1], { strides: [2, 1], dilations: [2, 1] }),
    laid(x, [4, 1, 2, 1], { strides: [2, 1], group: 1 }),
    laid(x, [4, 2, 2, 1], { strides: [2, 1], group: 4 }),
    laid(across, [4, 1, 2, 1], { strides: [2, 1] }),
    laid(x, [4, 1, 1, 2], { strides: [1, 2] }),
    convTranspose(x, mul(constant(noise('k', 8), [4, 1, 2, 1]), 2), { strides: [2, 1], group: 4 }),
  ];
  for (const z of stay) expect(await left(z)).toBe(1);
  const [p, q] = ['p', 'q'].map((name, i) => laid([x, y][i]!, [4, 1, 1, 2], { strides: [1, 2] }, name)) as [
    Value,
    Value,
  ];
  expect(await left(mul(add(p, q), p))).toBe(2);
  expect(await left(add(p, mul(q, q)))).toBe(2);
  expect(
    await left(
      add(laid(down, [4, 1, 1, 2], { strides: [1, 2] }), laid(mul(down, 2), [4, 1, 1, 2], { strides: [1, 2] })),
    ),
  ).toBe(2);
});
