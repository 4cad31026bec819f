/** @file A step of the search as it runs: its rows are candidates, each of which may be left out once it is done. */

import type { LiveModel } from '../model/generate.ts';
import type { Model } from '../model/model.ts';
import type { Space } from '../model/spaces.ts';
import { adamState, descentState } from '../nn/optimisers.ts';
import type { Feeds } from '../runtime/compile.ts';
import { cutRows } from '../runtime/rows.ts';
import { State } from '../runtime/state.ts';
import { concatRows, textRows } from './caption.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { stepGraph } from './step.ts';
import { normalisedWeights } from './weights.ts';

/** Rows of a run at most, even if more fit in memory. */
const MOST = 64;

/** Losses of each row, at the latents before the step. */
interface RowLosses {
  readonly total: Float32Array;
  readonly contextual: Float32Array;
  /** Left out where the model has no discriminator. */
  readonly perceptual?: Float32Array;
  /** l1 norm of ∂L/∂z. */
  readonly gradient: Float32Array;
}

/** A candidate: the problem that it is to solve, and where it begins. */
export interface StepRow {
  readonly problem: Problem;
  readonly latent: Float32Array;
}

/** A compiled step with its state. Dispose of it to free the state. */
export interface Step extends Disposable {
  /** The numbers of the rows that it still has, of those that it was opened with. */
  readonly rows: readonly number[];
  /** Leaves out all rows but these, where that halves them at least: a program of fewer rows is another to compile. */
  keep(rows: readonly number[], signal?: AbortSignal): Promise<void>;
  /** z of all rows, [rows, latent]; a copy. */
  latents(): Promise<Float32Array>;
  /** One step of all rows, in several runs if they do not fit in memory at once. */
  run(learningRates: readonly number[], signal?: AbortSignal): Promise<RowLosses>;
}

/** The tensors of a state by name, [rows, …] each, and the step `t` of Adam. */
type Contents = Readonly<Record<string, Float32Array>>;

/** Opens a step with all optimiser state zero. */
export async function openStep(
  live: LiveModel,
  space: Space,
  given: readonly StepRow[],
  options: Resolved,
  signal?: AbortSignal,
): Promise<Step> {
  const open = (rows: readonly number[], contents: Contents, stop: AbortSignal | undefined) => {
    const problems = rows.map((row) => given[row]!.problem);
    return openRows(live, space, problems, contents, options, stop);
  };
  let rows = given.map((_, row) => row);
  let current = await open(rows, { z: concatRows(given.map(({ latent }) => latent)) as Float32Array }, signal);
  let ended = false;
  return {
    get rows() {
      return rows;
    },
    async keep(wanted, stop) {
      if (2 * wanted.length > rows.length) return;
      const places = wanted.map((row) => rows.indexOf(row));
      const next = await open(wanted, picked(await current.contents(), places, rows.length), stop);
      current[Symbol.dispose]();
      [current, rows] = [next, [...wanted]];
      if (ended) current[Symbol.dispose]();
    },
    latents: () => current.latents(),
    run: (learningRates, stop) => current.run(learningRates, stop),
    [Symbol.dispose]() {
      ended = true;
      current[Symbol.dispose]();
    },
  };
}

/** The rows at these places. */
function picked(contents: Contents, places: readonly number[], rows: number): Contents {
  return Object.fromEntries(
    Object.entries(contents).map(([name, all]) => {
      if (name === 't') return [name, all];
      const each = all.length / rows;
      const own = places.map((at) => all.subarray(at * each, (at + 1) * each));
      return [name, concatRows(own) as Float32Array];
    }),
  );
}

/** A step of a fixed number of rows. */
interface OpenRows extends Omit<Step, 'rows' | 'keep'> {
  contents(): Promise<Contents>;
}

async function openRows(
  { model, programs }: LiveModel,
  space: Space,
  problems: readonly Problem[],
  contents: Contents,
  options: Resolved,
  signal: AbortSignal | undefined,
): Promise<OpenRows> {
  const graph = stepGraph(model, space, options);
  const count = problems.length;
  const { rows, runs } = cutRows(programs, graph, count, MOST);
  const lease = await programs.open(`${graph.key} ${rows}`, () => graph.build(rows), signal);
  const known = new Map<string, Feeds>(); // runs with the same problems share their feeds
  const numbers = new Map(problems.map((problem, i) => [problem, i]));
  const parts = Array.from({ length: runs }, (_, run) => {
    // Padding rows repeat the last one; their results are not used.
    const places = Array.from({ length: rows }, (_, i) => Math.min(run * rows + i, count - 1));
    const own = places.map((at) => problems[at]!);
    const key = `${own.map((problem) => numbers.get(problem))}`;
    const feeds = known.get(key) ?? { ...feedsOf(model, own, options), ...lambdasOf(model, space, options) };
    known.set(key, feeds);
    return { places, feeds, state: stateOf(space, picked(contents, places, count), rows, options) };
  });
  let [running, ended] = [false, false];
  const free = () => {
    for (const { state } of parts) state[Symbol.dispose]();
    lease[Symbol.dispose]();
  };
  const rowsAlone = (all: readonly Float32Array[]) => {
    const each = all[0]!.length / rows;
    return (concatRows(all) as Float32Array).subarray(0, count * each);
  };
  const read = async (name: string) => {
    const all: Float32Array[] = [];
    for (const { state } of parts) all.push(await state.read(name));
    return name === 't' ? all[0]!.slice() : rowsAlone(all);
  };
  return {
    latents: () => read('z'),
    async contents() {
      const all: Record<string, Float32Array> = {};
      for (const name of parts[0]!.state.names) all[name] = await read(name);
      return all;
    },
    async run(learningRates, stop) {
      const all: Record<string, Float32Array>[] = [];
      running = true;
      try {
        for (const { places, feeds, state } of parts) {
          const learningRate = Float32Array.from(places, (at) => learningRates[at]!);
          all.push(await lease.program.run({ ...feeds, learningRate }, { state, signal: stop }));
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

/** The state of `rows` rows: what `contents` holds, the rest of the optimiser's state zero. */
function stateOf(space: Space, contents: Contents, rows: number, options: Resolved): State {
  const shape = [rows, space.points.latent];
  const moments = options.optimiser === 'adam' ? adamState('z', shape, options) : descentState('z', shape, options);
  const state = new State().add('z', shape, contents.z);
  for (const [name, of] of Object.entries(moments)) state.add(name, of, contents[name]);
  return options.optimiser === 'adam' ? state.add('t', [], contents.t) : state;
}

/** The weights of the terms of the objective that a step has. */
function lambdasOf({ discriminator }: Model, { copies }: Space, options: Resolved): Feeds {
  const { lambda, lambdaPrior, lambdaWaist, lambdaSpread } = options;
  return {
    ...(discriminator && { lambda: Float32Array.of(lambda) }),
    ...((copies || !discriminator) && { lambdaPrior: Float32Array.of(copies ? lambdaWaist : lambdaPrior) }),
    ...(copies && copies.count > 1 && { lambdaSpread: Float32Array.of(lambdaSpread) }),
  };
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
