/** @file The type of importers: functions that make values of a node, by the name of its operator. */

import type { Value } from '../../value.ts';
import type { Call } from '../call.ts';

/** From a node to its first output, or to several. */
export type Importer = (call: Call) => Value | readonly (Value | undefined)[];

/** Importers by the name of their operator. */
export type Importers = Readonly<Record<string, Importer>>;
