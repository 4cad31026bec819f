/** @file Any graphs held against the reference on any device. Runs in pages too, so nothing here is of Node or Vitest. */

import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { input, is, topological, type Value } from '../../src/graph/value.ts';
import { compile, type Feeds } from '../../src/runtime/compile.ts';
import type { Device } from '../../src/runtime/devices.ts';

/** How much is run of what is slow because it is exhaustive: see extent.ts. */
export type Extent = 'sample' | 'whole';

/** A graph to try: its outputs, and data for its inputs. */
export interface GraphCase {
  readonly name: string;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly feeds: Feeds;
}

/** How far a case's outputs are from the reference, as a share of the largest number of each. */
export interface Agreement {
  readonly name: string;
  readonly difference: number;
  /** Why it did not run. */
  readonly error?: string;
}

/** Cases of one session. A GPU made of software shares what it compiled within one; elsewhere large graphs are slow to optimise. */
const together = (device: Device) => (device === 'webgpu' ? 120 : 40);

/** Runs every case on a device. Where a session of many cases fails, each is run alone, so that the guilty are named. */
export async function agreement(cases: readonly GraphCase[], device: Device): Promise<Agreement[]> {
  const found: Agreement[] = [];
  for (let start = 0; start < cases.length; start += together(device)) {
    const part = cases.slice(start, start + together(device));
    const alone = () =>
      Promise.all(part.map((one) => runTogether([one], device).catch((error) => [failed(one, error)])));
    found.push(...(await runTogether(part, device).catch(async () => (await alone()).flat())));
  }
  return found;
}

const failed = ({ name }: GraphCase, error: unknown): Agreement => ({
  name,
  difference: Number.POSITIVE_INFINITY,
  error: String(error),
});

async function runTogether(cases: readonly GraphCase[], device: Device): Promise<Agreement[]> {
  const outputs: Record<string, Value> = {};
  const feeds: Record<string, Feeds[string]> = {};
  for (const [i, one] of cases.entries()) {
    Object.assign(outputs, prefixed(one.outputs, `${i}.`));
    for (const [name, data] of Object.entries(one.feeds)) feeds[`${i}.${name}`] = data;
  }
  await using program = await compile(outputs, { device });
  const got = await program.run(feeds);
  return cases.map(({ name, outputs, feeds }, i) => {
    const numbers = Object.fromEntries(Object.entries(feeds).map(([key, data]) => [key, Array.from(data, Number)]));
    const expected = evaluate(Object.values(outputs), numbers);
    const differences = Object.keys(outputs).map((key, k) => furthest(got[`${i}.${key}`]!, expected[k]!));
    return { name, difference: Math.max(...differences) };
  });
}

/** The same graph, the names of its inputs and outputs led by `prefix`. */
function prefixed(outputs: Readonly<Record<string, Value>>, prefix: string): Record<string, Value> {
  const renamed = new Map<Value, Value>();
  for (const value of topological(Object.values(outputs))) {
    const inputs = value.inputs.map((x) => renamed.get(x)!);
    const own = is(value, 'Input') ? input(prefix + value.attrs.name, value.shape, value.dtype) : { ...value, inputs };
    renamed.set(value, own);
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [prefix + name, renamed.get(value)!]));
}

/** The largest difference, relative to the largest number expected; infinite where the two are not alike at all. */
function furthest(got: Float32Array, expected: Float64Array): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
  const worst = expected.reduce((most, x, i) => Math.max(most, Object.is(x, got[i]) ? 0 : Math.abs(x - got[i]!)), 0);
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst / scale;
}
