/** @file `latentfill sweep`: which settings of the search suit a model, with a report and a preset file. */

import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/write-whole.ts';
import { openDataset } from '../data/open-dataset.ts';
import { definitions, measures } from '../eval/measures/definitions.ts';
import { openProtocols } from '../eval/protocols/parse.ts';
import { figureText } from '../eval/reporting/tables.ts';
import { sweepPage } from '../eval/sweep/page.ts';
import { gridOf, randomSettings } from '../eval/sweep/settings.ts';
import { isWithinNoise, type Sweep, sweep } from '../eval/sweep/sweep.ts';
import { axisOf, describe, sweepable } from '../eval/sweep/values.ts';
import { resolveOptions } from '../inpaint/options.ts';
import type { Options } from '../inpaint/options-type.ts';
import { readPreset } from '../inpaint/preset-file.ts';
import { loadModel } from '../model/folder.ts';
import { interruptSignal } from './exit-code.ts';
import { deviceOf, nodeDevices, wholeNumber } from './flag-values.ts';
import { commonFlags, kebab } from './flags.ts';
import { bar, columns, duration, liveLine, print, printJson } from './terminal.ts';

/** What settings can be ranked by: a number of each fill of which one way is better. */
const rankable = measures.filter(
  (measure) => measure !== 'kernel' && measure !== 'attributes' && definitions[measure].better !== null,
);

const optionFlags: ArgsDef = Object.fromEntries(
  sweepable.map((option) => [kebab(option), { type: 'string', valueHint: 'values', description: describe(option) }]),
);

const args = {
  model: { type: 'positional', required: true, description: 'A model folder, a training run, or a model that ships.' },
  data: {
    type: 'string',
    required: true,
    valueHint: 'source',
    description: 'Pictures as train takes them; those held out from training are filled.',
  },
  out: {
    type: 'string',
    required: true,
    valueHint: 'folder',
    description: 'Where the report and the preset are written; a sweep that is there goes on.',
  },
  preset: {
    type: 'string',
    default: 'default',
    valueHint: 'name|file',
    description: 'What the other options are: a preset, or a JSON file of options.',
  },
  masks: {
    type: 'string',
    default: 'center,half,random80,strokes',
    valueHint: 'list',
    description: 'Holes, as eval takes them.',
  },
  count: {
    type: 'string',
    default: '16',
    valueHint: 'number',
    description: 'How many pictures; each takes every hole.',
  },
  by: {
    type: 'string',
    default: 'hole',
    valueHint: rankable.join('|'),
    description: 'The measure that settings are ranked by.',
  },
  random: {
    type: 'string',
    valueHint: 'number',
    description: 'Try so many settings at random instead of every combination.',
  },
  successive: {
    type: 'boolean',
    description: 'Successive halving: the worse half of the settings is dropped while the pictures are doubled.',
  },
  seed: { type: 'string', default: '0', valueHint: 'number', description: 'Of the holes and of random settings.' },
  anew: { type: 'boolean', description: 'Start anew: remove the results that are in the folder.' },
  device: { type: 'string', valueHint: nodeDevices.join('|'), description: 'Where to compute (default cpu).' },
  ...commonFlags,
  ...optionFlags,
} as const satisfies ArgsDef;

export default defineCommand({
  meta: {
    name: 'sweep',
    description:
      'Try settings of the search on held-out pictures: a list (0.01,0.1), a range in equal ratios (1e-6..1e-1, or 10..1000/5 for five values) for each option.',
  },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('what was filled is kept; the same command goes on');
    const count = wholeNumber('count', given.count);
    if (count === 0) throw new LatentfillError('command', 'Expected --count of at least 1, got 0.');
    const seed = wholeNumber('seed', given.seed);
    const by = rankable.find((measure) => measure === given.by);
    if (!by) throw new LatentfillError('command', `Expected --by ${rankable.join(', ')}, got '${given.by}'.`);
    const values = given as Readonly<Record<string, unknown>>;
    const told = sweepable.flatMap((option) => {
      const text = values[kebab(option)];
      return text === undefined ? [] : [axisOf(option, `${text}`)];
    });
    const axes = told.filter((axis) => axis.values.length > 1);
    if (axes.length === 0) {
      throw new LatentfillError(
        'command',
        'Expected an option with several values, as --lambda 1e-6..1e-1, got none: see --help.',
      );
    }
    const fixed = told.filter((axis) => axis.values.length === 1).map(({ option, values }) => [option, values[0]]);
    const base: Options = { ...readPreset(given.preset), ...Object.fromEntries(fixed) };
    const settings =
      given.random === undefined
        ? gridOf(axes, base)
        : randomSettings(axes, base, wholeNumber('random', given.random), seed);
    const protocols = await openProtocols(given.masks);
    const model = await loadModel(given.model);
    const dataset = await openDataset(given.data, { size: model.card.image.size, split: 'heldout', count });
    const asked: Sweep = {
      ...{ model, dataset, source: given.data, protocols, settings, count, seed, by, out: given.out, captions: false },
      isHalving: given.successive === true,
      anew: given.anew === true,
      device: await deviceOf(given.device),
    };
    const line = liveLine();
    const swept = await sweep(asked, {
      signal,
      onProgress(pace, setting) {
        const left = pace.left();
        line.update(
          `${bar(pace.done, pace.all)} ${pace.done} of ${pace.all} fills · ${setting}${left === undefined ? '' : ` · ${duration(left)} left`}`,
        );
      },
    });
    line.done();
    const [best] = swept.ranking;
    const { seed: _, ...options } = resolveOptions({ ...base, ...best!.setting.values }); // the seed is no setting
    await writeWhole(join(given.out, 'report.html'), await sweepPage(asked, swept, axes, given.preset), signal);
    await writeWhole(join(given.out, 'preset.json'), `${JSON.stringify(options, null, 2)}\n`, signal);
    if (given.json) {
      printJson({
        out: given.out,
        by,
        best: best!.setting.values,
        ranking: swept.ranking.map(({ setting, count, row }) => ({ ...setting.values, count, figures: row.figures })),
      });
      return;
    }
    const shown = swept.ranking.slice(0, 12);
    print(
      columns([
        ['setting', 'n', definitions[by].title, 'beside the best', ''],
        ...shown.map((one) => [
          ...[one.setting.method.name, `${one.count}`, figureText(one.row.figures[by]?.own, by)],
          ...[
            figureText(one.row.figures[by]?.difference, by, true),
            one === best ? 'best' : isWithinNoise(one, by) ? 'within noise' : '',
          ],
        ]),
      ]),
    );
    print([
      `${swept.ranking.length} settings, means and 95 % intervals; all of it: ${join(given.out, 'report.html')}`,
      `the best as a preset: latentfill inpaint … --preset ${join(given.out, 'preset.json')}`,
    ]);
  },
});
