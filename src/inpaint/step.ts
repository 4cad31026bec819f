/** @file One step of the search as one graph: G, D, both losses, the gradient and the optimiser's update. */

import { latentSpace } from '../gan/card.ts';
import type { Model } from '../gan/model.ts';
import type { TextRows } from '../gan/text/codec.ts';
import { textInput } from '../gan/text/encoder.ts';
import { grad } from '../graph/grad.ts';
import { abs, add, clip, div, max, mul, sqrt, square } from '../graph/ops/elementwise.ts';
import { concat, split } from '../graph/ops/layout.ts';
import { sum } from '../graph/ops/reduce.ts';
import { input, type Value } from '../graph/value.ts';
import { adam, gradientDescent, type Updates } from '../nn/optimisers.ts';
import { compile } from '../runtime/compile.ts';
import type { Wanted } from '../runtime/devices.ts';
import { State } from '../runtime/state.ts';
import { joined, textRows } from './caption.ts';
import { contextualLoss, perceptualLoss, priorTerm } from './objective.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';

/** Losses of each row of the batch at the latents that a step began with. */
interface RowLosses {
  readonly total: Float32Array;
  readonly contextual: Float32Array;
  /** Left out where the model has no discriminator. */
  readonly perceptual?: Float32Array;
  /** l1 norm of ∂L/∂z. */
  readonly gradient: Float32Array;
}

/** A compiled step; rows are problem by problem, `candidates` of each. */
export interface Step extends AsyncDisposable {
  /** Sets z, row by row. */
  begin(latents: readonly Float32Array[]): void;
  /** z, [rows, latent]: not a copy, valid until the next run. */
  latents(): Promise<Float32Array>;
  run(learningRate: number): Promise<RowLosses>;
}

/** The graph of a step over `rows` latents: losses [rows] each, and the next contents of the state. */
export function buildStep(
  model: Model,
  rows: number,
  options: Resolved,
): { outputs: Record<string, Value>; updates: Updates } {
  const { size: pixels, channels } = model.card.image;
  const z = input('z', [rows, model.card.latent.size]);
  const target = input('target', [rows, channels, pixels, pixels]);
  const weights = input('weights', [rows, 1, pixels, pixels]);

  const text = model.text ? textInput('text', model.text.form, rows) : undefined;
  const image = model.generator(z, text);
  const contextual = contextualLoss(image, target, weights, options.norm);
  const perceptual = model.discriminator && perceptualLoss(model.discriminator(image, text), options.perceptual);
  const total = perceptual
    ? add(contextual, mul(perceptual, options.lambda))
    : add(contextual, mul(priorTerm(z, latentSpace(model.card)), options.lambdaPrior));
  const [gradient] = grad(sum(total), [z]); // rows do not mix, so this holds each row's own gradient

  const moved = [{ name: 'z', value: z, gradient: gradient! }];
  const learningRate = input('learningRate', []);
  const t = add(input('t', []), 1);
  const updates =
    options.optimiser === 'adam'
      ? { ...adam(moved, t, { ...options, learningRate }), t }
      : gradientDescent(moved, learningRate, options.momentum);
  const next = bounded(updates.z!, model, options.bound);
  return {
    outputs: { total, contextual, ...(perceptual && { perceptual }), gradient: sum(abs(gradient!), [1]) },
    updates: { ...updates, z: next },
  };
}

/** Compiles a step for `candidates` rows of each problem, all optimiser state at zero. */
export async function compileStep(
  model: Model,
  problems: readonly Problem[],
  candidates: number,
  options: Resolved,
  device?: Wanted,
): Promise<Step> {
  const rows = problems.length * candidates;
  const { outputs, updates } = buildStep(model, rows, options);
  const state = new State().add('z', [rows, model.card.latent.size]).add('t', []);
  for (const name of Object.keys(updates)) if (!state.has(name)) state.add(name, updates[name]!.shape);
  const target = repeated(
    problems.map((problem) => problem.target),
    candidates,
  );
  const weights = repeated(
    problems.map((problem) => normalised(problem.weights, options, model.card.image.range)),
    candidates,
  );
  const captions = textRows(model, problems);
  const text = captions && { text: joined(captions.flatMap((row) => new Array<TextRows>(candidates).fill(row))) };
  const program = await compile(outputs, { device, state, updates });
  return {
    begin: (latents) => state.write('z', Float32Array.from(latents.flatMap((latent) => [...latent]))),
    latents: () => state.read('z'),
    run: async (learningRate) =>
      (await program.run({
        target,
        weights,
        ...text,
        learningRate: Float32Array.of(learningRate),
      })) as unknown as RowLosses,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** z held where its prior can draw it: in the box from −1 to 1, or for n normal numbers in the ball of radius √n. */
function bounded(z: Value, model: Model, bound: Resolved['bound']): Value {
  if (bound === 'none') return z;
  if (bound === 'box') return clip(z, -1, 1);
  const { latent, prior, parts = [{ size: latent, prior }] } = latentSpace(model.card);
  const pieces = split(
    z,
    parts.map(({ size }) => size),
    1,
  );
  return concat(
    pieces.map((piece, i) => (parts[i]!.prior === 'uniform' ? clip(piece, -1, 1) : inBall(piece))),
    1,
  );
}

function inBall(z: Value): Value {
  const norm = sqrt(sum(square(z), [1], { keep: true }));
  return div(z, max(div(norm, Math.sqrt(z.shape[1]!)), 1));
}

/**
 * Weights whose contextual loss is the mean over known pixels and three channels, where that is asked for, of differences as
 * they are in [−1, 1]: λ means the same whatever range the networks use.
 */
function normalised(
  weights: Float32Array,
  { reduction, norm }: Resolved,
  [black, white]: readonly [number, number],
): Float32Array {
  const unit = (2 / (white - black)) ** (norm === 'l1' ? 1 : 2);
  const total = reduction === 'sum' ? 1 : 3 * weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => (unit * w) / total);
}

function repeated(rows: readonly Float32Array[], times: number): Float32Array {
  const length = rows[0]!.length;
  const out = new Float32Array(rows.length * times * length);
  for (let i = 0; i < rows.length * times; i++) out.set(rows[Math.floor(i / times)]!, i * length);
  return out;
}
