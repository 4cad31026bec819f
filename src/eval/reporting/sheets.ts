/** @file Fills of an evaluation side by side: random, best and worst cases of each protocol. Node only. */

import { permutation, random } from '../../base/random.ts';
import { type Image, image } from '../../image/image.ts';
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
  const others = scores.filter((other) => other !== own && other.fills.length > 0);
  const filled = others.map(picturesOf);
  const isFilledByAll = ({ line }: Scored) => filled.every((pictures) => pictures.has(line.picture));
  const chosen = choose(own.fills, isFilledByAll);
  const caseOf = ({ line }: Scored) =>
    cases.find((one) => one.protocol === own.protocol && one.picture === line.picture)!;
  const strips: string[] = [];
  for (const [name, images] of await columnsOf()) strips.push(await strip(name, images));
  const choices = chosen.map(
    ({ label, fills }) =>
      `${label}: ${fills.map(({ line }) => `${line.picture} (${line.hole.toFixed(1)} dB)`).join(', ')}`,
  );
  const note = chosen.every(({ fills }) => fills.every(isFilledByAll)) ? '' : ' White where a method was not asked.';
  return `<h3>${escapeHtml(own.protocol)}</h3><p>Rows, by picture and the hole PSNR of ${escapeHtml(reference)}: ${escapeHtml(choices.join('; '))}.${note}</p>
<div class="sheet strips">${strips.join('')}</div>`;

  async function columnsOf(): Promise<[name: string, images: Image[]][]> {
    const fills = chosen.flatMap((choice) => choice.fills);
    const columns: [string, Image[]][] = [['hole', fills.map((one) => corrupted(caseOf(one).truth, caseOf(one).mask))]];
    if (own!.method.way.kind === 'search') {
      columns.push([`${reference}, before blending`, await kept('reconstructions', own!, fills)]);
    }
    columns.push([reference, await kept('fills', own!, fills)], ['true', fills.map((one) => caseOf(one).truth)]);
    for (const other of others) columns.push([other.method.name, await kept('fills', other, fills)]);
    return columns;
  }

  /** A method's pictures of cases, white where it filled none. */
  async function kept(kind: 'fills' | 'reconstructions', by: Scores, fills: readonly Scored[]): Promise<Image[]> {
    const there = picturesOf(by);
    const images: Image[] = [];
    for (const one of fills) {
      const { line } = one;
      images.push(
        there.has(line.picture) ? await keptPicture(out, kind, by.method.name, line) : blankAs(caseOf(one).truth),
      );
    }
    return images;
  }
}

function picturesOf({ fills }: Scores): ReadonlySet<number> {
  return new Set(fills.map(({ line }) => line.picture));
}

/**
 * Cases at random, of those that all methods filled if there are any, then the best and the worst of the others by hole
 * PSNR, whoever filled them.
 */
function choose(
  fills: readonly Scored[],
  isFilledByAll: (one: Scored) => boolean,
): { readonly label: string; readonly fills: readonly Scored[] }[] {
  const common = fills.filter(isFilledByAll);
  const among = common.length > 0 ? common : fills;
  const order = permutation(random('sheet', fills[0]!.line.protocol), among.length);
  const some = [...order.slice(0, RANDOM)].map((i) => among[i]!);
  const rest = fills.filter((one) => !some.includes(one)).sort((a, b) => b.line.hole - a.line.hole);
  const extreme = Math.min(EXTREME, Math.floor(rest.length / 2));
  return [
    { label: 'random', fills: some },
    { label: 'best of the others', fills: rest.slice(0, extreme) },
    { label: 'worst of the others', fills: rest.slice(rest.length - extreme) },
  ].filter(({ fills }) => fills.length > 0);
}

/** What stands where a method filled nothing: white. */
function blankAs({ width, height, channels, data }: Image): Image {
  return image(width, height, channels, new Float32Array(data.length).fill(1));
}

/** A column of pictures under its name. */
async function strip(name: string, images: readonly Image[]): Promise<string> {
  return `<div><span>${escapeHtml(name)}</span>${picture(await dataUrl(mosaic(images, 1)), name)}</div>`;
}
