/** @file `latentfill pick`: the checkpoint nearest to the held-out images, as a model folder. */

import { join } from 'node:path';
import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { exportModel } from '../gan/export.ts';
import { checkpointEpochs } from '../gan/run/checkpoint.ts';
import { readRecipe } from '../gan/run/folder.ts';
import { rankCheckpoints } from '../watch/rank.ts';
import { type Score, scoresOf } from '../watch/scores.ts';
import { interruptSignal } from './exit-code.ts';
import { deviceOf, nameOf, nodeDevices, wholeNumber } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { keepFit } from './keep-fit.ts';
import { bar, columns, liveLine, print, printJson, say } from './terminal.ts';

/** Training images among which copies are looked for. */
const GALLERY = 4096;

const args = {
  run: { type: 'positional', required: true, description: "A run's folder." },
  out: { type: 'string', valueHint: 'folder', description: 'The model folder to write (default: model in the run).' },
  epoch: { type: 'string', valueHint: 'number', description: 'Write this checkpoint instead of the best.' },
  count: {
    type: 'string',
    valueHint: 'number',
    description: 'Samples and held-out images that are compared (default 1000).',
  },
  captions: { type: 'boolean', description: 'Rank by samples with captions of held-out images.' },
  name: { type: 'string', valueHint: 'text', description: "The model's name (default: the run's)." },
  device: { type: 'string', valueHint: nodeDevices.join('|'), description: 'Where to compute (default cpu).' },
  ...commonFlags,
} as const;

export default defineCommand({
  meta: { name: 'pick', description: "Rank a run's checkpoints beside held-out images and write the best as a model." },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('what was measured is kept; run it again to go on');
    const { run } = given;
    const samples = wholeNumber('count', given.count ?? '1000');
    if (samples < 16)
      throw new LatentfillError('command', `Expected --count of at least 16, got ${samples}: fewer tell nothing.`);
    const wanted = given.epoch === undefined ? undefined : wholeNumber('epoch', given.epoch);
    const epochs = await checkpointEpochs(run);
    if (wanted !== undefined && !epochs.includes(wanted)) {
      throw new LatentfillError(
        'command',
        `Expected --epoch of a checkpoint in '${run}', got ${wanted}: there are ${epochs.join(', ') || 'none'}.`,
      );
    }
    const device = await deviceOf(given.device);
    const line = liveLine();
    const ranked = await rankCheckpoints(run, {
      counts: { samples, gallery: GALLERY },
      captions: given.captions === true,
      device,
      signal,
      onCheckpoint: (epoch, done, all) => line.update(`${bar(done, all)} epoch ${epoch}, ${done}/${all}`),
    });
    line.done();
    const chosen = wanted ?? ranked[0]!.epoch;
    const out = given.out ?? join(run, 'model');
    const scores = scoresOf(ranked.find(({ epoch }) => epoch === chosen)!);
    const notes = await exportModel(run, {
      out,
      name: given.name ?? nameOf(run),
      epoch: chosen,
      scores,
      signal,
    });
    for (const note of notes) say(note);
    await keepFit(out, (await readRecipe(run)).data, { device, signal });
    if (given.json) {
      printJson({ run, model: out, epoch: chosen, ranking: ranked });
      return;
    }
    print(table(ranked, chosen));
    print(`epoch ${chosen} written to ${out}; beside samples: ${join(run, 'ranking.html')}`);
  },
});

function table(ranked: readonly Score[], chosen: number): string[] {
  const captions = ranked.some(({ captioned }) => captioned !== null);
  const heading = ['', 'epoch', 'distance', ...(captions ? ['with captions'] : []), 'near training'];
  const rows = ranked.map(({ epoch, distance, captioned, memorisation }) => [
    epoch === chosen ? '→' : '',
    `${epoch}`,
    distanceText(distance),
    ...(captions ? [distanceText(captioned)] : []),
    memorisation ? `${(100 * memorisation.features.share).toFixed(1)} %` : '–',
  ]);
  return columns([heading, ...rows], [...heading.keys()]);
}

function distanceText(distance: Score['distance']): string {
  return distance ? `${distance.value.toFixed(4)} ± ${(2 * distance.standardError).toFixed(4)}` : '–';
}
