/** @file The form of the networks' text input, and the input itself. */

import { constant, input, type Value } from '../../graph/value.ts';
import { NO_CAPTION, PADDING } from './tokeniser.ts';

/** The form in which a model takes captions. */
export type TextForm =
  /** Tokens [N, length] (int64) of a vocabulary of `entries` entries. */
  | { readonly kind: 'words'; readonly entries: number; readonly length: number }
  /** Embeddings [N, size]; zeros stand for no caption. */
  | { readonly kind: 'embedding'; readonly size: number };

/** The input that holds the captions of `rows` images. */
export function textInput(name: string, form: TextForm, rows: number): Value {
  return form.kind === 'words' ? input(name, [rows, form.length], 'int64') : input(name, [rows, form.size]);
}

/** The contents of {@link textInput} for images without captions. */
export function noCaptions(form: TextForm, rows: number): Value {
  if (form.kind === 'embedding') return constant(new Float32Array(rows * form.size), [rows, form.size]);
  const row = BigInt64Array.from({ length: form.length }, (_, i) => BigInt(i === 0 ? NO_CAPTION : PADDING));
  return constant(
    BigInt64Array.from({ length: rows * form.length }, (_, i) => row[i % form.length]!),
    [rows, form.length],
  );
}
