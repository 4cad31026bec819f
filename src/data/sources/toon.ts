/** @file Cartoon faces, drawn on the fly: DiceBear's toon-head style (Johan Melin, CC BY 4.0). Node only. */

import { createHash } from 'node:crypto';
import { createAvatar } from '@dicebear/core';
import * as toonHead from '@dicebear/toon-head';
import { Resvg } from '@resvg/resvg-js';
import { permutation, random } from '../../base/random.ts';
import { type Image, image } from '../../image/image.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';
import { describeToon, NAMED, type ToonAttributes } from './toon-caption.ts';

/** Default number of faces of a split; any number can be drawn. */
const DEFAULT_COUNT = { train: 30_000, heldout: 1_000 } as const;

/** The style's attributes that are visible in the picture; its other attributes are about backgrounds. */
const ATTRIBUTES = [
  ...['hair', 'rearHair', 'beard', 'eyes', 'eyebrows', 'mouth', 'clothes'],
  ...['hairColor', 'skinColor', 'clothesColor'],
];

/**
 * Opens the faces of a split. Seeds are disjoint between splits; an index gives the same face on any machine.
 * Attributes are DiceBear's own names, colours as #rrggbb; an absent beard or rear hair is left out.
 */
export function openToon({ size, split, count = DEFAULT_COUNT[split] }: DatasetOptions): Dataset {
  return toonFaces(split, size, count);
}

/**
 * The faces of any stream of seeds: streams of different names share none. `fixed` holds options of the style that
 * every face has (`{ hair: ['bun'] }`); the rest of each face stays as its seed drew it.
 */
export function toonFaces(stream: string, size: number, count: number, fixed: toonHead.Options = {}): Dataset {
  const avatar = (index: number) => createAvatar(toonHead, { ...toonOptions(`${stream} ${index}`), ...fixed });
  const attributes = (index: number) => {
    const { extra } = avatar(index).toJson();
    return Object.fromEntries(ATTRIBUTES.flatMap((key) => (extra[key] ? [[key, String(extra[key])]] : [])));
  };
  return {
    name: 'toon',
    length: count,
    size,
    attributes,
    captions: (index) => captionsOf(attributes(index) as unknown as ToonAttributes, `${stream} ${index}`),
    licence: {
      licence: 'CC BY 4.0',
      attribution:
        '"Toon Head" by Johan Melin (https://www.figma.com/community/file/1589627891082866389), CC BY 4.0, through DiceBear',
    },
    image: async (index) => draw(avatar(index).toString(), size),
  };
}

/** Number of captions that name only some attributes, besides the complete one. */
const PARTIAL = 3;

/** The caption that names everything, then some that name one to five things each, as people do. */
function captionsOf(face: ToonAttributes, name: string): string[] {
  const partial = Array.from({ length: PARTIAL }, (_, i) => {
    const rng = random('toon caption', name, i);
    const order = permutation(rng, NAMED.length);
    return [...order.slice(0, 1 + Math.floor(5 * rng()))].map((at) => NAMED[at]!);
  });
  return [describeToon(face), ...partial.map((named) => describeToon(face, named))];
}

function toonOptions(name: string) {
  return {
    // DiceBear's generator correlates neighbouring seeds; a hash makes them independent.
    seed: createHash('sha1').update(name).digest('hex'),
    backgroundColor: ['dbe7f3'],
    beardProbability: 30,
    rearHairProbability: 50,
  };
}

/** 8-bit values as images hold them. */
const LEVELS = Float32Array.from({ length: 256 }, (_, v) => v / 255);

/**
 * Drawn at twice the size and averaged 2×2: smoother edges than the renderer's own. Averaged from the renderer's bytes:
 * through an image of four times the pixels, a face took 1.6 times as long.
 */
function draw(svg: string, size: number): Image {
  const fitTo = { mode: 'width', value: 2 * size } as const;
  const { pixels } = new Resvg(svg, { background: '#fff', font: { loadSystemFonts: false }, fitTo }).render();
  const area = size * size;
  const row = 8 * size;
  const data = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    const from = 2 * Math.floor(i / size) * row + 8 * (i % size);
    for (let at = from, c = 0; c < 3; at++, c++) {
      const above = LEVELS[pixels[at]!]! + LEVELS[pixels[at + 4]!]!;
      data[c * area + i] = (above + LEVELS[pixels[at + row]!]! + LEVELS[pixels[at + row + 4]!]!) / 4;
    }
  }
  return image(size, size, 3, data);
}
