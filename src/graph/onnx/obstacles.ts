/** @file Finds the operators of an ONNX file that have no gradient here, without building its graph. */

import type { AttributeProto, FunctionProto, NodeProto } from 'onnx-buf';
import { vjps } from '../vjps.ts';
import { decodeModel, isStandard } from './decode.ts';
import { importers } from './operators/index.ts';
import { dtypeOf } from './tensors.ts';

/** An operator on a path from the inputs to the outputs that has no gradient. */
export interface Obstacle {
  readonly operator: string;
  /** The number of its nodes on such paths. */
  readonly count: number;
  readonly node: string;
  readonly reason: 'unknown operator' | 'no gradient';
}

/** Operators whose outputs are int64 or bool: they need no gradient. */
const discrete = new Set(
  'Shape Size ArgMax ArgMin NonZero Equal Greater GreaterOrEqual Less LessOrEqual Not And Or Xor IsNaN IsInf'.split(
    ' ',
  ),
);

/** Operators that the reader handles without an importer. */
const special = new Set(['BatchNormalization', 'If', 'Constant']);

/** Every operator on a path from a float input to an output that is unknown or has no gradient. */
export function obstacles(bytes: Uint8Array): Obstacle[] {
  const { graph, functions } = decodeModel(bytes);
  const weights = new Set(graph.initializer.map(({ name }) => name));
  const floats = graph.input.filter(
    ({ name, type }) =>
      !weights.has(name) && type?.value.case === 'tensorType' && [1, 10, 11, 16].includes(type.value.value.elemType),
  );
  const reached = new Set(floats.map(({ name }) => name)); // a file's nodes come in order: inputs before their users
  const after = graph.node.filter((node) => {
    const on = node.input.some((name) => reached.has(name)) && !isDiscrete(node);
    if (on) for (const name of node.output) reached.add(name);
    return on;
  });
  const needed = new Set(graph.output.map(({ name }) => name));
  const between = after.toReversed().filter((node) => {
    const on = node.output.some((name) => needed.has(name));
    if (on) for (const name of node.input) needed.add(name);
    return on;
  });
  const found = new Map<string, Obstacle>();
  for (const node of between.reverse().flatMap((each) => bodyOf(each, functions))) {
    const reason = obstacleOf(node);
    if (!reason) continue;
    const operator = isStandard(node.domain) ? node.opType : `${node.domain}.${node.opType}`;
    const before = found.get(operator) ?? { operator, count: 0, node: node.name || node.output[0] || '', reason };
    found.set(operator, { ...before, count: before.count + 1 });
  }
  return [...found.values()];
}

function obstacleOf({ opType, domain }: NodeProto): Obstacle['reason'] | null {
  const own = domain === 'ai.onnx.preview.training' && opType === 'Gradient';
  if (own || (isStandard(domain) && special.has(opType))) return null;
  if (!isStandard(domain) || !Object.hasOwn(importers, opType)) return 'unknown operator';
  return vjps[opType as keyof typeof vjps] === null ? 'no gradient' : null;
}

/** A node, or the nodes of the function that it calls. */
function bodyOf(node: NodeProto, functions: readonly FunctionProto[]): NodeProto[] {
  const called = functions.find(({ name, domain }) => name === node.opType && domain === node.domain);
  return called ? called.node.filter((inner) => !isDiscrete(inner)) : [node];
}

function isDiscrete({ opType, attribute }: NodeProto): boolean {
  const to = attribute.find(({ name }: AttributeProto) => name === 'to')?.i;
  return discrete.has(opType) || (opType === 'Cast' && dtypeOf(Number(to)) !== 'float32');
}
