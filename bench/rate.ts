/** @file What a graph costs and how fast it runs, beside ONNX Runtime's own matrix product in the same run. */

import { random, uniform } from '../src/base/random.ts';
import { flops } from '../src/graph/cost.ts';
import { matmul } from '../src/graph/ops/linear.ts';
import { constant, count, input, topological, type Value } from '../src/graph/value.ts';
import { compile } from '../src/runtime/compile.ts';

/** What a matrix unit does for these outputs: the operations of matrix products and convolutions, nothing else. */
export function matrixFlops(outputs: readonly Value[]): number {
  return flops(topological(outputs).filter(({ op }) => op === 'MatMul' || op.startsWith('Conv')));
}

/** Uniform noise for an input of this shape. */
export function noise(name: string, shape: readonly number[]): Float32Array {
  return uniform(random('bench', name), count(shape), -1, 1);
}

async function time(call: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await call();
  return performance.now() - began;
}

/** A 1536×1536 matrix product with constant weights: returns a call and its FLOPs. */
export async function matrixProduct(): Promise<{ call: () => Promise<unknown>; flops: number }> {
  const side = 1536;
  const y = matmul(input('x', [side, side]), constant(noise('w', [side, side]), [side, side]));
  const program = await compile({ y });
  const x = noise('x', [side, side]);
  return { call: () => program.run({ x }), flops: matrixFlops([y]) };
}

/** Runs each call in turn, `rounds` times after one warm-up; medians of the milliseconds, and of the ratio to the first. */
export async function sideBySide(calls: readonly (() => Promise<unknown>)[], rounds: number): Promise<number[]> {
  for (const call of calls) await call();
  const times: number[][] = calls.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, call] of calls.entries()) times[i]!.push(await time(call));
  }
  return times.map((all) => all.sort((a, b) => a - b)[Math.floor(rounds / 2)]!);
}
