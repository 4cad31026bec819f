import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as latentfill from '../../src/index.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/browser.md'), 'utf8');

test('the page names files that are there', () => {
  const files = page.match(/node_modules\/\S+/g)!.map((file) => file.replace('node_modules/latentfill/', ''));
  expect(files).toHaveLength(3);
  for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
  for (const [, link] of page.matchAll(/\]\(([^)#]+)/g)) expect(existsSync(join(root, 'docs', link!)), link).toBe(true);
});

test('its code opens a model with what the package has', async () => {
  const [, code] = /```ts\n(.*?)```/s.exec(page)!;
  const [, names] = /^import \{ (.*) \} from 'latentfill';/.exec(code!)!;
  for (const name of names!.split(', ')) expect(latentfill).toHaveProperty(name);
  const { card, text } = await opened(code!);
  expect([card.name, text !== null]).toEqual(['toon-64', true]);
});

/** The model that the code opens, with the repository for a server. */
async function opened(code: string): Promise<latentfill.Model> {
  const [, body] = /^import[^\n]*\n(.*)^const inpainter/ms.exec(code)!;
  const typeless = body!.replaceAll('(name: string)', '(name)');
  const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => (...given: unknown[]) => never;
  const read = (path: string) => Promise.resolve(new Response(readFileSync(join(root, path))));
  return new AsyncFunction(
    'latentfill',
    'fetch',
    `const { cardSchema, openModel, vocabularySchema } = latentfill;${typeless}return model;`,
  )(latentfill, read);
}
