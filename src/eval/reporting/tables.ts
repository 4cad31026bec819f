/** @file The figures of an evaluation as Markdown and as CSV. */

import { definitions, type Measure, measures } from '../measures/definitions.ts';
import type { Estimate } from '../statistics/bootstrap.ts';
import { ALL, type Row } from './summary.ts';

/** A figure as people read it: `22.49 [21.80, 23.12]`; – where there is none. */
export function figureText(found: Estimate | null | undefined, measure: Measure, sign = false): string {
  if (!found) return '–';
  const { digits } = definitions[measure];
  const text = (v: number) => `${sign && v > 0 ? '+' : ''}${v.toFixed(digits)}`.replace(/^[+-](?=0\.?0*$)/, '');
  const interval = found.low === null || found.high === null ? '' : ` [${text(found.low)}, ${text(found.high)}]`;
  return text(found.mean) + interval;
}

/** Measures whose intervals a table shows in full; those that cost columns more than they tell are in the CSV file. */
const SHOWN = measures.filter((measure) => measure !== 'whole');

/** A Markdown table for each protocol: a row for each method, a column for each measure. */
export function markdownTables(rows: readonly Row[], reference: string): string {
  const protocols = [...new Set(rows.map(({ protocol }) => protocol))];
  return protocols
    .map((protocol) => {
      const own = rows.filter((row) => row.protocol === protocol);
      return `## ${protocol === ALL ? 'All holes' : protocol}\n\n${markdownTable(own, reference)}\n`;
    })
    .join('\n');
}

function markdownTable(rows: readonly Row[], reference: string): string {
  const shown = SHOWN.filter((measure) => rows.some(({ figures }) => figures[measure]));
  const heading = shown.map((measure) => titleOf(measure));
  const lines = rows.map(({ method, figures }) => {
    const n = figures.hole?.own.pictures ?? 0;
    const cells = shown.map((measure) => figureText(figures[measure]?.own, measure));
    return [method, `${n}`, figureText(figures.hole?.difference, 'hole', true), ...cells];
  });
  const head = ['method', 'n', `hole PSNR beside ${reference}`, ...heading];
  const rule = head.map((_, c) => (c === 0 ? '---' : '--:'));
  return [head, rule, ...lines]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function titleOf(measure: Measure): string {
  const { title, unit } = definitions[measure];
  return unit === '' || unit === 's' ? title : `${title}, ${unit}`;
}

/** Every figure in a line: protocol, method, measure, n, mean, interval, and the difference with its own n and interval. */
export function csvTable(rows: readonly Row[], reference: string): string {
  const head = ['protocol', 'method', 'measure', 'unit', 'n', 'photographs', 'mean', 'low', 'high', 'reference'];
  const lines = rows.flatMap(({ protocol, method, figures }) =>
    measures.flatMap((measure) => {
      const found = figures[measure];
      if (!found) return [];
      const { own, difference } = found;
      const more = difference
        ? [reference, difference.pictures, difference.mean, difference.low, difference.high]
        : ['', '', '', '', ''];
      const { unit } = definitions[measure];
      return [[protocol, method, measure, unit, own.pictures, own.photographs, own.mean, own.low, own.high, ...more]];
    }),
  );
  const all = [[...head, 'n of difference', 'difference', 'difference low', 'difference high'], ...lines];
  return all.map((cells) => `${cells.map((cell) => csvCell(cell)).join(',')}\n`).join('');
}

/** A cell of a CSV file (RFC 4180); numbers keep seven digits. */
function csvCell(value: string | number | null): string {
  if (value === null) return '';
  const text = typeof value === 'number' ? `${Number(value.toPrecision(7))}` : value;
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
