/** @file The settings that a sweep tries, as methods of an evaluation. */

import { LatentfillError } from '../../base/errors.ts';
import { random } from '../../base/random.ts';
import { resolveOptions } from '../../inpaint/options.ts';
import type { Options } from '../../inpaint/options-type.ts';
import type { Method } from '../methods/method.ts';
import type { Axis, Value } from './values.ts';

/** One combination of values. */
export interface Setting {
  /** By option, in the order of axes. */
  readonly values: Readonly<Record<string, Value>>;
  readonly method: Method;
}

/** Settings of a grid at most: more is a mistake, or a case for random ones. */
const MOST = 2000;

/** Every combination of the axes' values, each over a base; a combination that options forbid is an error. */
export function gridOf(axes: readonly Axis[], base: Options): Setting[] {
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST) {
    throw new LatentfillError(
      'options',
      `Expected at most ${MOST} settings in a grid, got ${count}: try fewer values, or some at random.`,
    );
  }
  let all: Record<string, Value>[] = [{}];
  for (const { option, values } of axes)
    all = all.flatMap((one) => values.map((value) => ({ ...one, [option]: value })));
  return all.map((values) => settingOf(values, base));
}

/** `count` combinations at random, different ones where there are as many; the same for a seed. */
export function randomSettings(axes: readonly Axis[], base: Options, count: number, seed: number): Setting[] {
  const found = new Map<string, Setting>();
  for (let i = 0; found.size < count && i < 20 * count; i++) {
    const rng = random(seed, 'sweep', i);
    const values = Object.fromEntries(axes.map(({ option, draw }) => [option, draw(rng)]));
    const setting = settingOf(values, base);
    if (!found.has(setting.method.name)) found.set(setting.method.name, setting);
  }
  return [...found.values()];
}

function settingOf(values: Readonly<Record<string, Value>>, base: Options): Setting {
  const name = Object.entries(values)
    .map(([option, value]) => `${option}=${value}`)
    .join(',');
  const options = { ...base, ...values } as Options;
  const definition = JSON.stringify(resolveOptions(options));
  return { values, method: { name, about: name, definition, way: { kind: 'search', options } } };
}
