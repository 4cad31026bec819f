/** @file What others install: the lock file of the clone, and what travels in the package. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');

test('the lock file tells the integrity of every package', () => {
  const { packages } = JSON.parse(text('package-lock.json')) as { packages: Record<string, { integrity?: string }> };
  const without = Object.entries(packages).filter(([name, { integrity }]) => name && !integrity?.startsWith('sha512-'));
  expect(without).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
});
