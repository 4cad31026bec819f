/** @file From a zod schema to command-line flags, and from flags back to what the schema parses. */

import { type ArgsDef, parseArgs } from 'citty';
import { z } from 'zod';
import { LatentfillError } from '../base/errors.ts';
import { nearest } from './nearest.ts';

/** What of a JSON schema's property a flag needs. */
interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
}

/** Flags that every command has. */
export const commonFlags = {
  json: { type: 'boolean', description: 'Print the result as one line of JSON.' },
} as const satisfies ArgsDef;

/** Values that a schema's properties have under each preset; the first one's are the defaults. */
export type PresetValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A flag per scalar of an object schema: `learningRate` becomes `--learning-rate`. */
export function flagsOf(schema: z.ZodObject, presets: PresetValues = {}): ArgsDef {
  const flags: ArgsDef = {};
  for (const [key, { type, enum: choices, description = '', default: fallback }] of properties(schema)) {
    if (type === 'object') continue;
    const values = valuesText(key, fallback, presets);
    const about = values === '' ? description : `${description} (${values})`;
    if (type === 'boolean') flags[kebab(key)] = { type: 'boolean', description: about };
    else
      flags[kebab(key)] = {
        type: 'string',
        description: about,
        valueHint: choices?.join('|') ?? (type === 'string' ? 'text' : 'number'),
      };
  }
  return flags;
}

/** `default 180; ift6266 250000, yeh2017 1500`: the presets that say otherwise, each with its value. */
function valuesText(key: string, fallback: unknown, presets: PresetValues): string {
  const [first, ...others] = Object.entries(presets);
  const own = fallback ?? first?.[1][key];
  const different = others.filter(([, values]) => values[key] !== undefined && values[key] !== own);
  const listed = different.map(([name, values]) => `${name} ${values[key]}`).join(', ');
  if (own === undefined) return listed; // as in a preset; the description says what is done otherwise
  return `default ${own}${listed === '' ? '' : `; ${listed}`}`;
}

/** The values of a schema's flags that were given, numbers as numbers. */
export function valuesOf(schema: z.ZodObject, args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, { type, enum: choices }] of properties(schema)) {
    const given = args[kebab(key)];
    if (given === undefined || type === 'object') continue;
    const numeric = type === 'number' || type === 'integer' || typeof choices?.[0] === 'number';
    if (numeric && (given === '' || !Number.isFinite(Number(given)))) {
      throw new LatentfillError('command', `Expected a number for --${kebab(key)}, got '${given}'.`);
    }
    values[key] = numeric ? Number(given) : given;
  }
  return values;
}

/** Every value of a flag that may be given more than once; citty itself keeps the last. */
export function repeated(flag: string, rawArgs: readonly string[]): string[] {
  return rawArgs.flatMap((arg, i) => {
    if (arg === `--${flag}`) return rawArgs[i + 1] ?? [];
    return arg.startsWith(`--${flag}=`) ? arg.slice(flag.length + 3) : [];
  });
}

/** Flags that may be given more than once. */
const repeatable = ['input'];

/** @throws LatentfillError for a flag that is given twice, since only one of its values could count. */
function checkOnce(rawArgs: readonly string[], declared: ArgsDef): void {
  const seen = new Set<string>();
  for (let i = 0; i < rawArgs.length && rawArgs[i] !== '--'; i++) {
    const [, name, value] = /^--([^=]+)(=)?/.exec(rawArgs[i]!) ?? [];
    if (name === undefined) continue;
    const flag = kebab(name).replace(/^no-/, '');
    if (seen.has(flag) && !repeatable.includes(flag)) {
      throw new LatentfillError('command', `Expected --${flag} once, got it twice: leave one of them out.`);
    }
    seen.add(flag);
    if (value === undefined && declared[flag]?.type === 'string') i++; // the next is its value
  }
}

/**
 * @throws LatentfillError for a flag that the command does not have, one without its value or given twice, a surplus argument or one
 * that is missing.
 */
export function checkArguments(rawArgs: string[], declared: ArgsDef): void {
  checkOnce(rawArgs, declared);
  const optional = Object.entries(declared).map(([name, arg]) => [name, { ...arg, required: false }]);
  const given = parseArgs(rawArgs, Object.fromEntries(optional) as ArgsDef);
  checkFlags(given, declared);
  for (const [name, arg] of Object.entries(declared)) {
    const isNeeded = arg.type === 'positional' ? arg.required !== false : arg.required === true;
    if (!isNeeded || arg.default !== undefined || given[name] !== undefined) continue;
    const wanted = arg.type === 'positional' ? `the argument ${name.toUpperCase()}` : `--${name}`;
    throw new LatentfillError('command', `Expected ${wanted}, got none: see --help.`);
  }
}

function checkFlags(args: Readonly<Record<string, unknown>> & { readonly _: string[] }, declared: ArgsDef): void {
  const known = new Set(Object.keys(declared).flatMap((name) => [name, camel(name)]));
  for (const [name, value] of Object.entries(args)) {
    if (name === '_') continue;
    if (!known.has(name)) {
      const near = nearest(name, Object.keys(declared));
      const help = near === undefined ? 'see its --help' : `did you mean '--${near}'? See its --help`;
      throw new LatentfillError('command', `Expected an option that this command has, got '--${name}': ${help}.`);
    }
    if (value === '' || (typeof value === 'string' && value.startsWith('--')))
      throw new LatentfillError('command', `Expected a value after --${kebab(name)}, got none: see its --help.`);
  }
  const positionals = Object.values(declared).filter(({ type }) => type === 'positional').length;
  if (args._.length > positionals) {
    throw new LatentfillError(
      'command',
      `Expected ${positionals} argument${positionals === 1 ? '' : 's'}, got '${args._[positionals]}' besides: see --help.`,
    );
  }
}

/** How an option of the library is called here, where that is not its own name. */
const renamed: Readonly<Record<string, string>> = {
  inputs: 'input NAME=VALUE',
  from: 'mask-from',
  invert: 'invert-mask',
};

const flagOf = (option: string) => `--${renamed[option] ?? kebab(option)}`;

/** A sentence of the library with its options as the flags that stand for them. */
export function inFlags(sentence: string): string {
  return sentence.replace(/the option '([a-zA-Z]+)'/g, (_, option: string) => flagOf(option));
}

function properties(schema: z.ZodObject): [string, Property][] {
  return Object.entries(z.toJSONSchema(schema, { io: 'input' }).properties as Record<string, Property>);
}

export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
