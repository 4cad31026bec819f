/** @file Photographs of landscapes, from Debian's package endless-sky-data. Node only. */

import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import { readImage } from '../../image/image-file.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';
import { isFolder } from '../formats/read-file.ts';
import { ofSplit } from '../split.ts';
import { type Window, windowOf } from '../square.ts';

/** Where the photographs lie below the package's root. */
const WITHIN = 'usr/share/games/endless-sky/images/land';

/** Squares taken from each photograph, twice as wide as high: seven of its full height, then as many above and below. */
const WINDOWS: readonly Window[] = [
  { share: 1, y: 0 },
  { share: 0.7, y: 0 },
  { share: 0.7, y: 1 },
].flatMap((row) => Array.from({ length: 7 }, (_, i) => ({ ...row, x: i / 6 })));

/**
 * The scenes: their captions, and how many photographs of each are numbered from 0. Named `mountain0.jpg` and so on, they
 * are what the copyright file of endless-sky-data 0.9.8 lists as public domain in images/land (from unsplash.com,
 * morgue-file.com, NASA and the USGS). Left out: what is under CC BY-SA, which the name of its maker begins or ends
 * (`mountain10-sfiera.jpg`, although the file's pattern `mountain1*` takes it for public domain too), and what is no
 * natural scene.
 */
const SCENES: Readonly<Record<string, { count: number; captions: readonly string[] }>> = {
  badlands: { count: 9, captions: ['a landscape of badlands', 'badlands'] },
  beach: { count: 7, captions: ['a beach', 'a beach by the sea'] },
  canyon: { count: 10, captions: ['a canyon', 'a canyon landscape'] },
  desert: { count: 8, captions: ['a desert', 'a desert landscape'] },
  dune: { count: 6, captions: ['a landscape of sand dunes', 'sand dunes'] },
  fields: { count: 10, captions: ['fields', 'a landscape of fields'] },
  fog: { count: 8, captions: ['a foggy landscape', 'fog'] },
  forest: { count: 6, captions: ['a forest', 'a forest landscape'] },
  hills: { count: 5, captions: ['a hilly landscape', 'hills'] },
  lava: { count: 7, captions: ['a volcanic landscape', 'lava'] },
  mountain: { count: 10, captions: ['a mountain landscape', 'mountains'] },
  sea: { count: 10, captions: ['the sea', 'a landscape by the sea'] },
  sky: { count: 10, captions: ['a sky', 'a wide sky over the land'] },
  snow: { count: 11, captions: ['a snowy landscape', 'snow'] },
  valley: { count: 10, captions: ['a valley', 'a valley landscape'] },
  water: { count: 10, captions: ['water', 'a landscape by the water'] },
};

/** More photographs that count as the above (from Mars), and those that do not: a pier, and one under CC BY-SA. */
const MORE = ['canyon01', 'canyon02', 'canyon03', 'canyon04', 'canyon05'];
const EXCEPT = ['beach0', 'lava5'];

const PHOTOGRAPHS = Object.entries(SCENES)
  .flatMap(([scene, { count }]) => Array.from({ length: count }, (_, i) => `${scene}${i}`))
  .concat(MORE)
  .filter((name) => !EXCEPT.includes(name));

/**
 * Opens the photographs in a folder, or where Debian or the two commands of docs/data.md put them. Twenty-one squares of
 * each photograph, seven of its full height first, are pictures of their own; a tenth of the photographs, with all their
 * squares, is held out. Neighbouring indices are different photographs.
 * @throws LatentfillError where there are none.
 */
export async function openLandscapes(
  folder: string | undefined,
  { size, split, count }: DatasetOptions,
): Promise<Dataset> {
  const place = await findPlace(folder);
  const present = new Set(await readdir(place));
  const names = ofSplit(PHOTOGRAPHS, split).filter((name) => present.has(`${name}.jpg`));
  if (names.length === 0) {
    throw new LatentfillError(
      'data',
      `Expected the ${split} photographs of endless-sky-data in '${place}', got none of them: ${howToFetch()}.`,
    );
  }
  const length = names.length * WINDOWS.length;
  const photograph = (index: number) => names[index % names.length]!;
  const sceneOf = (index: number) => photograph(index).replace(/\d+$/, '');
  return {
    name: 'landscapes',
    length: Math.min(length, count ?? length),
    size,
    share: Math.min(...WINDOWS.map(({ share }) => share)),
    captions: (index) => SCENES[sceneOf(index)]!.captions,
    attributes: (index) => ({ scene: sceneOf(index) }),
    photograph,
    licence: {
      licence: 'public domain',
      attribution:
        "photographs from unsplash.com, morgue-file.com, NASA and the USGS, listed as public domain by Debian's package endless-sky-data",
    },
    async image(index) {
      const file = join(place, `${photograph(index)}.jpg`);
      return windowOf(await readImage(file, { wanted: size }), size, WINDOWS[Math.floor(index / names.length)]!);
    },
  };
}

/** The folder of the photographs: given itself, or as what the package was unpacked into. */
async function findPlace(folder: string | undefined): Promise<string> {
  const places = folder === undefined ? [join('/', WITHIN), join(cache(), WITHIN)] : [join(folder, WITHIN), folder];
  for (const place of places) if (await isFolder(place)) return place;
  const where = places.map((place) => `'${place}'`).join(' or ');
  throw new LatentfillError(
    'data',
    `Expected the photographs of endless-sky-data in ${where}, got no such folder: ${howToFetch()}.`,
  );
}

/** Where {@link openLandscapes} looks when no folder is given. */
function cache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'latentfill/landscapes');
}

function howToFetch(): string {
  return `run 'apt-get download endless-sky-data' and 'dpkg-deb -x endless-sky-data_*.deb ${cache()}', or open another folder as landscapes:FOLDER`;
}
