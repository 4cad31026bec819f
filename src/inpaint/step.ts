/** @file One step of the search as one graph: G, D, both losses, the gradient and the optimiser's update. */

import { grad } from '../graph/grad.ts';
import { abs, add, clip, div, max, mul, sqrt, square } from '../graph/ops/elementwise.ts';
import { concat, split } from '../graph/ops/layout.ts';
import { sum } from '../graph/ops/reduce.ts';
import { input, type Value } from '../graph/value.ts';
import { type LatentSpace, partsOf } from '../model/latents.ts';
import type { Model } from '../model/model.ts';
import type { Space } from '../model/spaces.ts';
import { textInput } from '../model/text/input-form.ts';
import { adam, gradientDescent, type Updates } from '../nn/optimisers.ts';
import type { RowGraph } from '../runtime/rows.ts';
import { perceptualLoss, priorTerm, spreadTerm } from './objective.ts';
import type { Resolved } from './options.ts';
import { comparedSide, pyramidLoss, shrunk } from './pyramid.ts';

/** The graph of a step over `rows` points of a space: losses, [rows] each, and the updates of the state. */
export function buildStep(
  model: Model,
  space: Space,
  rows: number,
  options: Resolved,
): { outputs: Record<string, Value>; updates: Updates } {
  const { channels } = model.card.image;
  const side = comparedSide(model.card, options);
  const z = input('z', [rows, space.points.latent]);
  const target = input('target', [rows, channels, side, side]);
  const weights = input('weights', [rows, 1, side, side]);

  const text = model.text ? textInput('text', model.text.form, rows) : undefined;
  const image = space.image(z, text);
  const contextual = pyramidLoss(shrunk(image, side), target, weights, options);
  const perceptual = model.discriminator && perceptualLoss(model.discriminator(image, text), options.perceptual);
  let total = contextual;
  if (perceptual) total = add(total, mul(perceptual, input('lambda', [])));
  if (space.copies || !perceptual) total = add(total, mul(priorTerm(z, space.points), input('lambdaPrior', [])));
  if (space.copies && space.copies.count > 1) {
    total = add(total, mul(spreadTerm(z, space.copies), input('lambdaSpread', [])));
  }
  const [gradient] = grad(sum(total), [z]); // rows are independent, so this holds each row's own gradient

  const moved = [{ name: 'z', value: z, gradient: gradient! }];
  const learningRate = input('learningRate', [rows, 1]);
  const t = add(input('t', []), 1);
  const updates =
    options.optimiser === 'adam'
      ? { ...adam(moved, t, { ...options, learningRate }), t }
      : gradientDescent(moved, learningRate, options.momentum);
  const next = bounded(updates.z!, space.points, options.bound);
  return {
    outputs: { total, contextual, ...(perceptual && { perceptual }), gradient: sum(abs(gradient!), [1]) },
    updates: { ...updates, z: next },
  };
}

/** The graph of a step for any number of rows, with its key in the cache of programs. */
export function stepGraph(model: Model, space: Space, options: Resolved): RowGraph {
  const { norm, finest, coarsest, perceptual, optimiser, momentum, beta1, beta2, bound } = options;
  const moves = optimiser === 'adam' ? [beta1, beta2] : [momentum];
  return {
    key: `step ${[space.name, norm, finest, coarsest, perceptual, optimiser, ...moves, bound]}`,
    build: (rows) => buildStep(model, space, rows, options),
  };
}

/** z projected to its prior's range: the box from −1 to 1, or for n normal numbers the ball of radius √n. */
function bounded(z: Value, space: LatentSpace, bound: Resolved['bound']): Value {
  if (bound === 'none') return z;
  if (bound === 'box') return clip(z, -1, 1);
  const parts = partsOf(space);
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
