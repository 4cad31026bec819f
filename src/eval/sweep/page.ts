/** @file report.html of a sweep, on one self-contained page. Node only. */

import { figure } from '../../report/figure.ts';
import { drawHeatMap } from '../../report/heat-map.ts';
import { escapeHtml } from '../../report/html.ts';
import { dataUrl, mosaic } from '../../report/inline.ts';
import { drawLines } from '../../report/lines.ts';
import { page, picture } from '../../report/page.ts';
import { keptPicture } from '../evaluation/pictures.ts';
import { definitions, type Measure } from '../measures/definitions.ts';
import { corrupted } from '../methods/baselines.ts';
import { curvesOf } from '../reporting/curves.ts';
import { figureText } from '../reporting/tables.ts';
import { byWord, heatMapOf, numericAxes, openEnds, profile } from './findings.ts';
import { isWithinNoise, type Sweep, type Swept, type Tried } from './sweep.ts';
import { type Axis, describe } from './values.ts';

/** Settings whose searches are drawn as curves, and rows of the sheet at most. */
const CURVES = 4;
const ROWS = 24;
/** Pictures in a row of the sheet. */
const SHOWN = 3;

/** Measures beside the one that ranks. */
const BESIDE: readonly Measure[] = ['hole', 'ssimHole', 'features', 'known', 'seam', 'logit', 'evaluations', 'seconds'];

/** The page of a sweep. */
export async function sweepPage(asked: Sweep, swept: Swept, axes: readonly Axis[], base: string): Promise<string> {
  const { ranking, cases, scores } = swept;
  const { by, model, source } = asked;
  const { title, unit, about } = definitions[by];
  const numeric = numericAxes(ranking, axes);
  const profiles = numeric.map(({ option, values }) =>
    figure(
      option,
      describe(option),
      [option],
      drawLines([profile(ranking, option, values, by)], { byRatio: values[0]! > 0 }),
    ),
  );
  const worded = byWord(ranking, axes).map(({ option, each }) => {
    const values = each.map((one, i) => {
      const { own, difference } = one.row.figures[by] ?? {};
      const beside = i === 0 || !difference ? '' : `, ${figureText(difference, by, true)} beside the best`;
      return `${one.setting.values[option]}: ${figureText(own, by)}${beside}`;
    });
    return `<p><b>${escapeHtml(option)}</b>, with the best of the other options: ${escapeHtml(values.join('; '))}.</p>`;
  });
  const best = new Set(ranking.slice(0, CURVES).map(({ setting }) => setting.method.name));
  const holes = new Set(cases.map(({ protocol }) => protocol)).size;
  const content = [
    `<h1>${escapeHtml(model.card.name)}: ${escapeHtml(axes.map(({ option }) => option).join(', '))}</h1>`,
    `<p>${ranking.length} settings over the preset ${escapeHtml(base)}, on ${ranking[0]!.count} pictures of ${escapeHtml(source)} with ${holes} ${holes === 1 ? 'hole' : 'holes'} each, ranked by ${escapeHtml(title)}. ${escapeHtml(about)}</p>`,
    recommendation(ranking, by, openEnds(ranking, axes, by)),
    numeric.length > 1
      ? `<h2>${escapeHtml(numeric[0]!.option)} against ${escapeHtml(numeric[1]!.option)}</h2><p>${escapeHtml(title)}${unit ? `, ${unit}` : ''}; in each cell the best of the other options. The thick frame is the best, a broken one cannot be told from it.</p><div class="sheet">${drawHeatMap(heatMapOf(ranking, numeric, by))}</div>`
      : '',
    profiles.length > 0
      ? `<h2>By option</h2><p>${escapeHtml(title)} at each value, with the best of the other options; bands are 95 % intervals.</p><div class="charts">${profiles.join('\n')}</div>`
      : '',
    ...worded,
    `<h2>As searches go on</h2><p>The best ${best.size} settings.</p>${curvesOf(scores.filter(({ method }) => best.has(method.name)))}`,
    `<h2>Pictures</h2>${await sheetOf(asked, swept)}`,
    `<h2>Settings</h2>${tableOf(ranking, by)}`,
  ];
  return page(`sweep of ${model.card.name} · latentfill`, content.join('\n'));
}

function recommendation(ranking: readonly Tried[], by: Measure, more: readonly string[]): string {
  const [best, ...others] = ranking;
  const compared = others.filter(({ count }) => count === best!.count);
  const alike = compared.filter((one) => isWithinNoise(one, by));
  const rest =
    alike.length === 0
      ? 'Every other is worse beyond chance.'
      : `${alike.length} of ${compared.length} others cannot be told from it on these pictures${alike.length > 6 ? '' : `: ${alike.map(({ setting }) => setting.method.name).join('; ')}`}.`;
  return `<p><b>Best: ${escapeHtml(best!.setting.method.name)}</b>, ${escapeHtml(figureText(best!.row.figures[by]?.own, by))}. ${escapeHtml([rest, ...more].join(' '))}</p>`;
}

/** A row for each setting: the hole, what the model drew, the fill and the truth of the same pictures. */
async function sheetOf({ out }: Sweep, { ranking, cases }: Swept): Promise<string> {
  const step = Math.max(1, Math.ceil(cases.length / SHOWN));
  const shown = cases.filter((_, i) => i % step === 0).slice(0, SHOWN);
  const rows = [];
  for (const { setting } of ranking.slice(0, ROWS)) {
    const pictures = [];
    for (const one of shown) {
      const { name } = setting.method;
      const reconstruction = await keptPicture(out, 'reconstructions', name, one).catch(() => undefined);
      if (!reconstruction) continue; // dropped by successive halving before this picture
      const filled = await keptPicture(out, 'fills', name, one);
      pictures.push(corrupted(one.truth, one.mask), reconstruction, filled, one.truth);
    }
    if (pictures.length === 0) continue;
    const row = picture(await dataUrl(mosaic(pictures, pictures.length)), setting.method.name);
    rows.push(`<span>${escapeHtml(setting.method.name)}</span>${row}`);
  }
  const isSmall = (cases[0]?.truth.width ?? 0) <= 64;
  return `<p>Best first. Of each picture: the hole, what the model drew, that in the hole, the truth.</p><div class="sheet rows ${isSmall ? 'pixels' : ''}">${rows.join('')}</div>`;
}

function tableOf(ranking: readonly Tried[], by: Measure): string {
  const measures = [by, ...BESIDE.filter((measure) => measure !== by)];
  const head = ['', 'n', 'beside the best', ...measures.map((measure) => definitions[measure].title)];
  const lines = ranking.map((one) => {
    const { figures } = one.row;
    const cells = measures.map((measure) => figureText(figures[measure]?.own, measure));
    const difference = figureText(figures[by]?.difference, by, true);
    const all = [one.setting.method.name, `${one.count}`, difference, ...cells].map(
      (text) => `<td>${escapeHtml(text)}</td>`,
    );
    return `<tr${one === ranking[0] ? ' class="best"' : ''}>${all.join('')}</tr>`;
  });
  return `<div class="scroll"><table class="figures"><tr>${head.map((text) => `<th>${escapeHtml(text)}</th>`).join('')}</tr>${lines.join('')}</table></div>`;
}
