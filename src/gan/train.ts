/** @file The training loop. Node only. */

import { unlessAborted } from '../base/abort.ts';
import { checkControl } from '../base/check-options.ts';
import { LatentfillError } from '../base/errors.ts';
import { lockFolder } from '../base/lock.ts';
import { type Batch, batchLoader, type DatasetSource, type SkippedImage } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open-dataset.ts';
import { compile, type Program } from '../runtime/compile.ts';
import type { Wanted } from '../runtime/devices.ts';
import type { State } from '../runtime/state.ts';
import { feedsOf, type StepName } from './feeds.ts';
import { healthCheck } from './health.ts';
import { buildPhases } from './phases.ts';
import { type Recipe, resolveRecipe } from './recipe.ts';
import type { RecipeInput } from './recipe-type.ts';
import { openText } from './run/captions.ts';
import { saveCheckpoint } from './run/checkpoint.ts';
import { openRun } from './run/folder.ts';
import type { LogLine } from './run/log.ts';
import { type Scheduled, scheduleAt } from './schedule.ts';
import type { Phase } from './updates.ts';

/** Settings of {@link train} that do not change the trained weights. */
export interface TrainOptions {
  /** The run's folder: recipe.json, log.jsonl, checkpoints/, vocabulary.json. */
  readonly out: string;
  /** Go on from the last checkpoint in `out`. @default false */
  readonly resume?: boolean;
  /** Where to compute; `auto`: the fastest that works here. @default 'cpu' */
  readonly device?: Wanted | undefined;
  /** Stops training before its next run of a program; progress since the last checkpoint is lost. */
  readonly signal?: AbortSignal | undefined;
}

/** Yielded after every cycle, that is, discriminator steps and then generator steps. */
export interface TrainEvent {
  readonly losses: LogLine;
  /** Number of cycles done, and of all cycles of the run. */
  readonly cycles: readonly [done: number, all: number];
  /** Real images that the discriminator was trained on in this process; `seconds` is the time that this took. */
  readonly images: number;
  readonly seconds: number;
  /** The epoch of the checkpoint that was written after this cycle, if one was. */
  readonly saved: number | undefined;
  /** The damaged images that were skipped so far, each once. */
  readonly skipped: readonly SkippedImage[];
}

/**
 * Trains a pair as `recipe` says, in alternating phases: discriminator steps, then generator steps (Goodfellow et al.
 * 2014, algorithm 1). An epoch is one pass of the discriminator over the data. Random streams are named by seed and
 * step, so a run that was killed and resumed ends with exactly the same weights. A source is opened and decoded in
 * worker threads; a dataset that is already open is read in this thread. Only one process at a time can train in a
 * folder.
 */
export async function* train(
  wanted: RecipeInput,
  data: Dataset | DatasetSource,
  options: TrainOptions,
): AsyncGenerator<TrainEvent> {
  const recipe = resolveRecipe(wanted);
  checkControl(options ?? null, ['out', 'resume', 'device', 'signal']);
  if (typeof data !== 'object' || data === null) {
    throw new LatentfillError('options', `Expected a dataset, or a source of one, to train on, got ${data}: open one.`);
  }
  const { discriminatorSteps, generatorSteps, accumulate, batch } = recipe;
  const { signal } = options;
  signal?.throwIfAborted();
  const dataset = 'source' in data ? await unlessAborted(openDataset(data.source, data), signal) : data;
  await using _lock = await lockFolder(options.out, { name: '.train.lock' });
  signal?.throwIfAborted();
  const run = await openRun(recipe, options);
  const codec = await openText(recipe, dataset, options);
  const phases = buildPhases(recipe, codec?.form ?? null);
  const state = await run.begin(phases.state);
  await using loader = await batchLoader(data, {
    batch,
    seed: recipe.seed,
    flip: recipe.flip,
    captionDropout: recipe.captions.dropout,
    keep: discriminatorSteps * accumulate, // the generator's steps use the same images
    signal,
  });
  await using discriminator = await stepper(phases.discriminator, state, options.device);
  await using generator = await stepper(phases.generator, state, options.device);

  const stepsInEpoch = loader.epochLength / accumulate;
  const cycles = Math.ceil((recipe.epochs * stepsInEpoch) / discriminatorSteps);
  const epochAfter = (done: number) =>
    done === cycles ? recipe.epochs : Math.floor((done * discriminatorSteps) / stepsInEpoch);
  const first = (await state.read('d.step'))[0]! / discriminatorSteps;
  const check = healthCheck();
  let last = run.epoch;
  let seconds = 0;

  for (let cycle = first; cycle < cycles; cycle++) {
    signal?.throwIfAborted();
    const scheduled = scheduleAt(recipe, cycle / cycles);
    const means: Record<string, number> = {};
    const cycleBegan = performance.now();
    /**
     * The inputs of one batch, with the images of batch `onImages`; generator steps use those of discriminator steps.
     */
    const feeds = async (name: StepName, onImages: number) => {
      const images: Batch = await unlessAborted(loader.load(onImages), signal);
      return feedsOf(recipe, codec, images, name, scheduled, await probability(recipe, state, scheduled));
    };

    for (let i = 0; i < discriminatorSteps; i++) {
      const step = (cycle * discriminatorSteps + i) * accumulate;
      const outputs = await discriminator.step((part) => feeds({ side: 'd', step: step + part }, step + part));
      tally(means, 'd.', outputs, discriminatorSteps);
    }
    for (let i = 0; i < generatorSteps; i++) {
      const step = (cycle * generatorSteps + i) * accumulate;
      const seen = (cycle * discriminatorSteps + (i % discriminatorSteps)) * accumulate;
      const outputs = await generator.step((part) => feeds({ side: 'g', step: step + part }, seen + part));
      tally(means, 'g.', outputs, generatorSteps);
    }

    const done = cycle + 1;
    const imagesPerCycle = discriminatorSteps * accumulate * batch;
    const losses: LogLine = {
      cycle: done,
      epoch: (done * discriminatorSteps) / stepsInEpoch,
      ...means,
      'd.learningRate': scheduled.learningRate.d,
      'g.learningRate': scheduled.learningRate.g,
      ...(recipe.augment.policy.length > 0 && { augment: await probability(recipe, state, scheduled) }),
      imagesPerSecond: (1000 * imagesPerCycle) / (performance.now() - cycleBegan),
    };
    check(losses, last);
    run.log(losses);
    const epoch = epochAfter(done);
    const save = epoch > epochAfter(cycle) && (epoch % recipe.checkpointEvery === 0 || done === cycles);
    if (save) {
      await saveCheckpoint(options.out, { epoch, state });
      last = epoch;
    }
    seconds += (performance.now() - cycleBegan) / 1000; // without the time that the caller spends on an event
    yield {
      losses,
      cycles: [done, cycles],
      images: (done - first) * imagesPerCycle,
      seconds,
      saved: save ? epoch : undefined,
      skipped: loader.skipped,
    };
  }

  /** Runs a phase over the batches of one step. All but the last only accumulate gradients. */
  async function stepper(phase: Phase, of: State, device: Wanted | undefined) {
    const open = ({ outputs, updates }: Omit<Phase, 'accumulation'>) =>
      compile(outputs, { state: of, updates, device, signal });
    const accumulation: Program | undefined = phase.accumulation ? await open(phase.accumulation) : undefined;
    const move = await open(phase).catch(async (error) => {
      await accumulation?.[Symbol.asyncDispose]();
      throw error;
    });
    return {
      async step(feed: (part: number) => Promise<Awaited<ReturnType<typeof feedsOf>>>) {
        for (let part = 0; part < accumulate - 1; part++) await accumulation!.run(await feed(part), { signal });
        return move.run(await feed(accumulate - 1), { signal });
      },
      async [Symbol.asyncDispose]() {
        await accumulation?.[Symbol.asyncDispose]();
        await move[Symbol.asyncDispose]();
      },
    };
  }
}

/** The probability of augmentation: from the schedule, or, if adaptive, from the state. */
async function probability({ augment }: Recipe, state: State, scheduled: Scheduled): Promise<number> {
  return augment.mode === 'adaptive' ? (await state.read('augment'))[0]! : scheduled.augment;
}

function tally(
  means: Record<string, number>,
  prefix: string,
  outputs: Record<string, Float32Array>,
  steps: number,
): void {
  for (const [name, [x]] of Object.entries(outputs)) means[prefix + name] = (means[prefix + name] ?? 0) + x! / steps;
}
