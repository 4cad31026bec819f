/** @file The frame of a self-contained page, which needs no other files. */

import { createHash } from 'node:crypto';
import { escapeHtml } from './html.ts';
import { STYLE } from './style.ts';

/** A whole document with its style within; `content` is HTML. No script runs in it but the one that is given. */
export function page(title: string, content: string, script = ''): string {
  const hash = createHash('sha256').update(script).digest('base64');
  const allowed = script === '' ? '' : `; script-src 'sha256-${hash}'`;
  const last = script === '' ? '' : `<script>${script}</script>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'${allowed}">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>
${content}
</main>
${last}</body>
</html>
`;
}

/** A picture with what it shows in words. */
export function picture(address: string, alt: string): string {
  return `<img src="${escapeHtml(address)}" alt="${escapeHtml(alt)}">`;
}
