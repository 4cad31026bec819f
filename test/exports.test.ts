import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const dist = resolve(import.meta.dirname, '../dist');
const read = (file: string) => readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');

/** The declarations behind a module's name as another one writes it. */
const declarationsOf = (from: string, name: string) => join(dirname(from), name.replace(/\.[jt]s$/, '.d.ts'));

/** Where each name that a module gives is declared. */
function exportsOf(file: string): Map<string, string> {
  const names = new Map<string, string>();
  const text = read(file);
  for (const [, list, from] of text.matchAll(/export (?:type )?\{([^}]*)\} from '(\.[^']+)'/g)) {
    const inner = exportsOf(declarationsOf(file, from!));
    for (const part of list!.split(',')) {
      const [name] = part
        .trim()
        .replace(/^type /, '')
        .split(' as ');
      if (name) names.set(name, inner.get(name)!);
    }
  }
  for (const [, from] of text.matchAll(/export (?:type )?\* from '(\.[^']+)'/g)) {
    for (const [name, where] of exportsOf(declarationsOf(file, from!))) names.set(name, where);
  }
  for (const [, name] of text.matchAll(
    /^export (?:declare )?(?:abstract )?(?:interface|class|function|type|const|function\*) (\w+)/gm,
  )) {
    names.set(name!, file);
  }
  return names;
}

/** The names of our own types that a declaration mentions. */
function mentioned(name: string, file: string): string[] {
  const text = read(file);
  const start = text.search(new RegExp(`^export (?:declare )?(?:interface|class|function|type|const) ${name}\\b`, 'm'));
  const rest = text.slice(start + 1);
  const end = rest.search(/^(?:export|declare|interface|type|import) /m);
  const declaration = (end < 0 ? rest : rest.slice(0, end)).replace(/'[^']*'/g, '');
  const imported = [...text.matchAll(/import (?:type )?\{([^}]*)\} from '\./g)].flatMap(([, list]) => list!.split(','));
  const declared = [...text.matchAll(/^(?:export )?(?:declare )?(?:interface|class|type) (\w+)/gm)].map(
    ([, own]) => own!,
  );
  const own = new Set([
    ...imported.map(
      (part) =>
        part
          .trim()
          .replace(/^type /, '')
          .split(' as ')
          .at(-1)!,
    ),
    ...declared,
  ]);
  return [...new Set(declaration.match(/\b[A-Z]\w*\b/g))].filter((word) => own.has(word) && word !== name);
}

test.each(['index', 'node', 'graph'])('%s gives every type that its signatures mention', (entry) => {
  const file = join(dist, `${entry}.d.ts`);
  expect(existsSync(file)).toBe(true);
  const given = exportsOf(file);
  expect(given.size).toBeGreaterThan(30);
  const values = exportsOf(join(dist, 'graph.d.ts')); // those who handle values of graphs import them from there
  const missing = [...given].flatMap(([name, where]) =>
    mentioned(name, where)
      .filter((word) => !given.has(word) && !values.has(word))
      .map((word) => `${word}, of ${name}`),
  );
  expect(missing).toEqual([]);
});
