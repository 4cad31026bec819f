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

/** Markdown tables: hole PSNR of every method with every protocol, then of each protocol every measure. */
export function markdownTables(rows: readonly Row[], reference: string): string {
  const protocols = [...new Set(rows.map(({ protocol }) => protocol))];
  const each = protocols.map((protocol) => ({
    title: titleOfProtocol(protocol),
    table: markdownTable(
      rows.filter((row) => row.protocol === protocol),
      reference,
    ),
  }));
  const first = { title: 'Hole PSNR, dB', table: markdownOverview(rows, reference) };
  return [...(protocols.length > 1 ? [first] : []), ...each]
    .map(({ title, table }) => `## ${title}\n\n${table}\n`)
    .join('\n');
}

/** What a protocol is called above its figures. */
export function titleOfProtocol(protocol: string): string {
  return protocol === ALL ? 'All holes' : protocol;
}

function markdownOverview(rows: readonly Row[], reference: string): string {
  const { protocols, lines } = overview(rows);
  const head = ['method', 'n', `beside ${reference}`, ...protocols.map(titleOfProtocol)];
  const cells = lines.map(({ method, each }) => {
    const all = each[0]?.figures.hole;
    const figures = each.map((row) => figureText(row?.figures.hole?.own, 'hole'));
    return [method, `${all?.own.pictures ?? 0}`, figureText(all?.difference, 'hole', true), ...figures];
  });
  return markdown(head, cells);
}

/** A method in the overview: its row with each protocol, undefined where it filled none. */
interface OverviewLine {
  readonly method: string;
  readonly each: readonly (Row | undefined)[];
}

/** A line for each method and a column for each protocol, all of them together first. */
export function overview(rows: readonly Row[]): { protocols: readonly string[]; lines: readonly OverviewLine[] } {
  const protocols = [...new Set([ALL, ...rows.map(({ protocol }) => protocol)])];
  const methods = [...new Set(rows.map(({ method }) => method))];
  const lines = methods.map((method) => {
    const own = new Map(rows.filter((row) => row.method === method).map((row) => [row.protocol, row]));
    return { method, each: protocols.map((protocol) => own.get(protocol)) };
  });
  return { protocols, lines };
}

function markdownTable(rows: readonly Row[], reference: string): string {
  const shown = SHOWN.filter((measure) => rows.some(({ figures }) => figures[measure]));
  const head = ['method', 'n', `hole PSNR beside ${reference}`, ...shown.map(titleOf)];
  const lines = rows.map(({ method, figures }) => {
    const n = figures.hole?.own.pictures ?? 0;
    const cells = shown.map((measure) => figureText(figures[measure]?.own, measure));
    return [method, `${n}`, figureText(figures.hole?.difference, 'hole', true), ...cells];
  });
  return markdown(head, lines);
}

/** A table, all but its first column to the right. */
function markdown(head: readonly string[], lines: readonly (readonly string[])[]): string {
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
