/** @file captions.jsonl: captions of the images of a folder, with embeddings where another encoder made them. Node only. */

import { z } from 'zod';
import { LatentfillError } from '../../base/errors.ts';
import { isFile, readLines } from '../formats/read-file.ts';

/** Captions by the image's file, and an embedding for each where there are any. */
export interface Captions {
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly embeddings?: ReadonlyMap<string, readonly Float32Array[]>;
}

/** Bytes of the file that are read at most: half a million captions with embeddings of 768 numbers. */
const MAX_BYTES = 8_000_000_000;

const embeddingSchema = z.array(z.number()).min(1).max(16_384);

/** A line: one caption or several, each with an embedding or none with any. */
const lineSchema = z
  .object({
    file: z.string(),
    caption: z.string().optional(),
    captions: z.array(z.string()).optional(),
    embedding: embeddingSchema.optional(),
    embeddings: z.array(embeddingSchema).optional(),
  })
  .refine(({ caption, captions }) => caption !== undefined || captions !== undefined);

/**
 * Reads captions.jsonl; no captions where there is no such file.
 * @throws LatentfillError for a line of another form, and for embeddings that some captions lack or that differ in length.
 */
export async function readCaptions(path: string): Promise<Captions> {
  const texts = new Map<string, string[]>();
  const embeddings = new Map<string, Float32Array[]>();
  if (!(await isFile(path))) return { texts };
  let length: number | undefined; // of the embeddings; 0 where the first caption has none
  for await (const [number, line] of readLines(path, MAX_BYTES)) {
    const { file, found, given } = parseLine(path, number, line);
    if (found.length === 0) continue;
    length ??= given[0]?.length ?? 0;
    if (given.length !== (length > 0 ? found.length : 0) || given.some((embedding) => embedding.length !== length)) {
      const wanted = length > 0 ? `an embedding of ${length} numbers for each caption` : 'no embedding, as before';
      throw new LatentfillError(
        'data',
        `Expected ${wanted} in line ${number} of '${path}', got ${given.length} of ${given[0]?.length ?? 0} numbers for ${found.length} captions: mend that line.`,
      );
    }
    append(texts, file, found);
    if (length > 0) append(embeddings, file, given);
  }
  return embeddings.size > 0 ? { texts, embeddings } : { texts };
}

function parseLine(path: string, number: number, line: string) {
  try {
    const { file, caption, captions = [], embedding, embeddings = [] } = lineSchema.parse(JSON.parse(line));
    const found = [...(caption === undefined ? [] : [caption]), ...captions];
    const given = [...(embedding === undefined ? [] : [embedding]), ...embeddings];
    return { file, found, given: given.map((numbers) => Float32Array.from(numbers)) };
  } catch (cause) {
    throw new LatentfillError(
      'data',
      `Expected {"file": …, "caption": …} in line ${number} of '${path}', got '${line.slice(0, 60)}': mend that line.`,
      { cause },
    );
  }
}

function append<T>(map: Map<string, T[]>, file: string, more: readonly T[]): void {
  const known = map.get(file);
  if (known) for (const item of more) known.push(item);
  else map.set(file, [...more]);
}
