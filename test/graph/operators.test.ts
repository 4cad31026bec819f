/** Every operator that is read: its forward pass against ONNX Runtime's own kernel, its gradients against finite differences. */

import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { checkGrads } from '../../src/graph/check-grads.ts';
import { grad } from '../../src/graph/grad.ts';
import { importers } from '../../src/graph/onnx/operators/index.ts';
import { readOnnx } from '../../src/graph/onnx/read.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { topological, type Value } from '../../src/graph/value.ts';
import { vjps } from '../../src/graph/vjps.ts';
import { expectClose } from '../helpers/numbers.ts';
import { type Case, cases } from './cases/index.ts';
import { operatorsPage } from './operators-table.ts';

/** The case's node as a function of its float inputs. */
function apply({ model, shapes }: Case, xs: readonly Value[]): Value {
  const names = Object.keys(shapes);
  return readOnnx(model(), { inputs: Object.fromEntries(names.map((name, i) => [name, xs[i]!])) }).outputs.y!;
}

test('every operator that is read has cases', () => {
  const covered = new Set(cases.map(({ op }) => op));
  expect(Object.keys(importers).filter((op) => !covered.has(op))).toEqual([]);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

test('docs/operators.md is what `npm run docs` makes', () => {
  expect(readFileSync('docs/operators.md', 'utf8')).toBe(operatorsPage());
});

test('the cases meet every operator of the graph', () => {
  const met = new Set<string>();
  for (const each of cases) {
    const { inputs, outputs } = readOnnx(each.model());
    const xs = Object.values(inputs);
    const all = each.order === 0 ? [outputs.y!] : [outputs.y!, ...grad(sum(outputs.y!), xs)];
    for (const { op } of topological(all)) met.add(op);
  }
  // Those of others, and of no file; the arithmetic of whole numbers folds.
  const rest = ['Identity', 'Opaque', 'OpaqueOutput', 'StopGradient', 'And', 'Mod'];
  expect(Object.keys(vjps).filter((op) => !met.has(op) && !rest.includes(op))).toEqual([]);
});

describe.each([...new Set(cases.map(({ op }) => op))])('%s', (op) => {
  test.each(cases.filter((each) => each.op === op).map((each) => [each.name, each] as const))(
    '%s',
    async (_name, each) => {
      const { inputs, outputs } = readOnnx(each.model());
      const got = evaluate([outputs.y!], each.feeds)[0]!;
      if (each.native) {
        const session = await ort.InferenceSession.create(each.model(), {
          logSeverityLevel: 4,
          graphOptimizationLevel: 'disabled',
        });
        const feeds = Object.fromEntries(
          Object.keys(inputs).map((name) => [name, new ort.Tensor('float32', each.feeds[name]!, each.shapes[name]!)]),
        );
        const { y } = await session.run(feeds);
        await session.release();
        expect(outputs.y!.shape).toEqual(y!.dims);
        expectClose(got, y!.data as Float32Array, 1e-5);
      }
      const values = Object.values(each.feeds);
      if (each.order > 0) {
        checkGrads((...xs) => apply(each, xs), Object.values(each.shapes), { order: each.order, at: values });
      }
    },
  );
});
