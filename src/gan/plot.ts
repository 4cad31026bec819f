/** @file The losses of a run as a picture. Node only. */

import { encodePng } from '../image/codec.ts';
import { renderSvg } from '../image/svg.ts';
import type { LogLine } from './log.ts';

const WIDTH = 960;
const HEIGHT = 420;
const LEFT = 56;
const RIGHT = 56;
const TOP = 60;
const BOTTOM = 40;

const curves = [
  { key: 'd.loss', name: 'discriminator', colour: '#1f6feb' },
  { key: 'g.loss', name: 'generator', colour: '#d1570c' },
] as const;

/**
 * PNG bytes: both losses (thin) with their moving average (bold) against epochs; the right axis gives the score
 * exp(−loss) that belongs to a loss, which for the logistic losses is the geometric mean of the probability that the
 * network gives to being right.
 */
export async function drawLosses(lines: readonly LogLine[]): Promise<Uint8Array> {
  const window = Math.max(1, Math.round(lines.length / 40));
  const series = curves.map(({ key }) => lines.map((line) => line[key]!));
  const top = niceCeiling(quantile(series.flat(), 0.995));
  const last = lines.at(-1)?.epoch ?? 1;
  const x = (epoch: number) => LEFT + (epoch / last) * (WIDTH - LEFT - RIGHT);
  const y = (loss: number) => HEIGHT - BOTTOM - (Math.min(Math.max(loss, 0), top) / top) * (HEIGHT - TOP - BOTTOM);
  const path = (ys: readonly number[]) => {
    const every = Math.ceil(ys.length / 2000);
    return ys
      .map((loss, i) => (i % every === 0 ? `${x(lines[i]!.epoch).toFixed(1)},${y(loss).toFixed(1)}` : ''))
      .join(' ');
  };
  const text = (at: string, content: string) => `<text ${at} font-size="13" fill="#444">${content}</text>`;

  const grid = Array.from({ length: 6 }, (_, i) => {
    const loss = (top * i) / 5;
    return (
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(loss)}" y2="${y(loss)}" stroke="#e4e4e4"/>` +
      text(`x="${LEFT - 8}" y="${y(loss) + 4}" text-anchor="end"`, loss.toFixed(2)) +
      text(`x="${WIDTH - RIGHT + 8}" y="${y(loss) + 4}"`, Math.exp(-loss).toFixed(2))
    );
  });
  const ticks = Array.from({ length: 6 }, (_, i) => {
    const epoch = (last * i) / 5;
    return text(`x="${x(epoch)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle"`, epoch.toFixed(last < 10 ? 1 : 0));
  });
  const drawn = curves.map(
    ({ name, colour }, i) =>
      `<polyline points="${path(series[i]!)}" fill="none" stroke="${colour}" stroke-opacity="0.22"/>` +
      `<polyline points="${path(movingMean(series[i]!, window))}" fill="none" stroke="${colour}" stroke-width="2"/>` +
      `<line x1="${LEFT + i * 150}" x2="${LEFT + 24 + i * 150}" y1="20" y2="20" stroke="${colour}" stroke-width="3"/>` +
      text(`x="${LEFT + 32 + i * 150}" y="25"`, name),
  );
  const labels = [
    text(`x="${LEFT - 8}" y="${TOP - 14}" text-anchor="end"`, 'loss'),
    text(`x="${WIDTH - RIGHT + 8}" y="${TOP - 14}"`, 'score'),
    text(`x="${WIDTH - 8}" y="25" text-anchor="end"`, `thin: each cycle, bold: mean of ${window} · score = exp(−loss)`),
    text(`x="${WIDTH / 2}" y="${HEIGHT - 4}" text-anchor="middle"`, 'epoch'),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="Inter"><rect width="100%" height="100%" fill="#fff"/>${[...grid, ...ticks, ...drawn, ...labels].join('')}</svg>`;
  return encodePng(await renderSvg(svg));
}

function movingMean(values: readonly number[], window: number): number[] {
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (i >= window ? values[i - window]! : 0);
    return sum / Math.min(i + 1, window);
  });
}

function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(q * (sorted.length - 1))] ?? 1;
}

function niceCeiling(x: number): number {
  const step = 10 ** Math.floor(Math.log10(Math.max(x, 1e-3))) / 2;
  return Math.ceil(x / step) * step;
}
