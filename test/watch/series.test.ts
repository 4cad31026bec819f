import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawCurves, drawPoints } from '../../src/report/chart.ts';
import { escapeHtml, short } from '../../src/report/html.ts';
import { chartsOf } from '../../src/watch/curves.ts';
import { readSeries } from '../../src/watch/series.ts';

function runWith(lines: readonly object[], tail = ''): string {
  const run = mkdtempSync(join(tmpdir(), 'latentfill-series-'));
  writeFileSync(join(run, 'log.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join('') + tail);
  return run;
}

test('a long log becomes curves of bounded length that keep every cycle in their means, lows and highs', async () => {
  const lines = Array.from({ length: 7000 }, (_, i) => ({
    cycle: i + 1,
    epoch: (i + 1) / 100,
    'd.loss': Math.sin(i) + (i === 5123 ? 40 : 0),
    ...(i >= 3500 && { late: i }),
  }));
  const series = await readSeries(runWith(lines, '{"cycle":7001,"epo'));
  const loss = series.get('d.loss')!;
  expect(loss.means.length).toBeGreaterThan(200);
  expect(loss.means.length).toBeLessThanOrEqual(480);
  expect(loss.epochs.at(-1)).toBe(70);
  expect(Math.max(...loss.highs)).toBeGreaterThan(38);
  const first = lines.slice(0, loss.cycles).map((line) => line['d.loss']);
  expect(loss.means[0]).toBeCloseTo(first.reduce((a, b) => a + b) / first.length, 9);
  expect([loss.lows[0], loss.highs[0]]).toEqual([Math.min(...first), Math.max(...first)]);
  expect(series.get('late')!.epochs[0]).toBeGreaterThan(35);
});

test('a short log is kept as it is; a run without one has no curves', async () => {
  const run = runWith([
    { cycle: 5, epoch: 1, a: 1 },
    { cycle: 6, epoch: 2, a: 3 },
  ]);
  expect((await readSeries(run)).get('a')).toEqual({
    epochs: [1, 2],
    means: [1, 3],
    lows: [1, 3],
    highs: [1, 3],
    cycles: 1,
  });
  expect((await readSeries(join(run, 'none'))).size).toBe(0);
});

const series = (means: readonly number[]) => ({
  epochs: means.map((_, i) => i),
  means,
  lows: means,
  highs: means,
  cycles: 2,
});

test('charts have numbers only, score axes, and powers of ten where values span decades', () => {
  const odd = [[5], [0, 0, 0], [1, Number.NaN, 2], [-3, 1e9], []];
  for (const values of odd) {
    expect(drawCurves([{ name: 'x', series: series(values) }])).not.toMatch(/undefined|Infinity/);
  }
  expect(drawCurves([{ name: 'x', series: series([0, 0.5, 1]) }], { score: true })).toContain('>0.368<');
  const wide = drawCurves([{ name: 'x', series: series([0.001, 1, 100]) }], { decades: true });
  for (const tick of ['0.01', '0.1', '1', '10']) expect(wide).toContain(`>${tick}<`);
  expect(
    drawPoints(
      [
        [
          { epoch: 1, value: 0.1, error: 0.01 },
          { epoch: 2, value: 0.05, error: 0.01 },
        ],
      ],
      'd',
    ).match(/least/g),
  ).toHaveLength(1);
});

test('every number of a log has a chart, known or not, and none can break the page', () => {
  const html = chartsOf(
    new Map([
      ['g.loss', series([1])],
      ['<img onerror=x>', series([1])],
    ]),
  );
  expect(html).toContain('Losses');
  expect(html).not.toContain('<img');
  expect(escapeHtml(`<a href="x" title='y'>&`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;');
});

test.each([
  [0, '0'],
  [1, '1'],
  [0.0005, '0.0005'],
  [-0.25, '−0.25'],
  [1234.6, '1235'],
  [0.36788, '0.368'],
  [2e-7, '2e−7'],
  [1.5e6, '1.5e6'],
  [100, '100'],
])('%s reads %s', (x, text) => {
  expect(short(x)).toBe(text);
});
