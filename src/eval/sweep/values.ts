/** @file The values that a sweep tries for an option, from text: `0.01,0.1`, `1e-6..1e-1`, `10..1000/5`, `l1,l2`. */

import { z } from 'zod';
import { LatentfillError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { type SearchOptions, searchSchema } from '../../inpaint/search-options.ts';

/** An option of the search. */
export type OptionName = keyof SearchOptions;

/** A value of an option. */
export type Value = string | number | boolean;

/** What is tried of one option. */
export interface Axis {
  readonly option: OptionName;
  /** In order; of a range its ends and what lies between in equal ratios. */
  readonly values: readonly Value[];
  /** A value at random: of a range any within it, its logarithm uniform; else one of the list. */
  draw(rng: Random): Value;
}

/** What an option takes. */
interface Kind {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
}

const kinds = z.toJSONSchema(searchSchema).properties as unknown as Readonly<Record<OptionName, Kind>>;

/** Every option of the search, with what it takes. */
export const sweepable = Object.keys(kinds) as OptionName[];

/** An option in a sentence. */
export function describe(option: OptionName): string {
  return kinds[option].description ?? '';
}

/** Values of a range without a number of them: one for each factor of ten, and at least so many. */
const LEAST = 3;

/** @throws LatentfillError for text that holds no values of the option. */
export function axisOf(option: OptionName, text: string): Axis {
  const range = /^([^.,]*(?:\.\d[^.,]*)?)\.\.([^,/]+)(?:\/(\d+))?$/.exec(text);
  if (!range) {
    const values = [...new Set(text.split(',').map((one) => parsed(option, one.trim())))];
    return { option, values, draw: (rng) => values[Math.floor(rng() * values.length)]! };
  }
  const [low, high] = [parsed(option, range[1]!), parsed(option, range[2]!)];
  if (typeof low !== 'number' || typeof high !== 'number' || !(low > 0 && high > low)) {
    throw wrong(option, 'a range LOW..HIGH of numbers above 0', text);
  }
  const count = range[3] === undefined ? Math.max(LEAST, Math.round(Math.log10(high / low)) + 1) : Number(range[3]);
  if (count < 2) throw wrong(option, 'at least two values in a range', text);
  const at = (t: number) => rounded(option, low * (high / low) ** t);
  const values = [...new Set(Array.from({ length: count }, (_, i) => at(i / (count - 1))))];
  return { option, values, draw: (rng) => at(rng()) };
}

function parsed(option: OptionName, text: string): Value {
  const { type, enum: choices } = kinds[option];
  if (choices?.includes(text)) return text;
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const isNumber = (type === 'number' || type === 'integer') && text !== '' && Number.isFinite(Number(text));
  if (isNumber) return Number(text);
  const expected = choices ? choices.join(', ') : type === 'boolean' ? 'true or false' : 'a number';
  throw wrong(option, expected, text);
}

/** To three digits, or to a whole number where the option takes no other. */
function rounded(option: OptionName, value: number): number {
  return kinds[option].type === 'integer' ? Math.round(value) : Number(value.toPrecision(3));
}

function wrong(option: OptionName, expected: string, came: string): LatentfillError {
  return new LatentfillError('options', `Expected ${expected} for the option '${option}', got '${came}'.`);
}
