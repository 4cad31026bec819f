/** @file Fills of an evaluation side by side: random, best and worst cases of each protocol. Node only. */

import { permutation, random } from '../../base/random.ts';
import type { Image } from '../../image/image.ts';
import { escapeHtml } from '../../report/html.ts';
import { dataUrl, mosaic } from '../../report/inline.ts';
import { picture } from '../../report/page.ts';
import type { Case } from '../evaluation/cases.ts';
import type { Scored, Scores } from '../evaluation/gather.ts';
import { keptPicture } from '../evaluation/pictures.ts';
import { corrupted } from '../methods/baselines.ts';

/** Cases of a sheet, of each choice. */
const RANDOM = 5;
const EXTREME = 3;

/** What sheets are drawn from. */
export interface SheetSource {
  readonly out: string;
  readonly cases: readonly Case[];
  /** The method whose best and worst cases are shown, with what it drew before blending. */
  readonly reference: string;
}

/** The sheet of one protocol, as HTML; '' where the reference has no fills. */
export async function sheetOf(scores: readonly Scores[], { out, cases, reference }: SheetSource): Promise<string> {
  const own = scores.find(({ method }) => method.name === reference);
  if (!own || own.fills.length === 0) return '';
  const chosen = choose(own.fills);
  const caseOf = ({ line }: Scored) =>
    cases.find((one) => one.protocol === own.protocol && one.picture === line.picture)!;
  const strips = await stripsOf();
  const choices = chosen.map(
    ({ label, fills }) =>
      `${label}: ${fills.map(({ line }) => `${line.picture} (${line.hole.toFixed(1)} dB)`).join(', ')}`,
  );
  return `<h3>${escapeHtml(own.protocol)}</h3><p>Rows, by picture and the hole PSNR of ${escapeHtml(reference)}: ${escapeHtml(choices.join('; '))}.</p>
<div class="sheet strips">${strips.join('')}</div>`;

  async function stripsOf(): Promise<string[]> {
    const fills = chosen.flatMap((choice) => choice.fills);
    const strips = [
      await strip(
        'hole',
        fills.map((one) => corrupted(caseOf(one).truth, caseOf(one).mask)),
      ),
    ];
    if (own!.method.way.kind === 'search') {
      strips.push(await strip(`${reference}, before blending`, await kept('reconstructions', reference, fills)));
    }
    for (const { method, fills: all } of [own!, ...scores.filter((other) => other !== own)]) {
      const there = new Set(all.map(({ line }) => line.picture));
      if (!fills.every(({ line }) => there.has(line.picture))) continue;
      strips.push(await strip(method.name, await kept('fills', method.name, fills)));
    }
    return [
      ...strips,
      await strip(
        'true',
        fills.map((one) => caseOf(one).truth),
      ),
    ];
  }

  async function kept(kind: 'fills' | 'reconstructions', method: string, fills: readonly Scored[]): Promise<Image[]> {
    const images: Image[] = [];
    for (const { line } of fills) images.push(await keptPicture(out, kind, method, line));
    return images;
  }
}

/** Cases at random, then the best and the worst of the others by hole PSNR. */
function choose(fills: readonly Scored[]): { readonly label: string; readonly fills: readonly Scored[] }[] {
  const order = permutation(random('sheet', fills[0]!.line.protocol), fills.length);
  const some = [...order.slice(0, RANDOM)].map((i) => fills[i]!);
  const rest = fills.filter((one) => !some.includes(one)).sort((a, b) => b.line.hole - a.line.hole);
  const extreme = Math.min(EXTREME, Math.floor(rest.length / 2));
  return [
    { label: 'random', fills: some },
    { label: 'best of the others', fills: rest.slice(0, extreme) },
    { label: 'worst of the others', fills: rest.slice(rest.length - extreme) },
  ].filter(({ fills }) => fills.length > 0);
}

/** A column of pictures under its name. */
async function strip(name: string, images: readonly Image[]): Promise<string> {
  return `<div><span>${escapeHtml(name)}</span>${picture(await dataUrl(mosaic(images, 1)), name)}</div>`;
}
