/** @file report.html: an evaluation on one self-contained page. Node only. */

import { escapeHtml } from '../../report/html.ts';
import { page } from '../../report/page.ts';
import type { Evaluation } from '../evaluation/evaluate.ts';
import type { Scores } from '../evaluation/gather.ts';
import { definitions, type Measure, measures } from '../measures/definitions.ts';
import { curvesOf } from './curves.ts';
import { type SheetSource, sheetOf } from './sheets.ts';
import { ALL, type Row } from './summary.ts';
import { figureText, overview, titleOfProtocol } from './tables.ts';

/** The page. */
export async function evaluationPage(
  evaluation: Evaluation,
  scores: readonly Scores[],
  rows: readonly Row[],
  source: SheetSource,
): Promise<string> {
  const { model, methods, source: data } = evaluation;
  const { cases, reference } = source;
  const pictures = new Set(cases.map(({ picture }) => picture)).size;
  const photographs = new Set(cases.map(({ photograph }) => photograph)).size;
  const protocols = [...new Set(scores.map(({ protocol }) => protocol))];
  const sheets: string[] = [];
  for (const protocol of protocols)
    sheets.push(
      await sheetOf(
        scores.filter((one) => one.protocol === protocol),
        source,
      ),
    );
  const of = photographs === pictures ? '' : ` of ${photographs} photographs`;
  const curves = curvesOf(scores);
  const content = [
    `<h1>${escapeHtml(model.card.name)} on ${escapeHtml(data)}</h1>`,
    `<p>${pictures} pictures${of} that the model never saw, ${evaluation.dataset.size} pixels a side, each with ${protocols.length} ${protocols.length === 1 ? 'hole' : 'holes'}, filled by ${methods.length} methods.
Means, and under them 95 % intervals by a bootstrap over ${of ? 'photographs' : 'pictures'}. The column beside the methods has the paired difference of hole PSNR, over the pictures that both filled.
Arrows say which way is better; green is better than ${escapeHtml(reference)} by more than chance, red worse. <a href="by-eye.html">Judge by eye</a>.</p>`,
    protocols.length > 1 ? overviewOf(rows, reference) : '',
    ...[ALL, ...protocols].map((protocol) =>
      tableOf(
        protocol,
        rows.filter((row) => row.protocol === protocol),
        reference,
      ),
    ),
    curves === ''
      ? ''
      : `<h2>As searches go on</h2><p>Means over all holes of the first pictures, with 95 % intervals. Methods that sum their loss where others take the mean lie higher in the lower charts.</p>${curves}`,
    `<h2>Pictures</h2><div class="${evaluation.dataset.size <= 64 ? 'pixels' : 'smooth'}">${sheets.join('\n')}</div>`,
    `<h2>Methods</h2>${listOf(methods.map(({ name, about }) => [name, about]))}`,
    `<h2>Holes</h2>${listOf(evaluation.protocols.map(({ name, about }) => [name, about]))}`,
    `<h2>Measures</h2>${listOf(measures.map((measure) => [definitions[measure].title, definitions[measure].about]))}`,
  ];
  return page(`${model.card.name} on ${data} · latentfill`, content.join('\n'));
}

function listOf(entries: readonly (readonly [string, string])[]): string {
  return `<dl class="terms">${entries.map(([name, about]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(about)}</dd>`).join('')}</dl>`;
}

/** Hole PSNR of every method with every protocol. */
function overviewOf(rows: readonly Row[], reference: string): string {
  const { protocols, lines } = overview(rows);
  const body = lines.map(({ method, each }) => {
    const cells = each.map((row) => figureCell('hole', row?.figures ?? {}));
    return lineOf(method, each[0]?.figures ?? {}, cells);
  });
  return frame('Hole PSNR, dB', ['', 'n', `beside ${reference}`, ...protocols.map(titleOfProtocol)], body);
}

/** A table: a row for each method; what differs from the reference by more than chance is marked. */
function tableOf(protocol: string, rows: readonly Row[], reference: string): string {
  if (rows.length === 0) return '';
  const shown = measures.filter((measure) => rows.some(({ figures }) => figures[measure]));
  const lines = rows.map(({ method, figures }) =>
    lineOf(
      method,
      figures,
      shown.map((measure) => figureCell(measure, figures)),
    ),
  );
  return frame(titleOfProtocol(protocol), ['', 'n', `beside ${reference}, dB`, ...shown.map(heading)], lines);
}

function frame(title: string, head: readonly string[], lines: readonly string[]): string {
  const headings = head.map((text) => `<th>${escapeHtml(text)}</th>`);
  return `<h2>${escapeHtml(title)}</h2>
<div class="scroll wide"><table class="figures"><tr>${headings.join('')}</tr>${lines.join('')}</table></div>`;
}

/** A method's line: n and the difference of hole PSNR, then `cells`. */
function lineOf(method: string, { hole }: Row['figures'], cells: readonly string[]): string {
  const difference = spread(figureText(hole?.difference, 'hole', true));
  return `<tr><td>${escapeHtml(method)}</td><td>${hole?.own.pictures ?? 0}</td><td>${difference}</td>${cells.join('')}</tr>`;
}

function figureCell(measure: Measure, figures: Row['figures']): string {
  return `<td class="${verdict(measure, figures)}">${spread(figureText(figures[measure]?.own, measure))}</td>`;
}

function heading(measure: Measure): string {
  const { title, unit, better } = definitions[measure];
  const arrow = better === null ? '' : better === 'higher' ? ' ↑' : ' ↓';
  return `${title}${unit === '' || unit === 's' ? '' : `, ${unit}`}${arrow}`;
}

/** The interval in small under the mean. */
function spread(text: string): string {
  const [mean, interval] = text.replace(/-(?=\d)/g, '−').split(' [');
  return escapeHtml(mean!) + (interval === undefined ? '' : `<small>${escapeHtml(interval.slice(0, -1))}</small>`);
}

/** Whether a figure is better or worse than the reference's beyond chance: its difference's interval leaves out 0. */
function verdict(measure: Measure, figures: Row['figures']): string {
  const { better } = definitions[measure];
  const difference = figures[measure]?.difference;
  if (better === null || !difference || difference.low === null || difference.high === null) return '';
  if (difference.low <= 0 && difference.high >= 0) return '';
  return difference.mean > 0 === (better === 'higher') ? 'better' : 'worse';
}
