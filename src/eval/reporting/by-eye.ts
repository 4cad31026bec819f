/** @file by-eye.html: a person says which of two fills is better, or whether a picture is real or filled. Node only. */

import { permutation, random } from '../../base/random.ts';
import { escapeHtml } from '../../report/html.ts';
import { dataUrl } from '../../report/inline.ts';
import { page } from '../../report/page.ts';
import type { Scores } from '../evaluation/gather.ts';
import { keptPicture } from '../evaluation/pictures.ts';
import { BY_EYE_SCRIPT } from './by-eye-script.ts';
import type { SheetSource } from './sheets.ts';

/** Cases that are shown at most: a person judges no more at once. */
const CASES = 48;

/** The page, with as many cases of each protocol; self-contained. */
export async function byEyePage(
  title: string,
  scores: readonly Scores[],
  { out, cases, reference }: Pick<SheetSource, 'out' | 'cases' | 'reference'>,
): Promise<string> {
  const others = [...new Map(scores.map(({ method }) => [method.name, method])).values()].filter(
    ({ name }) => name !== reference,
  );
  const [searches, rest] = [
    others.filter(({ way }) => way.kind === 'search'),
    others.filter(({ way }) => way.kind !== 'search'),
  ];
  const methods = [reference, ...[...searches, ...rest].map(({ name }) => name)]; // the first two are proposed
  const filled = new Map(
    scores.map(({ method, protocol, fills }) => [
      `${protocol} ${method.name}`,
      new Set(fills.map(({ line }) => line.picture)),
    ]),
  );
  // Cases that most methods have filled come first: any two methods then have cases in common.
  const order = [...permutation(random('by eye'), cases.length)].map((i) => cases[i]!);
  const countOf = ({ protocol, picture }: (typeof cases)[number]) =>
    methods.filter((method) => filled.get(`${protocol} ${method}`)?.has(picture)).length;
  const chosen = order.sort((a, b) => countOf(b) - countOf(a)).slice(0, CASES);
  const shown = [];
  for (const one of chosen) {
    const fills: Record<string, string> = {};
    for (const method of methods) {
      if (!filled.get(`${one.protocol} ${method}`)?.has(one.picture)) continue;
      fills[method] = await dataUrl(await keptPicture(out, 'fills', method, one));
    }
    shown.push({ protocol: one.protocol, picture: one.picture, truth: await dataUrl(one.truth), fills });
  }
  const data = JSON.stringify({ title, cases: shown, methods }).replaceAll('<', '\\u003c');
  const isSmall = (cases[0]?.truth.width ?? 0) <= 64;
  const content = `<h1>By eye</h1><p>${escapeHtml(title)}. Pictures come in random order and on random sides; ${shown.length} cases at most. Nothing leaves this page but the file that you save.</p>
<form id="choose">
<label>Question <select name="question"><option value="better">Which of two fills is better?</option><option value="real">Is it real or filled?</option></select></label>
<label>Method <select name="a" class="method"></select></label>
<label id="other">Other method <select name="b" class="method"></select></label>
<button>Begin</button></form>
<p id="status" role="status"></p>
<div id="trial" class="trial ${isSmall ? 'pixels' : 'smooth'}"></div><div id="answers" class="answers"></div><div id="result" aria-live="polite"></div>
<p>Keys: left and right arrow for the better one, space where you cannot tell; r for real, f for filled.</p>
<script type="application/json" id="data">${data}</script>`;
  return page(`By eye · ${title}`, content, BY_EYE_SCRIPT);
}
