/** @file The training loop. Node only. */

import { LatentfillError } from '../base/errors.ts';
import { random } from '../base/random.ts';
import { batchLoader, type DatasetSource, type SkippedImage } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { compile } from '../runtime/compile.ts';
import { saveCheckpoint } from './checkpoint.ts';
import { drawLatents } from './latents.ts';
import type { LogLine } from './log.ts';
import { buildPhases } from './phases.ts';
import type { Recipe } from './recipe.ts';
import { openRun } from './run.ts';

/** Settings of {@link train} that do not change what comes out. */
export interface TrainOptions {
  /** The run's folder: recipe.json, log.jsonl, losses.png, checkpoints/. */
  readonly out: string;
  /** Go on from the last checkpoint in `out`. @default false */
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
}

/** Told after every cycle: discriminator steps, then generator steps. */
export interface TrainEvent {
  readonly losses: LogLine;
  /** Cycles done and to do in all. */
  readonly cycles: readonly [done: number, all: number];
  /** Real images that the discriminator saw in this process, and the seconds that it took. */
  readonly images: number;
  readonly seconds: number;
  /** The epoch of the checkpoint that was written after this cycle, if one was. */
  readonly saved: number | undefined;
  /** The damaged images met so far in this process: others stood in for them. */
  readonly skipped: readonly SkippedImage[];
}

/**
 * Trains a pair as `recipe` says, in alternating phases: discriminator steps, then generator steps (Goodfellow et al.
 * 2014, algorithm 1). An epoch is one pass of the discriminator over the data. All randomness is named by seed and step,
 * so a run that was killed and resumed ends with exactly the weights of one that was not.
 * A source is read in threads of its own, a dataset that is already open in the calling thread.
 */
export async function* train(
  recipe: Recipe,
  data: Dataset | DatasetSource,
  options: TrainOptions,
): AsyncGenerator<TrainEvent> {
  const { discriminatorSteps, generatorSteps, batch, seed } = recipe;
  const phases = buildPhases(recipe);
  const run = await openRun(recipe, phases.state, options);
  const { state } = run;
  await using discriminator = await compile(phases.discriminator.outputs, {
    state,
    updates: phases.discriminator.updates,
  });
  await using generator = await compile(phases.generator.outputs, { state, updates: phases.generator.updates });

  await using loader = await batchLoader(data, { batch, seed, flip: recipe.flip, keep: discriminatorSteps });
  const cycles = Math.ceil((recipe.epochs * loader.epochLength) / discriminatorSteps);
  const epochAfter = (done: number) =>
    done === cycles ? recipe.epochs : Math.floor((done * discriminatorSteps) / loader.epochLength);
  const first = (await state.read('d.step'))[0]! / discriminatorSteps;
  const began = performance.now();

  for (let cycle = first; cycle < cycles; cycle++) {
    options.signal?.throwIfAborted();
    const means: Record<string, number> = {};

    for (let i = 0; i < discriminatorSteps; i++) {
      const step = cycle * discriminatorSteps + i;
      const { images: real } = await loader.load(step);
      const latent = drawLatents(recipe, random(seed, 'latent', 'd', step), batch);
      const learningRate = decayed(recipe.discriminator, cycle / cycles);
      tally(means, 'd.', await discriminator.run({ real, latent, learningRate }), discriminatorSteps);
    }
    for (let i = 0; i < generatorSteps; i++) {
      const { images: real } = await loader.load(cycle * discriminatorSteps + (i % discriminatorSteps));
      const latent = drawLatents(recipe, random(seed, 'latent', 'g', cycle * generatorSteps + i), batch);
      const learningRate = decayed(recipe.generator, cycle / cycles);
      tally(means, 'g.', await generator.run({ real, latent, learningRate }), generatorSteps);
    }

    const done = cycle + 1;
    const losses: LogLine = { cycle: done, epoch: (done * discriminatorSteps) / loader.epochLength, ...means };
    if (!Object.values(losses).every(Number.isFinite)) {
      throw new LatentfillError(
        `Expected finite losses, got ${JSON.stringify(means)} in cycle ${done}: resume from the last checkpoint with a lower learning rate.`,
      );
    }
    run.log(losses);
    const epoch = epochAfter(done);
    const save = epoch > epochAfter(cycle) && (epoch % recipe.checkpointEvery === 0 || done === cycles);
    if (save) {
      await saveCheckpoint(options.out, { epoch, state });
      await run.flush();
    }
    yield {
      losses,
      cycles: [done, cycles],
      images: (done - first) * discriminatorSteps * batch,
      seconds: (performance.now() - began) / 1000,
      saved: save ? epoch : undefined,
      skipped: loader.skipped,
    };
  }
}

/** The learning rate at `progress` (0 to 1): a half cosine from the first to the last. */
function decayed({ learningRate, finalLearningRate }: Recipe['generator'], progress: number): Float32Array {
  const cosine = (1 + Math.cos(Math.PI * progress)) / 2;
  return Float32Array.of(finalLearningRate + (learningRate - finalLearningRate) * cosine);
}

function tally(
  means: Record<string, number>,
  prefix: string,
  outputs: Record<string, Float32Array>,
  steps: number,
): void {
  for (const [name, [x]] of Object.entries(outputs)) means[prefix + name] = (means[prefix + name] ?? 0) + x! / steps;
}
