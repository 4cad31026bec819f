/** @file Cases of every operator that is read: the same on every device. */

import type { Case } from './case.ts';
import { elementwise } from './elementwise.ts';
import { layout } from './layout.ts';
import { linear } from './linear.ts';
import { reduce } from './reduce.ts';

export type { Case } from './case.ts';

export const cases: readonly Case[] = [...elementwise, ...linear, ...reduce, ...layout];
