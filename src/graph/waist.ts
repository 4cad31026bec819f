/**
 * @file The waist of a generator: a small tensor that every path from the latent to the image passes, and that several
 * layers use. For StyleGAN it is w, the output of the mapping network (Karras et al. 2019).
 */

import type { OpName } from './ops.ts';
import { withInputs } from './rewrite.ts';
import { count, topological, type Value } from './value.ts';

/** A waist, with the number of places where layers use it. */
export interface Waist {
  /** [N, L], possibly with further axes of size 1. */
  readonly value: Value;
  readonly uses: number;
}

/** Operators that only hand elements on: what uses their result uses the tensor itself. */
const passing: ReadonlySet<OpName> = new Set<OpName>([
  ...(['Identity', 'Cast', 'Reshape', 'Transpose', 'Expand', 'Concat', 'Slice', 'Flip', 'Pad'] as const),
  ...(['Gather', 'GatherElements', 'GatherND'] as const),
]);

/** Numbers of a waist at most, for each image: a larger tensor is a feature map. */
const MOST = 8192;

/** Uses from which a tensor is a waist: a residual block uses its input twice. */
const LEAST_USES = 3;

/**
 * The waist between a latent and the image: of all tensors that every path passes, the one that most layers use; of
 * equals the smallest, of the fewest axes, then the last. Undefined where the generator has none.
 */
export function waistOf(latent: Value, image: Value): Waist | undefined {
  const found = passedByAll(leading(latent, image))
    .filter((value) => value !== latent && isVector(value))
    .map((value) => ({ value, uses: usesOf(value, image) }))
    .filter(({ uses }) => uses >= LEAST_USES);
  const order = ({ value, uses }: Waist) => [-uses, count(value.shape), value.shape.length] as const;
  return found
    .reverse()
    .sort((a, b) => order(a).reduce((before, x, i) => before || x - order(b)[i]!, 0))
    .at(0);
}

/** [N, L] with L > 1, possibly with further axes of size 1. */
function isVector({ shape, dtype }: Value): boolean {
  const sizes = shape.slice(1).filter((size) => size > 1);
  return dtype === 'float32' && sizes.length === 1 && sizes[0]! <= MOST;
}

/** The values that depend on the latent and that the image depends on, inputs first. */
function leading(latent: Value, image: Value): Value[] {
  const depends = new Set([latent]);
  const order = topological([image]);
  for (const value of order) if (value.inputs.some((x) => depends.has(x))) depends.add(value);
  return order.filter((value) => depends.has(value));
}

/** The values of `order` that no edge passes over: every path leads through them. */
function passedByAll(order: readonly Value[]): Value[] {
  const last = new Map<Value, number>(); // where each value is used last
  for (const [i, { inputs }] of order.entries()) for (const x of inputs) last.set(x, i);
  let reach = 0;
  return order.filter((value, i) => {
    const alone = reach <= i;
    reach = Math.max(reach, last.get(value) ?? i);
    return alone;
  });
}

/** The number of places where operators of a graph use a value, directly or through others that hand its elements on. */
export function usesOf(value: Value, output: Value): number {
  const handed = handedFrom(value, output);
  let uses = 0;
  for (const user of topological([output])) {
    if (!handed.has(user)) uses += user.inputs.filter((x) => handed.has(x)).length;
  }
  return uses;
}

/** A value with those that only hand its elements on. */
function handedFrom(value: Value, output: Value): ReadonlySet<Value> {
  const handed = new Set([value]);
  for (const user of topological([output])) {
    if (passing.has(user.op) && user.inputs.some((x) => handed.has(x))) handed.add(user);
  }
  return handed;
}

/** The graph of `output` in which the k-th use of `value` gets `copies[k]`, of the same shape: w+ for w (Abdal et al. 2019). */
export function untied(output: Value, value: Value, copies: readonly Value[]): Value {
  const handed = handedFrom(value, output);
  const now = new Map<Value, Value>();
  const handedOn = (x: Value, copy: Value): Value => {
    if (x === value) return copy;
    if (!handed.has(x)) return now.get(x)!;
    return withInputs(
      x,
      x.inputs.map((from) => handedOn(from, copy)),
    );
  };
  let use = 0;
  for (const user of topological([output])) {
    if (handed.has(user)) continue;
    const inputs = user.inputs.map((x) => (handed.has(x) ? handedOn(x, copies[use++]!) : now.get(x)!));
    now.set(user, withInputs(user, inputs));
  }
  return now.get(output)!;
}
