/** @file A chart on a page, with its heading and the names of its curves. */

import { escapeHtml } from './html.ts';

/** A chart with its heading, what it shows, and the names of its curves. */
export function figure(title: string, note: string, names: readonly string[], svg: string): string {
  const keys = names.map((name, i) => `<span class="key curve-${i + 1}">${escapeHtml(name)}</span>`);
  const legend = names.length > 1 ? keys.join('') : '';
  const about = note === '' ? '' : `<p>${escapeHtml(note)}</p>`;
  return `<figure><figcaption><h3>${escapeHtml(title)}</h3>${legend}${about}</figcaption>${svg}</figure>`;
}
