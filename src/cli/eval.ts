/** @file `latentfill eval`: methods side by side on the same holes in pictures that the model never saw. */

import { join } from 'node:path';
import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/write-whole.ts';
import { openDataset } from '../data/open-dataset.ts';
import { type Evaluation, evaluate } from '../eval/evaluation/evaluate.ts';
import { exportHoles } from '../eval/evaluation/export-holes.ts';
import { openNearestTraining } from '../eval/evaluation/nearest-source.ts';
import { definitions } from '../eval/measures/definitions.ts';
import { checkNamed, openJudge } from '../eval/measures/judge.ts';
import { groups, methodForms, methodsOf } from '../eval/methods/parse.ts';
import { protocols } from '../eval/protocols/index.ts';
import { openProtocols } from '../eval/protocols/parse.ts';
import { reportEvaluation } from '../eval/reporting/report.ts';
import { figureText } from '../eval/reporting/tables.ts';
import { loadModel } from '../model/folder.ts';
import { interruptSignal } from './exit-code.ts';
import { deviceOf, nodeDevices, wholeNumber } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { bar, columns, duration, liveLine, print, printJson, say } from './terminal.ts';

const args = {
  model: { type: 'positional', required: true, description: 'A model folder, a training run, or a model that ships.' },
  data: {
    type: 'string',
    required: true,
    valueHint: 'source',
    description: 'Pictures as train takes them; those held out from training are filled.',
  },
  masks: {
    type: 'string',
    default: Object.keys(protocols).join(','),
    valueHint: 'list',
    description: `Holes: ${Object.keys(protocols).join(', ')}, or a folder of mask files; separated by commas.`,
  },
  methods: {
    type: 'string',
    default: 'mean,harmonic,default',
    valueHint: 'list',
    description: `${methodForms}; separated by commas. NAME@N: only the first N pictures. Groups are ${Object.keys(groups).join(', ')}.`,
  },
  count: {
    type: 'string',
    default: '64',
    valueHint: 'number',
    description: 'How many pictures; each takes every hole.',
  },
  out: {
    type: 'string',
    valueHint: 'folder',
    description: 'Where results, tables and the report are written; an evaluation that is there goes on.',
  },
  seed: { type: 'string', default: '0', valueHint: 'number', description: 'Of the holes.' },
  size: { type: 'string', valueHint: 'number', description: "Pixels a side of the pictures (default: the model's)." },
  captions: { type: 'boolean', description: "Give searches each picture's first caption." },
  judge: {
    type: 'string',
    valueHint: 'folder',
    description:
      'A classifier (judge.onnx, judge.json) that tells which attributes fills keep, where the data name them.',
  },
  reference: {
    type: 'string',
    valueHint: 'method',
    description: 'The method that all are compared with (default: default, or the first).',
  },
  'export-holes': {
    type: 'string',
    valueHint: 'folder',
    description: 'Write pictures, masks and pictures with holes there for other programs, and evaluate nothing.',
  },
  anew: { type: 'boolean', description: 'Start anew: remove the results that are in the folder, with their pictures.' },
  device: { type: 'string', valueHint: nodeDevices.join('|'), description: 'Where to compute (default cpu).' },
  ...commonFlags,
} as const;

export default defineCommand({
  meta: {
    name: 'eval',
    description: 'Compare ways to fill holes, on held-out pictures, with intervals, tables and a report.',
  },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('what was filled is kept; the same command goes on');
    const count = wholeNumber('count', given.count);
    if (count === 0) throw new LatentfillError('command', 'Expected --count of at least 1, got 0.');
    const seed = wholeNumber('seed', given.seed);
    const chosen = await openProtocols(given.masks);
    const line = liveLine();
    const model = await loadModel(given.model);
    const size = given.size === undefined ? model.card.image.size : wholeNumber('size', given.size);
    const nearestTraining = () =>
      openNearestTraining(
        given.data,
        size,
        (done, all) => line.update(`${bar(done, all)} reading training pictures`),
        signal,
      );
    const methods = methodsOf(given.methods, { nearestTraining });
    const reference = referenceOf(
      methods.map(({ name }) => name),
      given.reference,
    );
    const dataset = await openDataset(given.data, { size, split: 'heldout', count });
    if (dataset.length < count) say(`${dataset.length} held-out pictures in '${given.data}', of ${count} wanted`);
    const cut = { dataset, protocols: chosen, count, seed, captions: given.captions === true };
    const onSkipped = (picture: number, reason: string) => say(`left out picture ${picture}: ${reason}`);
    if (given['export-holes'] !== undefined) {
      const written = await exportHoles(cut, given['export-holes'], { signal, onSkipped });
      if (given.json) printJson({ holes: given['export-holes'], pictures: written });
      else
        print(
          `${given['export-holes']}: ${written} pictures with ${chosen.length} holes each; fill holes/PROTOCOL/0000.png into FOLDER/PROTOCOL/0000.png, then --methods NAME=FOLDER`,
        );
      return;
    }
    const { out } = given;
    if (out === undefined) throw new LatentfillError('command', 'Expected --out, got none: see --help.');
    const device = await deviceOf(given.device);
    const evaluation: Evaluation = {
      ...cut,
      ...{ model, source: given.data, methods, out, device, anew: given.anew === true },
    };
    await using judge = given.judge === undefined ? undefined : await openJudge(given.judge, device);
    if (judge) checkNamed(judge, dataset);
    const cases = await evaluate(evaluation, {
      signal,
      onProgress(pace, method) {
        const left = pace.left();
        line.update(
          `${bar(pace.done, pace.all)} ${pace.done} of ${pace.all} fills · ${method}${left === undefined ? '' : ` · ${duration(left)} left`}`,
        );
      },
      onSkipped,
    });
    line.update('measuring what networks see in the fills');
    const report = await reportEvaluation(evaluation, { cases, reference, judge, signal });
    line.done();
    for (const [name, text] of Object.entries(report.files)) await writeWhole(join(out, name), text, signal);
    if (given.json) {
      printJson({ out, model: model.card.name, reference, rows: report.rows });
      return;
    }
    const shown = ['ssimHole', 'features', ...(judge ? (['attributes'] as const) : []), 'seconds'] as const;
    print(
      columns([
        [
          'holes',
          'method',
          'n',
          'hole PSNR',
          `beside ${reference}`,
          ...shown.map((measure) => definitions[measure].title),
        ],
        ...report.rows.map(({ protocol, method, figures }) => [
          ...[
            protocol,
            method,
            `${figures.hole?.own.pictures ?? 0}`,
            figureText(figures.hole?.own, 'hole'),
            figureText(figures.hole?.difference, 'hole', true),
          ],
          ...shown.map((measure) => figureText(figures[measure]?.own, measure).replace(/ \[.*/, '')),
        ]),
      ]),
    );
    print(`means and 95 % intervals; all of it: ${join(out, 'report.html')}, table.md, table.csv, results.jsonl`);
  },
});

/** @throws LatentfillError for a reference that is no method. */
function referenceOf(names: readonly string[], wanted: string | undefined): string {
  if (wanted === undefined) return names.includes('default') ? 'default' : names[0]!;
  if (names.includes(wanted)) return wanted;
  throw new LatentfillError('command', `Expected --reference to be one of ${names.join(', ')}, got '${wanted}'.`);
}
