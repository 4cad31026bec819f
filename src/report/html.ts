/** @file Text into HTML, with nothing in it that a browser would run. */

const codes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML shows it, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => codes[character]!);
}

/** A number as a person reads it: three digits that count, no more than needed. */
export function short(x: number): string {
  if (!Number.isFinite(x)) return '–';
  const size = Math.abs(x);
  const text =
    size >= 1e5 || (size < 1e-4 && size > 0) ? x.toExponential(2) : size >= 100 ? x.toFixed(0) : x.toPrecision(3);
  return text
    .replace(/(\.\d*?)0+(?=$|e)/, '$1')
    .replace(/\.(?=$|e)/, '')
    .replace('e+', 'e')
    .replaceAll('-', '−');
}
