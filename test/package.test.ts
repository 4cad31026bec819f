/** @file What others install: the lock file of the clone, and what travels in the package. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');

test('the lock file tells the integrity of every package', () => {
  const { packages } = JSON.parse(text('package-lock.json')) as { packages: Record<string, { integrity?: string }> };
  const without = Object.entries(packages).filter(([name, { integrity }]) => name && !integrity?.startsWith('sha512-'));
  expect(without).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
});

test('what travels links to what travels', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
  const [{ files }] = Object.values(JSON.parse(packed.toString())) as [{ files: { path: string }[] }];
  const paths = new Set(files.map(({ path }) => path));
  const pages = [...paths].filter((path) => path.endsWith('.md') && !path.startsWith('models/')); // cards show sheets that stay at home
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/api.md', 'docs/training.md']));
  for (const page of pages) {
    const links = [...text(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, to]) => join(dirname(page), to!));
    expect([page, links.filter((to) => !paths.has(to))]).toEqual([page, []]);
  }
});
