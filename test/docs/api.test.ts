import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as latentfill from '../../src/node.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test("the page's examples are the ones that run", () => {
  const blocks = [...read('docs/api.md').matchAll(/<!-- (examples\/\S+) -->\n\n```ts\n(.*?)```\n/gs)];
  expect(blocks.map(([, path]) => path)).toEqual([
    ...['examples/inpainter.ts', 'examples/search.ts', 'examples/stop.ts', 'examples/process.ts'],
  ]);
  for (const [, path, code] of blocks) expect(code, path).toBe(read(path!));
});

test('what the page names is there', () => {
  const page = read('docs/api.md');
  for (const name of [
    'openInpainter',
    'importModel',
    'train',
    'exportModel',
    'sampleCheckpoint',
    'rankCheckpoints',
    'openWatch',
    'optionsSchema',
  ]) {
    expect(page).toContain(name);
    expect(latentfill).toHaveProperty(name);
  }
  const ours = 'https://github.com/latentfill/latentfill/blob/main/'; // what does not travel in the package
  for (const [, link] of page.matchAll(/\]\(([^)#]+)/g)) {
    const path = link!.startsWith(ours) ? link!.slice(ours.length) : join('docs', link!);
    expect(existsSync(join(root, path)), link).toBe(true);
  }
});
