/** @file One step of the search as one graph: G, D, both losses, the gradient and the optimiser's update. */

import { grad } from '../graph/grad.ts';
import { abs, add, clip, div, max, mul, sqrt, square } from '../graph/ops/elementwise.ts';
import { concat, split } from '../graph/ops/layout.ts';
import { sum } from '../graph/ops/reduce.ts';
import { input, type Value } from '../graph/value.ts';
import type { LiveModel } from '../model/generate.ts';
import { type LatentSpace, partsOf } from '../model/latents.ts';
import type { Model } from '../model/model.ts';
import type { Space } from '../model/spaces.ts';
import { textInput } from '../model/text/input-form.ts';
import { adam, adamState, descentState, gradientDescent, type Updates } from '../nn/optimisers.ts';
import type { Feeds } from '../runtime/compile.ts';
import { cutRows, type RowGraph } from '../runtime/rows.ts';
import { State } from '../runtime/state.ts';
import { concatRows, textRows } from './caption.ts';
import { perceptualLoss, priorTerm, spreadTerm } from './objective.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { comparedSide, pyramidLoss, shrunk } from './pyramid.ts';
import { normalisedWeights } from './weights.ts';

/** Rows of a run at most, even if more fit in memory. */
const MOST = 64;

/** Losses of each row of the batch, at the latents before the step. */
interface RowLosses {
  readonly total: Float32Array;
  readonly contextual: Float32Array;
  /** Left out where the model has no discriminator. */
  readonly perceptual?: Float32Array;
  /** l1 norm of ∂L/∂z. */
  readonly gradient: Float32Array;
}

/**
 * A compiled step with its state. Its rows are the candidates of each problem, problem by problem. Dispose of it to
 * free the state.
 */
export interface Step extends Disposable {
  /** z of all rows, [rows, latent]; a copy. */
  latents(): Promise<Float32Array>;
  /** One step of all rows, in several runs if they do not fit in memory at once. */
  run(learningRate: number, signal?: AbortSignal): Promise<RowLosses>;
}

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
  const learningRate = input('learningRate', []);
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
function stepGraph(model: Model, space: Space, options: Resolved): RowGraph {
  const { norm, finest, coarsest, perceptual, optimiser, momentum, beta1, beta2, bound } = options;
  const moves = optimiser === 'adam' ? [beta1, beta2] : [momentum];
  return {
    key: `step ${[space.name, norm, finest, coarsest, perceptual, optimiser, ...moves, bound]}`,
    build: (rows) => buildStep(model, space, rows, options),
  };
}

/** Opens a step at `latents`, one for each row, with all optimiser state zero. */
export async function openStep(
  { model, programs }: LiveModel,
  space: Space,
  problems: readonly Problem[],
  latents: readonly Float32Array[],
  options: Resolved,
  signal?: AbortSignal,
): Promise<Step> {
  const graph = stepGraph(model, space, options);
  const candidates = latents.length / problems.length;
  const { rows, runs } = cutRows(programs, graph, latents.length, MOST);
  const lease = await programs.open(`${graph.key} ${rows}`, () => graph.build(rows), signal);
  const lambdas = {
    ...(model.discriminator && { lambda: Float32Array.of(options.lambda) }),
    ...((space.copies || !model.discriminator) && {
      lambdaPrior: Float32Array.of(space.copies ? options.lambdaWaist : options.lambdaPrior),
    }),
    ...(space.copies && space.copies.count > 1 && { lambdaSpread: Float32Array.of(options.lambdaSpread) }),
  };
  const known = new Map<string, Feeds>(); // runs with the same problems share their feeds
  const parts = Array.from({ length: runs }, (_, run) => {
    // Padding rows repeat the last one; their results are not used.
    const at = Array.from({ length: rows }, (_, i) => Math.min(run * rows + i, latents.length - 1));
    const which = at.map((row) => Math.floor(row / candidates));
    const feeds =
      known.get(`${which}`) ??
      feedsOf(
        model,
        which.map((p) => problems[p]!),
        options,
      );
    known.set(`${which}`, feeds);
    return {
      feeds,
      state: stateOf(
        space,
        at.map((row) => latents[row]!),
        options,
      ),
    };
  });
  let [running, ended] = [false, false];
  const free = () => {
    for (const { state } of parts) state[Symbol.dispose]();
    lease[Symbol.dispose]();
  };
  const rowsAlone = (all: readonly Float32Array[]) => {
    const each = all[0]!.length / rows;
    return (concatRows(all) as Float32Array).subarray(0, latents.length * each);
  };
  return {
    async latents() {
      const all: Float32Array[] = [];
      for (const { state } of parts) all.push(await state.read('z'));
      return rowsAlone(all);
    },
    async run(learningRate, stop) {
      const all: Record<string, Float32Array>[] = [];
      running = true;
      try {
        for (const { feeds, state } of parts) {
          const own = { ...feeds, ...lambdas, learningRate: Float32Array.of(learningRate) };
          all.push(await lease.program.run(own, { state, signal: stop }));
        }
      } finally {
        running = false;
        if (ended) free();
      }
      const names = Object.keys(all[0]!);
      return Object.fromEntries(names.map((name) => [name, rowsAlone(all.map((outputs) => outputs[name]!))])) as never;
    },
    [Symbol.dispose]() {
      if (!ended && !running) free();
      ended = true; // a run that is under way keeps its state until its end
    },
  };
}

/** The state of a step's rows: z from `latents`, the optimiser's state zero. */
function stateOf(space: Space, latents: readonly Float32Array[], options: Resolved): State {
  const shape = [latents.length, space.points.latent];
  const state = new State().add('z', shape, concatRows(latents) as Float32Array);
  const moments = options.optimiser === 'adam' ? adamState('z', shape, options) : descentState('z', shape, options);
  for (const [name, of] of Object.entries(moments)) state.add(name, of);
  return options.optimiser === 'adam' ? state.add('t', []) : state;
}

/** The feeds of a run: target, weights and text of each row's problem. */
function feedsOf(model: Model, problems: readonly Problem[], options: Resolved): Feeds {
  const text = textRows(model, problems);
  return {
    target: concatRows(problems.map(({ target }) => target)),
    weights: concatRows(problems.map(({ weights }) => normalisedWeights(weights, options, model.card.image.range))),
    ...(text && { text: concatRows(text) }),
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
