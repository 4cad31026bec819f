/** @file Encodes the caption or embedding of an image as a row of the networks' text input. */

import { LatentfillError } from '../base/errors.ts';
import type { Model } from '../model/model.ts';
import type { Captioned, TextRows } from '../model/text/input-rows.ts';

/** A description of an image. */
export interface Described {
  /** What the image shows, for a model that uses captions. Words that it never learned have no effect. */
  readonly caption?: string | undefined;
  /** The same as an embedding, by the sentence encoder that the model was trained with. */
  readonly embedding?: Float32Array | undefined;
}

/**
 * The row of the text input for one image; undefined for a model without captions.
 * @throws LatentfillError for a caption or an embedding that the model cannot use.
 */
export function textRow({ text, card }: Model, { caption, embedding }: Described): TextRows | undefined {
  const given = embedding ? `an embedding of ${embedding.length} numbers` : `the caption '${caption}'`;
  const useless = (expected: string): never => {
    throw new LatentfillError('caption', `Expected ${expected} for the model '${card.name}', got ${given}.`);
  };
  if (caption !== undefined && typeof caption !== 'string') {
    throw new LatentfillError('caption', `Expected a caption as text, got ${typeof caption}: give one string.`);
  }
  if (caption === undefined && !embedding) return text?.rows({ captions: [null] });
  if (!text) return useless('no caption');
  if (text.form.kind === 'words') {
    return embedding ? useless('a caption in words') : text.rows({ captions: [caption!] });
  }
  if (embedding && !embedding.every(Number.isFinite)) {
    throw new LatentfillError(
      'caption',
      'Expected an embedding of finite numbers, got others: check what the sentence encoder gave.',
    );
  }
  if (embedding?.length !== text.form.size) return useless(`an embedding of ${text.form.size} numbers`);
  return text.rows({ captions: [caption ?? ''], embeddings: [embedding] });
}

/** The same caption or embedding for `count` images; undefined if there is neither. @throws as {@link textRow}. */
export function captionedAs(model: Model, described: Described, count: number): Captioned | undefined {
  const { caption, embedding } = described;
  textRow(model, described);
  if (caption === undefined && !embedding) return undefined;
  const embeddings = embedding && { embeddings: new Array<Float32Array>(count).fill(embedding) };
  return { captions: new Array<string>(count).fill(caption ?? ''), ...embeddings };
}

/**
 * The row of each problem; a problem without a caption gets the row of no caption. undefined for a model without
 * captions.
 */
export function textRows(
  model: Model,
  problems: readonly { readonly text?: TextRows | undefined }[],
): TextRows[] | undefined {
  return model.text ? problems.map(({ text }) => text ?? model.text!.rows({ captions: [null] })) : undefined;
}

/** Concatenates rows, [rows · length]. */
export function concatRows(rows: readonly TextRows[]): TextRows {
  const [first] = rows;
  const total = rows.length * first!.length;
  if (first instanceof Float32Array) {
    const all = new Float32Array(total);
    for (const [i, row] of (rows as Float32Array[]).entries()) all.set(row, i * row.length);
    return all;
  }
  const all = new BigInt64Array(total);
  for (const [i, row] of (rows as BigInt64Array[]).entries()) all.set(row, i * row.length);
  return all;
}
