/** @file `latentfill eval`: methods side by side on the same holes in pictures that the model never saw. */

import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/write-whole.ts';
import { evaluate } from '../eval/evaluation/evaluate.ts';
import { exportHoles } from '../eval/evaluation/export-holes.ts';
import { openNearestTraining } from '../eval/evaluation/nearest-source.ts';
import { definitions, type Measure } from '../eval/measures/definitions.ts';
import { checkNamed, openJudge } from '../eval/measures/judge.ts';
import { groups, methodForms, methodsOf } from '../eval/methods/parse.ts';
import { protocols } from '../eval/protocols/index.ts';
import { reportEvaluation } from '../eval/reporting/report.ts';
import type { Row } from '../eval/reporting/summary.ts';
import { figureText } from '../eval/reporting/tables.ts';
import { caseFlags, openCases, sayProgress } from './cases.ts';
import { interruptSignal } from './exit-code.ts';
import { deviceOf } from './flag-values.ts';
import { bar, columns, liveLine, print, printJson } from './terminal.ts';

const args = {
  ...caseFlags,
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
} as const satisfies ArgsDef;

export default defineCommand({
  meta: {
    name: 'eval',
    description: 'Compare ways to fill holes, on held-out pictures, with intervals, tables and a report.',
  },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('what was filled is kept; the same command goes on');
    const line = liveLine();
    const opened = await openCases(given);
    const { size } = opened.dataset;
    const onRead = (done: number, all: number) => line.update(`${bar(done, all)} reading training pictures`);
    const nearestTraining = () => openNearestTraining(given.data, size, onRead, signal);
    const methods = methodsOf(given.methods, { nearestTraining });
    const reference = referenceOf(
      methods.map(({ name }) => name),
      given.reference,
    );
    const control = sayProgress(line, signal);
    const holes = given['export-holes'];
    if (holes !== undefined) {
      const pictures = await exportHoles(opened, holes, control);
      if (given.json) printJson({ holes, pictures });
      else {
        print(
          `${holes}: ${pictures} pictures with ${opened.protocols.length} holes each; fill holes/PROTOCOL/0000.png into FOLDER/PROTOCOL/0000.png, then --methods NAME=FOLDER`,
        );
      }
      return;
    }
    const { out } = given;
    if (out === undefined) throw new LatentfillError('command', 'Expected --out, got none: see --help.');
    const device = await deviceOf(given.device);
    await using judge = given.judge === undefined ? undefined : await openJudge(given.judge, device);
    if (judge) checkNamed(judge, opened.dataset);
    const evaluation = { ...opened, methods, out, device };
    const evaluated = await evaluate(evaluation, control);
    line.update('measuring what networks see in the fills');
    const { rows, files } = await reportEvaluation(evaluation, evaluated, { reference, judge, signal });
    line.done();
    for (const [name, text] of Object.entries(files)) await writeWhole(join(out, name), text, signal);
    if (given.json) {
      printJson({ out, model: opened.model.card.name, reference, rows });
      return;
    }
    print(tableOf(rows, reference));
    print(`means and 95 % intervals; all of it: ${join(out, 'report.html')}, table.md, table.csv, results.jsonl`);
  },
});

/** The main figures, of hole PSNR with its intervals. */
function tableOf(rows: readonly Row[], reference: string): string[] {
  const mean = (row: Row, measure: Measure) => figureText(row.figures[measure]?.own, measure).replace(/ \[.*/, '');
  const isJudged = rows.some(({ figures }) => figures.attributes);
  const shown: Measure[] = ['ssimHole', 'features', ...(isJudged ? (['attributes'] as const) : []), 'seconds'];
  const lines = rows.map((row) => {
    const { hole } = row.figures;
    const psnr = [figureText(hole?.own, 'hole'), figureText(hole?.difference, 'hole', true)];
    const others = shown.map((measure) => mean(row, measure));
    return [row.protocol, row.method, `${hole?.own.pictures ?? 0}`, ...psnr, ...others];
  });
  const titles = shown.map((measure) => definitions[measure].title);
  const head = ['holes', 'method', 'n', 'hole PSNR', `beside ${reference}`, ...titles];
  return columns([head, ...lines]);
}

/** @throws LatentfillError for a reference that is no method. */
function referenceOf(names: readonly string[], wanted: string | undefined): string {
  if (wanted === undefined) return names.includes('default') ? 'default' : names[0]!;
  if (names.includes(wanted)) return wanted;
  throw new LatentfillError('command', `Expected --reference to be one of ${names.join(', ')}, got '${wanted}'.`);
}
