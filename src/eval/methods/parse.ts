/** @file Methods from text: `default,yeh2017@32,mine:lambda=0.1,steps=300,lama=folder/,best=preset.json`. */

import { LatentfillError } from '../../base/errors.ts';
import { harmonicFill } from '../../image/poisson.ts';
import { optionsSchema, resolveOptions } from '../../inpaint/options.ts';
import type { Options } from '../../inpaint/options-type.ts';
import { readPreset } from '../../inpaint/preset-file.ts';
import { presets } from '../../inpaint/presets.ts';
import { meanColour } from './baselines.ts';
import type { Filler, Method } from './method.ts';
import { openOpencv } from './opencv.ts';
import { parts } from './parts.ts';

/** Opens what a method needs beyond pictures and holes. */
export interface Sources {
  /** The training picture nearest to the known pixels. */
  nearestTraining(): Promise<Filler>;
}

/** The course project let its search take up to 250 000 steps; named alone, it gets so many here. */
const IFT6266_STEPS = 1000;

const fillers: Readonly<Record<string, { about: string; open(sources: Sources): Promise<Filler> }>> = {
  mean: { about: 'the mean colour of the known pixels', open: async () => meanColour },
  harmonic: { about: 'harmonic interpolation of the rim', open: async () => harmonicFill },
  telea: { about: 'fast marching (Telea 2004), by OpenCV, radius 3', open: async () => (await openOpencv()).telea },
  'navier-stokes': {
    about: 'Navier-Stokes (Bertalmio et al. 2001), by OpenCV, radius 3',
    open: async () => (await openOpencv()).navierStokes,
  },
  nearest: {
    about: 'the training picture whose pixels are nearest to the known ones',
    open: ({ nearestTraining }) => nearestTraining(),
  },
};

const baselines = Object.keys(fillers);
const ofPapers = Object.keys(presets);
const withoutParts = Object.keys(parts).map((part) => `default-${part}`);

/** Names that stand for several methods. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  baselines,
  presets: ofPapers,
  parts: withoutParts,
  all: [...baselines, ...ofPapers, ...withoutParts],
};

/** How methods are written, for help and errors. */
export const methodForms = [
  ...Object.keys(fillers),
  ...Object.keys(presets),
  'default-PART',
  ...Object.keys(groups),
  'NAME:KEY=VALUE,…',
  'NAME=FOLDER',
  'NAME=PRESET.json',
].join(', ');

/**
 * The methods of a list, in order and without repetitions. Each may end in `@N`: it fills the first N pictures alone.
 * @throws LatentfillError for a name that is none, for options that are none, and for two methods of one name.
 */
export function methodsOf(text: string, sources: Sources): Method[] {
  const methods = new Map<string, Method>();
  for (const item of itemsOf(text).flatMap(ungrouped)) {
    const method = methodOf(item, sources);
    const earlier = methods.get(method.name);
    if (earlier && (earlier.definition !== method.definition || earlier.most !== method.most)) {
      throw wrong(`each method once, got two called '${method.name}': give one another name`);
    }
    methods.set(method.name, method);
  }
  if (methods.size === 0) throw wrong('at least one method, got none: name some');
  return [...methods.values()];
}

/** The items between commas; `key=value` of an option belongs to the item with a colon before it. */
function itemsOf(text: string): string[] {
  const items: string[] = [];
  for (const piece of text.split(',').map((item) => item.trim())) {
    const key = /^([\w-]+)=/.exec(piece)?.[1];
    const last = items.at(-1);
    if (key !== undefined && isOption(key) && last?.includes(':')) items[items.length - 1] = `${last},${piece}`;
    else if (piece !== '') items.push(piece);
  }
  return items;
}

/** A group's name with or without `@N` as its members. */
function ungrouped(item: string): readonly string[] {
  const [name, most] = cutMost(item);
  if (!Object.hasOwn(groups, name)) return [item];
  return groups[name]!.map((member) => (most === undefined ? member : `${member}@${most}`));
}

function methodOf(item: string, sources: Sources): Method {
  const [text, most] = cutMost(item);
  const settings = /^([^:=]+):(.*)$/s.exec(text);
  const place = /^([^:=]+)=(.+)$/s.exec(text);
  const own = settings?.[1] ?? place?.[1];
  if (own !== undefined && isTaken(own) && !(settings && Object.hasOwn(presets, own))) {
    throw wrong(
      `a name of its own before '${settings ? ':' : '='}', since '${own}' is a method, got '${text}': choose another`,
    );
  }
  const found = settings
    ? custom(text, settings[1]!, settings[2]!)
    : place
      ? placed(place[1]!, place[2]!)
      : named(text, sources);
  return { ...found, most };
}

/** `yeh2017@32` as its name and number. */
function cutMost(item: string): readonly [name: string, most: number | undefined] {
  const [, name, count] = /^(.*)@(\d+)$/s.exec(item) ?? [];
  if (name === undefined) return [item, undefined];
  if (Number(count) > 0) return [name, Number(count)];
  throw wrong(`a number of pictures above 0 after '@', got '${item}'`);
}

function named(name: string, sources: Sources): Method {
  if (Object.hasOwn(fillers, name)) {
    const { about, open } = fillers[name]!;
    return { name, about, definition: name, way: { kind: 'filler', open: () => open(sources) } };
  }
  if (name === 'ift6266') {
    const about = `the course project, ${IFT6266_STEPS} steps (its own limit is ${presets.ift6266.steps})`;
    return searched(name, about, { preset: name, steps: IFT6266_STEPS });
  }
  if (Object.hasOwn(presets, name)) {
    const preset = name as keyof typeof presets;
    return searched(name, preset === 'default' ? 'ours' : `as ${name} has it`, { preset });
  }
  const part = /^default-(.+)$/.exec(name)?.[1];
  if (part !== undefined && Object.hasOwn(parts, part)) {
    return searched(name, parts[part]!.about, parts[part]!.options);
  }
  const hint = part === undefined ? '' : ` Parts are ${Object.keys(parts).join(', ')}.`;
  throw wrong(`a method as ${methodForms}, got '${name}': check the name.${hint}`.replace(/\.$/, ''));
}

/** `mine:lambda=0.1,steps=300`: the name of a preset is its base and stays with its settings. */
function custom(text: string, name: string, settings: string): Method {
  const isPreset = Object.hasOwn(presets, name);
  const given = Object.fromEntries(
    settings
      .split(',')
      .filter(Boolean)
      .map((pair) => entryOf(pair, text)),
  );
  const options = { ...(isPreset && { preset: name }), ...given } as Options;
  return searched(isPreset ? text : name, text, options);
}

function searched(name: string, about: string, options: Options): Method {
  return { name, about, definition: JSON.stringify(resolveOptions(options)), way: { kind: 'search', options } };
}

/** `NAME=preset.json`: the options in a file; `NAME=folder`: finished pictures. */
function placed(name: string, place: string): Method {
  if (/\.json$/i.test(place)) return searched(name, `the options in ${place}`, readPreset(place));
  return { name, about: `pictures in ${place}`, definition: place, way: { kind: 'finished', folder: place } };
}

/** `learning-rate=0.1` as the option and its value. */
function entryOf(pair: string, text: string): readonly [string, unknown] {
  const at = pair.indexOf('=');
  const key = camel(pair.slice(0, at < 0 ? pair.length : at));
  if (at < 0 || !isOption(key)) {
    throw wrong(`options as KEY=VALUE after the colon of '${text}', got '${pair}': docs/api.md has them`);
  }
  const value = pair.slice(at + 1);
  if (value === 'true' || value === 'false') return [key, value === 'true'];
  return [key, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
}

/** Whether a name stands for a method or a group. */
function isTaken(name: string): boolean {
  return [fillers, presets, groups].some((table) => Object.hasOwn(table, name)) || groups.parts!.includes(name);
}

function isOption(key: string): boolean {
  return Object.hasOwn(optionsSchema.shape, camel(key));
}

function camel(key: string): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function wrong(sentence: string): LatentfillError {
  return new LatentfillError('options', `Expected ${sentence}.`);
}
