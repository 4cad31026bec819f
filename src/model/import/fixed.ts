/** @file Inputs of a network that are fixed at one value: from the user's numbers to the card's entry. */

import { LatentfillError } from '../../base/errors.ts';
import type { Port } from '../../graph/onnx/signature.ts';
import { count } from '../../graph/value.ts';
import type { Fixed } from '../card.ts';
import { describePort, isFloat, sizesOf } from './port-shapes.ts';

/** The rule for an input besides the latent: it is searched too, or fixed at these numbers (one number fills it). */
export type InputRule = 'search' | readonly number[];

/**
 * An input fixed at `values`. `batch` is the latent's first size: an input of the same first size has a batch axis.
 * @throws LatentfillError for numbers that the input cannot hold.
 */
export function fix(port: Port, values: readonly number[], batch: number | string | null): Fixed {
  const type = typeOf(port);
  const batched = hasBatch(port, type, batch);
  const shape = batched ? sizesOf(port) : sizesOf(port, port.shape);
  const wanted = count(shape);
  const refuse = (expected: string): never => {
    throw new LatentfillError(
      'network',
      `Expected ${expected} for the input ${describePort(port)}, got ${values.length === 1 ? values[0] : `${values.length} numbers`}.`,
    );
  };
  if (values.length !== 1 && values.length !== wanted) refuse(wanted === 1 ? 'one number' : `1 or ${wanted} numbers`);
  if (!values.every(Number.isFinite)) refuse('finite numbers');
  if (type === 'int64' && !values.every(Number.isSafeInteger)) refuse('whole numbers');
  if (type === 'bool' && !values.every((v) => v === 0 || v === 1)) refuse('0 or 1');
  return { input: port.name, type, shape, batch: batched, values: [...values] };
}

function typeOf(port: Port): Fixed['type'] {
  if (isFloat(port)) return 'float32';
  if (/^u?int/.test(port.type)) return 'int64';
  if (port.type === 'bool') return 'bool';
  throw new LatentfillError(
    'network',
    `Expected an input of numbers, got ${describePort(port)}: export the network without that input.`,
  );
}

// At a fixed batch size of 1, an input of shape [1] is ambiguous: a float (truncation) has no batch axis, an integer
// (class) has.
function hasBatch({ shape }: Port, type: Fixed['type'], batch: number | string | null): boolean {
  if (!shape || shape.length === 0) return false;
  if (typeof shape[0] !== 'number') return true;
  return shape[0] === batch && (shape.length > 1 || type === 'int64');
}
