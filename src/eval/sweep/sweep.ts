/** @file Runs a sweep: every setting on the same holes, or ever fewer settings on ever more pictures. Node only. */

import type { Case } from '../evaluation/cases.ts';
import { type Evaluation, type EvaluationControl, evaluate } from '../evaluation/evaluate.ts';
import { gatherScores, type Scores } from '../evaluation/gather.ts';
import { definitions, type Measure } from '../measures/definitions.ts';
import { ALL, type Row, summarise } from '../reporting/summary.ts';
import type { Setting } from './settings.ts';

/** A sweep: an evaluation whose methods are settings. */
export interface Sweep extends Omit<Evaluation, 'methods' | 'stages'> {
  readonly settings: readonly Setting[];
  /** The measure that settings are ranked by. */
  readonly by: Measure;
  /** Successive halving: settings that are among the worse half are dropped, and the others get twice the pictures. */
  readonly isHalving: boolean;
}

/** What is known of a setting. */
export interface Tried {
  readonly setting: Setting;
  /** Over all holes. */
  readonly row: Row;
  /** Pictures that it was tried on. */
  readonly count: number;
}

/** What a sweep found. */
export interface Swept {
  /** Best first: those that were tried on most pictures, by the measure. */
  readonly ranking: readonly Tried[];
  readonly cases: readonly Case[];
  readonly scores: readonly Scores[];
}

/** Pictures of the first rung at least. */
const LEAST = 4;

/** Pictures of each rung of successive halving (Jamieson & Talwalkar 2016): doubled up to `count`. */
export function rungsOf(count: number, settings: number): number[] {
  const halvings = Math.min(Math.floor(Math.log2(settings)), Math.floor(Math.log2(count / LEAST)));
  return Array.from({ length: Math.max(0, halvings) + 1 }, (_, i) =>
    Math.ceil(count / 2 ** (Math.max(0, halvings) - i)),
  );
}

/** Runs a sweep, or goes on with one. What is in the folder is not done again. */
export async function sweep(asked: Sweep, control: EvaluationControl = {}): Promise<Swept> {
  const rungs = asked.isHalving ? rungsOf(asked.count, asked.settings.length) : [asked.count];
  let ranking: Tried[] = [];
  let settings = asked.settings;
  let last: Omit<Swept, 'ranking'> = { cases: [], scores: [] };
  for (const [i, count] of rungs.entries()) {
    const anew = asked.anew && i === 0;
    const evaluation: Evaluation = {
      ...asked,
      anew,
      methods: settings.map(({ method }) => method),
      count,
      stages: rungs,
    };
    const evaluated = await evaluate(evaluation, control);
    const scores = await gatherScores(evaluation, evaluated, control);
    const best = await rank(settings, scores, asked.by, count, control.signal);
    ranking = [...best, ...ranking.filter(({ setting }) => !settings.includes(setting))];
    last = { cases: evaluated.cases, scores };
    if (i < rungs.length - 1) settings = best.slice(0, Math.ceil(best.length / 2)).map(({ setting }) => setting);
  }
  return { ranking, ...last };
}

/** Settings, best first, with their differences to the best. */
async function rank(
  settings: readonly Setting[],
  scores: readonly Scores[],
  by: Measure,
  count: number,
  signal?: AbortSignal,
): Promise<Tried[]> {
  const sign = definitions[by].better === 'lower' ? 1 : -1;
  const meanOf = (row: Row) => sign * (row.figures[by]?.own.mean ?? Number.POSITIVE_INFINITY);
  const first = overAll(await summarise(scores, '', signal)).sort((a, b) => meanOf(a) - meanOf(b));
  const rows = overAll(await summarise(scores, first[0]!.method, signal));
  const ranked = first.map(({ method }) => rows.find((row) => row.method === method)!);
  return ranked.map((row) => ({ setting: settings.find(({ method }) => method.name === row.method)!, row, count }));
}

/** The rows over all holes; with one protocol, its rows. */
function overAll(rows: readonly Row[]): Row[] {
  const own = rows.filter(({ protocol }) => protocol === ALL);
  return own.length > 0 ? own : [...rows];
}

/** Whether a setting cannot be told from the best: 95 % of the difference's interval holds 0. */
export function isWithinNoise({ row }: Tried, by: Measure): boolean {
  const difference = row.figures[by]?.difference;
  if (!difference) return true;
  return difference.low === null || difference.high === null || (difference.low <= 0 && difference.high >= 0);
}
