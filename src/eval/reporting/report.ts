/** @file What is written of an evaluation, from what its folder holds. Node only. */

import type { Evaluated, Evaluation } from '../evaluation/evaluate.ts';
import { gatherScores } from '../evaluation/gather.ts';
import type { Judge } from '../measures/judge.ts';
import { byEyePage } from './by-eye.ts';
import { evaluationPage } from './page.ts';
import { type Row, summarise } from './summary.ts';
import { csvTable, markdownTables } from './tables.ts';

/** The figures of an evaluation, and its files by name. */
export interface Report {
  readonly rows: readonly Row[];
  readonly files: Readonly<Record<string, string>>;
}

/** How an evaluation is reported. */
export interface ReportOptions {
  /** The method that all are compared with. */
  readonly reference: string;
  /** What pictures show is told by it, where the data name that. */
  readonly judge?: Judge | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The tables and pages of an evaluation. */
export async function reportEvaluation(
  evaluation: Evaluation,
  evaluated: Evaluated,
  { reference, judge, signal }: ReportOptions,
): Promise<Report> {
  const { model, dataset, out } = evaluation;
  const judging = judge && { judge, attributes: (picture: number) => dataset.attributes?.(picture) ?? {} };
  const scores = await gatherScores(evaluation, evaluated, { judging, signal });
  const rows = await summarise(scores, reference, signal);
  const source = { out, cases: evaluated.cases, reference };
  return {
    rows,
    files: {
      'table.md': markdownTables(rows, reference),
      'table.csv': csvTable(rows, reference),
      'report.html': await evaluationPage(evaluation, scores, rows, source),
      'by-eye.html': await byEyePage(`${model.card.name} on ${evaluation.source}`, scores, source),
    },
  };
}
