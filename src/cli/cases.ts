/** @file What eval and sweep fill: held-out pictures with holes, by the same flags. */

import type { ArgsDef } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open-dataset.ts';
import type { EvaluationControl } from '../eval/evaluation/evaluate.ts';
import type { Protocol } from '../eval/protocols/index.ts';
import { openProtocols } from '../eval/protocols/parse.ts';
import { loadModel } from '../model/folder.ts';
import type { Model } from '../model/model.ts';
import { nodeDevices, wholeNumber } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { bar, duration, type LiveLine, say } from './terminal.ts';

/** Flags of which pictures are filled, and where what comes of it is kept. */
export const caseFlags = {
  model: { type: 'positional', required: true, description: 'A model folder, a training run, or a model that ships.' },
  data: {
    type: 'string',
    required: true,
    valueHint: 'source',
    description: 'Pictures as train takes them; those held out from training are filled.',
  },
  size: { type: 'string', valueHint: 'number', description: "Pixels a side of the pictures (default: the model's)." },
  seed: { type: 'string', default: '0', valueHint: 'number', description: 'Of the holes.' },
  captions: { type: 'boolean', description: "Give searches each picture's first caption." },
  anew: { type: 'boolean', description: 'Start anew: remove the results that are in the folder, with their pictures.' },
  device: { type: 'string', valueHint: nodeDevices.join('|'), description: 'Where to compute (default cpu).' },
  ...commonFlags,
} as const satisfies ArgsDef;

/** Values of {@link caseFlags}, and of those that differ in their defaults. */
interface Given {
  readonly model: string;
  readonly data: string;
  readonly masks: string;
  readonly count: string;
  readonly seed: string;
  readonly size?: string | undefined;
  readonly captions?: boolean | undefined;
  readonly anew?: boolean | undefined;
}

/** Pictures with holes, and the model that fills them. */
interface Opened {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly source: string;
  readonly protocols: readonly Protocol[];
  readonly count: number;
  readonly seed: number;
  readonly captions: boolean;
  readonly anew: boolean;
}

/** Opens what the flags name; says so where there are fewer pictures than were asked for. */
export async function openCases(given: Given): Promise<Opened> {
  const count = wholeNumber('count', given.count);
  if (count === 0) throw new LatentfillError('command', 'Expected --count of at least 1, got 0.');
  const seed = wholeNumber('seed', given.seed);
  const protocols = await openProtocols(given.masks);
  const model = await loadModel(given.model);
  const size = given.size === undefined ? model.card.image.size : wholeNumber('size', given.size);
  const dataset = await openDataset(given.data, { size, split: 'heldout', count });
  if (dataset.length < count) say(`${dataset.length} held-out pictures in '${given.data}', of ${count} wanted`);
  const { captions = false, anew = false } = given;
  return { ...{ model, dataset, source: given.data, protocols, count, seed }, captions, anew };
}

/** What is said while cases are filled. */
export function sayProgress(line: LiveLine, signal: AbortSignal): EvaluationControl {
  return {
    signal,
    onProgress(pace, method) {
      const left = pace.left();
      const rest = left === undefined ? '' : ` · ${duration(left)} left`;
      line.update(`${bar(pace.done, pace.all)} ${pace.done} of ${pace.all} fills · ${method}${rest}`);
    },
    onSkipped: (picture, reason) => say(`left out picture ${picture}: ${reason}`),
  };
}
