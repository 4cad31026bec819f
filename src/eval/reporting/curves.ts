/** @file The course of searches as charts: quality and loss against pictures drawn and against seconds. */

import { figure } from '../../report/figure.ts';
import { drawLines, type Line } from '../../report/lines.ts';
import type { Scores } from '../evaluation/gather.ts';
import { estimate } from '../statistics/bootstrap.ts';

/** Numbers of a moment of a curve: what is along the lower axis, and upwards. */
interface Chart {
  readonly title: string;
  readonly x: 0 | 1;
  readonly y: 2 | 3;
}

const charts: readonly Chart[] = [
  { title: 'Hole PSNR in dB, against pictures drawn', x: 0, y: 3 },
  { title: 'Hole PSNR in dB, against seconds', x: 1, y: 3 },
  { title: 'Contextual loss, against pictures drawn', x: 0, y: 2 },
  { title: 'Contextual loss, against seconds', x: 1, y: 2 },
];

/** Charts of the searches whose course was kept, over all protocols given; '' where there is none. */
export function curvesOf(scores: readonly Scores[]): string {
  const methods = [...new Set(scores.map(({ method }) => method.name))];
  const figures = charts.flatMap((chart) => {
    const lines = methods.flatMap((name) => {
      const line = lineOf(
        name,
        scores.filter(({ method }) => method.name === name),
        chart,
      );
      return line ? [line] : [];
    });
    // Sums and means over known pixels are no common scale: losses are compared within one kind alone.
    return lines.length === 0
      ? []
      : [
          figure(
            chart.title,
            '',
            lines.map(({ name }) => name),
            drawLines(lines, { byRatio: true, decades: chart.y === 2 }),
          ),
        ];
  });
  return figures.length === 0 ? '' : `<div class="charts">${figures.join('\n')}</div>`;
}

/** The mean over fills at each moment, with its interval; searches that ended early are left out after their end. */
function lineOf(name: string, scores: readonly Scores[], { x, y }: Chart): Line | undefined {
  const kept = scores.flatMap(({ fills }) =>
    fills.flatMap(({ line }) => (line.curve ? [{ photograph: line.photograph, curve: line.curve }] : [])),
  );
  if (kept.length === 0) return undefined;
  const moments = Math.max(...kept.map(({ curve }) => curve.length));
  const points = Array.from({ length: moments }, (_, m) => {
    const there = kept.filter(({ curve }) => curve[m] !== undefined);
    const found = estimate(
      there.map(({ curve }) => curve[m]![y]),
      there.map(({ photograph }) => photograph),
    );
    const at = there.reduce((sum, { curve }) => sum + curve[m]![x], 0) / there.length;
    return { ...found, at };
  });
  const whole = points.every(({ low }) => low !== null);
  return {
    name,
    xs: points.map(({ at }) => at),
    values: points.map(({ mean }) => mean),
    ...(whole && { lows: points.map(({ low }) => low!), highs: points.map(({ high }) => high!) }),
  };
}
