/**
 * @file Types of options with a sentence and a default for each, as editors show them, made from the schemas that check them.
 * `npm run docs` writes them; option-types.test.ts fails where they are not what the schemas say.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { recipeSchema } from '../src/gan/recipe.ts';
import { optionsSchema } from '../src/inpaint/options.ts';
import { presets } from '../src/inpaint/presets.ts';

/** What of a JSON schema is written. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as Schema;

/** The files that are written, by path. */
export const written: Readonly<Record<string, string>> = {
  'src/inpaint/options-type.ts': file(
    'The options of a fill.',
    'Options',
    'The options of a fill, all optional: a preset, and what differs from it.',
    schemaOf(optionsSchema),
    (key) => presetValues(key),
  ),
  'src/gan/recipe-type.ts': file(
    'A recipe as it is written down.',
    'RecipeInput',
    'A recipe as it is written down: what is left out has its default.',
    schemaOf(recipeSchema),
    () => undefined,
  ),
};

function file(
  title: string,
  name: string,
  about: string,
  { properties }: Schema,
  defaultOf: (key: string) => string | undefined,
): string {
  return `/** @file ${title} Written by \`npm run docs\` from the schema, which is where to change it. */

/** ${about} */
export interface ${name} {
${fields(properties!, '  ', defaultOf)}
}
`;
}

function fields(
  properties: Readonly<Record<string, Schema>>,
  indent: string,
  defaultOf: (key: string) => string | undefined,
): string {
  const each = Object.entries(properties).map(([key, schema]) => {
    const fallback =
      schema.default === undefined || schema.type === 'object' ? defaultOf(key) : literal(schema.default);
    const words = [schema.description, fallback && `@default ${fallback}`].filter(Boolean).join(' ');
    const about = words === '' ? '' : `${wrapped(words, indent)}\n`;
    const missing = schema.type === 'object' ? '' : ' | undefined';
    return `${about}${indent}readonly ${key}?: ${typeOf(schema, indent)}${missing};`;
  });
  return each.join('\n');
}

/** A comment in lines of 120 characters at most. */
function wrapped(words: string, indent: string): string {
  if (indent.length + words.length + 7 <= 120) return `${indent}/** ${words} */`;
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && indent.length + 3 + last.length + 1 + word.length <= 120)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`].join('\n');
}

function typeOf({ type, enum: choices, properties, items }: Schema, indent: string): string {
  if (choices) return choices.map(literal).join(' | ');
  if (type === 'array') return `readonly (${typeOf(items!, indent)})[]`;
  if (type === 'object') return `{\n${fields(properties!, `${indent}  `, () => undefined)}\n${indent}}`;
  return type === 'integer' ? 'number' : type!;
}

function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return Array.isArray(value) ? `[${value.map(literal).join(', ')}]` : String(value);
}

/** The default preset's value, and those of the presets that say otherwise. */
function presetValues(key: string): string | undefined {
  const of = (name: keyof typeof presets) => (presets[name] as Readonly<Record<string, unknown>>)[key];
  const own = of('default');
  if (own === undefined) return undefined;
  const others = (Object.keys(presets) as (keyof typeof presets)[]).filter((name) => of(name) !== own);
  const listed = others.map((name) => `${name}: ${literal(of(name))}`).join(', ');
  return `${literal(own)}${listed === '' ? '' : ` (${listed})`}`;
}

const root = join(import.meta.dirname, '..');
export const current = (path: string): string => readFileSync(join(root, path), 'utf8');
if (process.argv.includes('--write')) {
  for (const [path, text] of Object.entries(written)) writeFileSync(join(root, path), text);
}
