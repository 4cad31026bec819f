/** @file `latentfill sweep`: which settings of the search suit a model, with a report and a preset file. */

import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/write-whole.ts';
import { definitions, type Measure, measures } from '../eval/measures/definitions.ts';
import { figureText } from '../eval/reporting/tables.ts';
import { openEnds } from '../eval/sweep/findings.ts';
import { sweepPage } from '../eval/sweep/page.ts';
import { gridOf, randomSettings } from '../eval/sweep/settings.ts';
import { isWithinNoise, type Sweep, sweep, type Tried } from '../eval/sweep/sweep.ts';
import { type Axis, axisOf, describe, sweepable } from '../eval/sweep/values.ts';
import { resolveOptions } from '../inpaint/options.ts';
import type { Options } from '../inpaint/options-type.ts';
import { readPreset } from '../inpaint/preset-file.ts';
import { caseFlags, openCases, sayProgress } from './cases.ts';
import { interruptSignal } from './exit-code.ts';
import { deviceOf, wholeNumber } from './flag-values.ts';
import { kebab } from './flags.ts';
import { columns, liveLine, print, printJson } from './terminal.ts';

/** What settings can be ranked by: a number of each fill of which one way is better. */
const rankable = measures.filter(
  (measure) => measure !== 'kernel' && measure !== 'attributes' && definitions[measure].better !== null,
);

const optionFlags: ArgsDef = Object.fromEntries(
  sweepable.map((option) => [kebab(option), { type: 'string', valueHint: 'values', description: describe(option) }]),
);

/** Settings that are listed on the terminal. */
const LISTED = 12;

const args = {
  ...caseFlags,
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
    valueHint: 'measure',
    description: `What settings are ranked by: ${rankable.join(', ')}.`,
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
} as const satisfies ArgsDef;

const command = defineCommand({
  meta: {
    name: 'sweep',
    description:
      'Try settings of the search on held-out pictures: a list (0.01,0.1), a range in equal ratios (1e-6..1e-1, or 10..1000/5 for five values) for each option.',
  },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('what was filled is kept; the same command goes on');
    const by = rankable.find((measure) => measure === given.by);
    if (!by) throw new LatentfillError('command', `Expected --by ${rankable.join(', ')}, got '${given.by}'.`);
    const { axes, fixed } = axesOf(given);
    const base: Options = { ...readPreset(given.preset), ...fixed };
    const random = given.random === undefined ? undefined : wholeNumber('random', given.random);
    const settings =
      random === undefined ? gridOf(axes, base) : randomSettings(axes, base, random, wholeNumber('seed', given.seed));
    const { out, successive: isHalving = false } = given;
    const asked: Sweep = {
      ...(await openCases(given)),
      settings,
      by,
      isHalving,
      out,
      device: await deviceOf(given.device),
    };
    const line = liveLine();
    const swept = await sweep(asked, sayProgress(line, signal));
    line.done();
    const { ranking } = swept;
    const best = ranking[0]!.setting.values;
    const { seed: _, ...options } = resolveOptions({ ...base, ...best }); // the seed is no setting
    await writeWhole(join(out, 'report.html'), await sweepPage(asked, swept, axes, given.preset), signal);
    await writeWhole(join(out, 'preset.json'), `${JSON.stringify(options, null, 2)}\n`, signal);
    const open = openEnds(ranking, axes, by);
    if (given.json) {
      const each = ranking.map(({ setting, count, row }) => ({ ...setting.values, count, figures: row.figures }));
      printJson({ out, by, best, open, ranking: each });
      return;
    }
    print(tableOf(ranking, by));
    print([
      ...open,
      `${ranking.length} settings, means and 95 % intervals; all of it: ${join(out, 'report.html')}`,
      `the best as a preset: latentfill inpaint … --preset ${join(out, 'preset.json')}`,
    ]);
  },
});

/** With the flags of options, which take several values each. */
export default { ...command, args: { ...args, ...optionFlags } };

/** Options with several values, which are swept, and those with one. @throws LatentfillError where none has several. */
function axesOf(given: Readonly<Record<string, unknown>>): { readonly axes: Axis[]; readonly fixed: Options } {
  const told = sweepable.flatMap((option) => {
    const text = given[kebab(option)];
    return text === undefined ? [] : [axisOf(option, `${text}`)];
  });
  const axes = told.filter(({ values }) => values.length > 1);
  if (axes.length === 0) {
    throw new LatentfillError(
      'command',
      'Expected an option with several values, as --lambda 1e-6..1e-1, got none: see --help.',
    );
  }
  const alone = told.filter(({ values }) => values.length === 1);
  return { axes, fixed: Object.fromEntries(alone.map(({ option, values }) => [option, values[0]])) };
}

function tableOf(ranking: readonly Tried[], by: Measure): string[] {
  const verdict = (one: Tried) => (one === ranking[0] ? 'best' : isWithinNoise(one, by) ? 'within noise' : '');
  const lines = ranking.slice(0, LISTED).map((one) => {
    const found = one.row.figures[by];
    const figures = [figureText(found?.own, by), figureText(found?.difference, by, true)];
    return [one.setting.method.name, `${one.count}`, ...figures, verdict(one)];
  });
  return columns([['setting', 'n', definitions[by].title, 'beside the best', ''], ...lines]);
}
