/** @file Every operator of ONNX that is read as a graph of this project's own operators. */

import { constants } from './constants.ts';
import { elementwise } from './elementwise.ts';
import type { Importers } from './importer.ts';
import { layout } from './layout.ts';
import { linear } from './linear.ts';
import { drawn } from './random.ts';
import { reduce } from './reduce.ts';
import { resize } from './resize.ts';

/**
 * BatchNormalization, If, functions and Gradient are missing: they need more than their node, and scope.ts reads them.
 */
export const importers: Importers = {
  ...constants,
  ...elementwise,
  ...linear,
  ...reduce,
  ...layout,
  ...resize,
  ...drawn,
};
