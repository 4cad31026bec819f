import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as latentfill from '../../src/index.ts';
import { serveFiles } from '../helpers/serve.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/browser.md'), 'utf8');

test('the page names files that are there', () => {
  const files = page.match(/node_modules\/\S+/g)!.map((file) => file.replace('node_modules/latentfill/', ''));
  expect(files).toHaveLength(3);
  for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
  const ours = 'https://github.com/latentfill/latentfill/blob/main/'; // what does not travel in the package
  for (const [, link] of page.matchAll(/\]\(([^)#]+)/g)) {
    const path = link!.startsWith(ours) ? link!.slice(ours.length) : join('docs', link!);
    expect(existsSync(join(root, path)), link).toBe(true);
  }
});

test('its code opens a model over HTTP', async () => {
  const [, code] = /```ts\n(.*?)```/s.exec(page)!;
  const [, names] = /^import \{ (.*) \} from 'latentfill';/.exec(code!)!;
  for (const name of names!.split(', ')) expect(latentfill).toHaveProperty(name);
  const [, body] = /^import[^\n]*\n(.*)^const inpainter/ms.exec(code!)!;
  const server = await serveFiles();
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (fetch: unknown) => Promise<latentfill.Model>;
  const fetchHere: typeof latentfill.fetchModel = (url, options) =>
    latentfill.fetchModel(`${server.address}/${url}`, options);
  const { card, text } = await new AsyncFunction('fetchModel', `${body}return model;`)(fetchHere);
  server.close();
  expect([card.name, text !== null]).toEqual(['toon-64', true]);
});
