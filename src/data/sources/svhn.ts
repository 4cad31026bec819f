/** @file Street View House Numbers, cropped digits (format 2) of 32×32 (Netzer et al. 2011). Node only. */

import { join } from 'node:path';
import { LatentfillError } from '../../base/errors.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';
import { readMat } from '../formats/mat.ts';
import { fromPlanes } from '../square.ts';

const SIDE = 32;
const PLANE = SIDE ** 2;
const PIXELS = 3 * PLANE;

/** train_32x32.mat has 225 MB once unpacked. */
const MAX_BYTES = 320_000_000;

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/**
 * Opens train_32x32.mat, or test_32x32.mat as the held-out split, in a folder. Captions name the digit.
 * @throws LatentfillError where the file is missing, damaged, or holds other arrays.
 */
export async function openSvhn(folder: string, { size, split, count }: DatasetOptions): Promise<Dataset> {
  const path = join(folder, split === 'train' ? 'train_32x32.mat' : 'test_32x32.mat');
  const arrays = await readMat(path, MAX_BYTES);
  const [x, y] = [arrays.get('X'), arrays.get('y')];
  const [height, width, channels, length = 1] = x?.shape ?? [];
  if (!x || !y || height !== SIDE || width !== SIDE || channels !== 3 || y.data.length !== length || length === 0) {
    const came = [...arrays].map(([name, { shape }]) => `${name} ${shape.join('×')}`).join(', ') || 'none';
    throw new LatentfillError(
      'data',
      `Expected arrays X, 32×32×3×n, and y, n labels, in '${path}', got ${came}: fetch the cropped digits (format 2).`,
    );
  }
  const wrong = y.data.findIndex((label) => label < 1 || label > 10);
  if (wrong >= 0) {
    throw new LatentfillError(
      'data',
      `Expected labels 1 to 10 in '${path}', got ${y.data[wrong]} at ${wrong}: fetch it again.`,
    );
  }
  const digitOf = (index: number) => y.data[index]! % 10; // 10 stands for 0
  return {
    name: 'svhn',
    length: Math.min(length, count ?? length),
    size,
    captions: (index) => [`the digit ${DIGITS[digitOf(index)]}`, `a house number with the digit ${digitOf(index)}`],
    attributes: (index) => ({ digit: String(digitOf(index)) }),
    licence: {
      licence: 'for non-commercial use only',
      attribution: 'SVHN, Netzer, Wang, Coates, Bissacco, Wu and Ng 2011 (http://ufldl.stanford.edu/housenumbers)',
    },
    image: async (index) => fromPlanes(rows(x.data.subarray(index * PIXELS, (index + 1) * PIXELS)), SIDE, size),
  };
}

/** MATLAB stores a plane column by column. */
function rows(columns: Uint8Array): Uint8Array {
  return Uint8Array.from(columns, (_, i) => {
    const [plane, inside] = [i - (i % PLANE), i % PLANE];
    return columns[plane + (inside % SIDE) * SIDE + Math.floor(inside / SIDE)]!;
  });
}
