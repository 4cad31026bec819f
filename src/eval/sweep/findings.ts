/** @file What a sweep says of each option: the best that it came to with each of its values. */

import type { Cell, HeatMap } from '../../report/heat-map.ts';
import type { Line } from '../../report/lines.ts';
import { definitions, type Measure } from '../measures/definitions.ts';
import type { Tried } from './sweep.ts';
import { isWithinNoise } from './sweep.ts';
import type { Axis, OptionName, Value } from './values.ts';

/** The best setting with a value of an option, whatever the other options are; undefined where none was tried. */
function bestWith(ranking: readonly Tried[], wanted: Readonly<Record<string, Value>>): Tried | undefined {
  return ranking.find(({ setting }) =>
    Object.entries(wanted).every(([option, value]) => setting.values[option] === value),
  );
}

/** Options with several numbers among what was tried. */
export function numericAxes(
  ranking: readonly Tried[],
  axes: readonly Axis[],
): { option: OptionName; values: number[] }[] {
  return axes.flatMap(({ option }) => {
    const tried = new Set(ranking.map(({ setting }) => setting.values[option]));
    const values = [...tried].filter((value) => typeof value === 'number').sort((a, b) => a - b);
    return values.length > 1 ? [{ option, values }] : [];
  });
}

/** Of options whose values are words: each with the best setting of every value that was tried, best first. */
export function byWord(ranking: readonly Tried[], axes: readonly Axis[]): { option: OptionName; each: Tried[] }[] {
  return axes.flatMap(({ option, values }) => {
    if (values.every((value) => typeof value === 'number')) return [];
    const each = values.flatMap((value) => bestWith(ranking, { [option]: value }) ?? []);
    return [{ option, each: each.sort((a, b) => ranking.indexOf(a) - ranking.indexOf(b)) }];
  });
}

/**
 * Sentences about options whose best value is the largest or the smallest that was tried, where the one next to it is worse
 * beyond chance: what lies outside may be better still.
 */
export function openEnds(ranking: readonly Tried[], axes: readonly Axis[], by: Measure): string[] {
  const [best, ...others] = ranking;
  return numericAxes(ranking, axes).flatMap(({ option, values }) => {
    const at = values.indexOf(best!.setting.values[option] as number);
    if (at > 0 && at < values.length - 1) return [];
    const next = bestWith(others, { [option]: values[at === 0 ? 1 : at - 1]! });
    if (!next || isWithinNoise(next, by)) return [];
    const [end, beyond] = at === 0 ? ['smallest', 'smaller'] : ['largest', 'larger'];
    return [`${option} ${values[at]} is the ${end} that was tried, and the next is worse: try ${beyond} ones.`];
  });
}

/** The measure against an option: at each value the best of the other options, with its interval. */
export function profile(ranking: readonly Tried[], option: OptionName, values: readonly number[], by: Measure): Line {
  const points = values.flatMap((value) => {
    const own = bestWith(ranking, { [option]: value })?.row.figures[by]?.own;
    return own ? [{ value, own }] : [];
  });
  const whole = points.every(({ own }) => own.low !== null);
  return {
    name: option,
    xs: points.map(({ value }) => value),
    values: points.map(({ own }) => own.mean),
    ...(whole && { lows: points.map(({ own }) => own.low!), highs: points.map(({ own }) => own.high!) }),
  };
}

/** Two options against each other: in each cell the best of the others. */
export function heatMapOf(
  ranking: readonly Tried[],
  [row, column]: readonly { option: OptionName; values: readonly number[] }[],
  by: Measure,
): HeatMap {
  const { digits, better } = definitions[by];
  const best = ranking[0]!;
  const cellOf = (values: Readonly<Record<string, Value>>): Cell => {
    const found = bestWith(ranking, values);
    const mark = found === best ? 'best' : found && isWithinNoise(found, by) ? 'alike' : undefined;
    return { value: found?.row.figures[by]?.own.mean ?? Number.NaN, mark };
  };
  return {
    rowTitle: row!.option,
    columnTitle: column!.option,
    rows: row!.values.map(String),
    columns: column!.values.map(String),
    cells: row!.values.map((r) => column!.values.map((c) => cellOf({ [row!.option]: r, [column!.option]: c }))),
    digits,
    isLowGood: better === 'lower',
  };
}
