/** @file Cartoon faces, drawn on the fly: DiceBear's toon-head style (Johan Melin, CC BY 4.0). Node only. */

import { createHash } from 'node:crypto';
import { createAvatar } from '@dicebear/core';
import * as toonHead from '@dicebear/toon-head';
import { image } from '../image/image.ts';
import { renderSvg } from '../image/svg.ts';
import type { Dataset, DatasetOptions } from './dataset.ts';
import { describeToon, type ToonAttributes } from './toon-caption.ts';

/** How many faces there are in a split when no count is given; there is no end to them. */
const DEFAULT_COUNT = { train: 30_000, heldout: 1_000 } as const;

/** Opens the faces of a split. Seeds are disjoint between splits; an index gives the same face on any machine. */
export function openToon({ size, split, count = DEFAULT_COUNT[split] }: DatasetOptions): Dataset {
  const avatar = (index: number) => createAvatar(toonHead, toonOptions(`${split} ${index}`));
  const attributes = (index: number) => avatar(index).toJson().extra as unknown as ToonAttributes;
  return {
    name: 'toon',
    length: count,
    size,
    attributes: (index) => attributes(index) as unknown as Record<string, string>,
    captions: (index) => [describeToon(attributes(index))],
    licence: {
      licence: 'CC BY 4.0',
      attribution:
        '"Toon Head" by Johan Melin (https://www.figma.com/community/file/1589627891082866389), CC BY 4.0, through DiceBear',
    },
    async image(index) {
      // Drawn at twice the size and averaged: smoother edges than the renderer's own.
      const { data } = await renderSvg(avatar(index).toString(), { width: 2 * size });
      return image(size, size, 3, halved(data, size));
    },
  };
}

function toonOptions(name: string) {
  return {
    // DiceBear's generator correlates neighbouring seeds; a hash makes them strangers.
    seed: createHash('sha1').update(name).digest('hex'),
    backgroundColor: ['dbe7f3'],
    beardProbability: 30,
    rearHairProbability: 50,
  };
}

/** 2×2 box average of [3, 2·size, 2·size]. */
function halved(data: Float32Array, size: number): Float32Array {
  const out = new Float32Array(3 * size * size);
  for (let i = 0; i < out.length; i++) {
    const from = Math.floor(i / size) * 4 * size + (i % size) * 2;
    out[i] = (data[from]! + data[from + 1]! + data[from + 2 * size]! + data[from + 2 * size + 1]!) / 4;
  }
  return out;
}
