import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** The rows of the table in CONTRIBUTING.md, "The house": what each room may import. */
const house = new Map<string, readonly string[]>();
for (const line of readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('\n')) {
  const [, room, imports] = /^\| `([\w.]+)\/?`\s*\|[^|]*\|([^|]*)\|$/.exec(line) ?? [];
  if (room)
    house.set(
      room,
      imports!.split(',').flatMap((name) => name.trim() || []),
    );
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** The folder right under src/ that a file lies in; a file that lies there itself is a room of its own. */
const roomOf = (file: string) => relative(src, file).split('/')[0]!;

/** Each import of a file: of another room by its name, of a package by its own. */
function importsOf(file: string): { readonly packages: string[]; readonly rooms: string[] } {
  const text = readFileSync(file, 'utf8');
  const named = [...text.matchAll(/(?:\bfrom|\bimport\(?|new URL\()\s*'([^']+)'/g)].map(([, name]) => name!);
  const near = named.filter((name) => /^\.\.?\//.test(name)).map((name) => resolve(dirname(file), name));
  return {
    packages: named.filter((name) => !name.startsWith('.')),
    rooms: near.filter((path) => path.startsWith(src)).map(roomOf),
  };
}

test('the table has a row for each room, and names only rooms above', () => {
  const rooms = new Set(readdirSync(src));
  expect([...house.keys()].filter((room) => !rooms.has(room))).toEqual([]);
  expect([...rooms].filter((room) => !house.has(room))).toEqual([]);
  const above: string[] = [];
  for (const [room, imports] of house) {
    expect(imports.filter((name) => !above.includes(name))).toEqual([]);
    above.push(room);
  }
});

test('each room imports what its row names, and nothing else', () => {
  const used = new Map([...house.keys()].map((room) => [room, new Set<string>()]));
  for (const file of files) {
    const room = roomOf(join(src, file));
    for (const other of importsOf(join(src, file)).rooms) if (other !== room) used.get(room)!.add(other);
  }
  for (const [room, imports] of house) expect([room, [...used.get(room)!].sort()]).toEqual([room, [...imports].sort()]);
});

test('only runtime/ imports ONNX Runtime, and a page can load all that index.ts reaches', () => {
  const isRuntime = (name: string) => /^(#ort|onnxruntime)/.test(name);
  const importers = files.filter((file) => importsOf(join(src, file)).packages.some(isRuntime));
  expect(importers.filter((file) => !file.startsWith('runtime/'))).toEqual([]);
  expect(importers.length).toBeGreaterThan(0);

  const seen = new Set<string>();
  const reach = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    expect([relative(src, file), /^import (?!type)[^;]*'node:/m.test(text)]).toEqual([relative(src, file), false]);
    for (const [, name] of text.matchAll(/^(?:import|export) (?!type)[^;]*?from '(\.[^']+)'/gm)) {
      const path = resolve(dirname(file), name!);
      if (statSync(path).isFile()) reach(path);
    }
  };
  reach(join(src, 'index.ts'));
  expect(seen.size).toBeGreaterThan(50);
});

test('flags are named by cli/ alone', () => {
  const own = /--(import|max-old-space-size|input-type|ignore-scripts)\b/; // of node and npm
  const named = files
    .filter((file) => !file.startsWith('cli/') && file !== 'report/style.ts' && file !== 'report/chart.ts') // CSS has such names
    .flatMap((file) =>
      readFileSync(join(src, file), 'utf8')
        .split('\n')
        .map((line) => `${file}: ${line.trim()}`),
    )
    .filter((line) => /(^|[\s'"`(])--[a-z]/.test(line) && !own.test(line));
  expect(named).toEqual([]);
});

test('the files of src/ that the docs name are there', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((page) => `docs/${page}`)];
  const named = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/`(src\/[\w./-]+)`/g)].map(([, path]) => path!),
    );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
