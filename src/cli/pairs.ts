/** @file Which mask belongs to which picture, by their names alone. */

import { folded, PICTURE, stem } from './names.ts';

/** What the stem of a mask may end in. */
const MARK = /[_.-]mask\d*$/i;

/**
 * Tells masks from the pictures beside which they lie: `a_mask.png`, `a-mask.png`, `a.mask.png`, `a_mask001.png` where
 * there is a picture `a`, in any format; `a.jpg_mask.png` for `a.jpg`. Without such a picture it is a picture itself.
 */
export function masksBeside(files: readonly string[]): { pictures: string[]; masks: string[] } {
  const known = new Set(files.flatMap((file) => [folded(file), folded(stem(file))]));
  const isMask = (file: string) => MARK.test(stem(file)) && known.has(folded(stem(file).replace(MARK, '')));
  return { pictures: files.filter((file) => !isMask(file)), masks: files.filter(isMask) };
}

/** The masks of pictures. */
export interface Pairs {
  /** The mask of each picture that has one. */
  readonly masks: ReadonlyMap<string, string>;
  /** For each picture that has several, or shares one: why that cannot be used. */
  readonly problems: ReadonlyMap<string, string>;
  /** Masks that belong to no picture. */
  readonly unused: readonly string[];
}

/**
 * How a mask is named after a picture, the surest way first; each gives the names of both that must be equal. A mask
 * that a surer way has given to one picture is not given to another.
 */
const WAYS: readonly {
  readonly picture: (name: string) => string;
  readonly mask: (name: string) => string | undefined;
}[] = [
  { picture: whole, mask: whole }, // a.jpg: a.jpg
  { picture: whole, mask: stem }, // a.jpg: a.jpg.png
  { picture: whole, mask: unmarked }, // a.jpg: a.jpg_mask.png
  { picture: stem, mask: stem }, // a.jpg: a.png
  { picture: stem, mask: unmarked }, // a.jpg: a_mask.png
];

function whole(name: string): string {
  return name;
}

function unmarked(name: string): string | undefined {
  return MARK.test(stem(name)) ? stem(name).replace(MARK, '') : undefined;
}

/** How names are compared: as they are, in any Unicode form and letter case of the suffix, in any letter case. */
const COMPARED: readonly ((name: string) => string)[] = [
  whole,
  (name) => name.normalize('NFC').replace(PICTURE, (suffix) => suffix.toLowerCase()),
  folded,
];

/** Gives pictures their masks. Names are paths in two folders of one structure, with `/`. */
export function pairMasks(pictures: readonly string[], masks: readonly string[]): Pairs {
  const found = new Map<string, string>();
  const problems = new Map<string, string>();
  const unused = new Set(masks);
  for (const compared of COMPARED) {
    for (const way of WAYS) {
      const open = pictures.filter((name) => !found.has(name) && !problems.has(name));
      const claims = grouped([...unused], (name) => keyOf(way.mask(name), compared));
      for (const [key, named] of grouped(open, (name) => keyOf(way.picture(name), compared))) {
        const claiming = claims.get(key);
        if (claiming === undefined) continue;
        for (const mask of claiming) unused.delete(mask);
        if (named.length === 1 && claiming.length === 1) found.set(named[0]!, claiming[0]!);
        else for (const name of named) problems.set(name, unclear(name, named, claiming));
      }
    }
  }
  return { masks: found, problems, unused: [...unused] };
}

/** Names by their keys; without a key they are left out. */
function grouped(names: readonly string[], keyOf: (name: string) => string | undefined): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const key = keyOf(name);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return groups;
}

function keyOf(name: string | undefined, compared: (name: string) => string): string | undefined {
  return name === undefined ? undefined : compared(name);
}

function unclear(name: string, pictures: readonly string[], masks: readonly string[]): string {
  if (masks.length > 1 && pictures.length === 1)
    return `Expected one mask for '${name}', got ${masks.length}, '${masks.join("', '")}': keep one of them.`;
  const others = pictures.filter((other) => other !== name);
  return `Expected a mask for '${name}' alone, got '${masks.join("', '")}', named after '${others.join("', '")}' as well: name it '${name}_mask.png'.`;
}
