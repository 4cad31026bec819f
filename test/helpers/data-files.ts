/** @file Tiny files of each data format, made by code. */

import { deflateSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';

/** An IDX file of bytes (LeCun, Cortes & Burges). */
export function idxFile(shape: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  for (const [i, side] of shape.entries()) header.writeUInt32BE(side, 4 + 4 * i);
  return Buffer.concat([header, data]);
}

/** CIFAR's records: labels, then three planes of 32×32. */
export function cifarFile(records: readonly { labels: readonly number[]; pixels: Uint8Array }[]): Buffer {
  return Buffer.concat(records.flatMap(({ labels, pixels }) => [Uint8Array.from(labels), pixels]));
}

/** An array of a MATLAB 5 file: bytes, or numbers as MATLAB keeps them by default. */
export interface MatFixture {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float64Array;
}

/** A MATLAB 5 file, its arrays packed as MATLAB does by default, or not. */
export function matFile(arrays: readonly MatFixture[], { packed = true } = {}): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file');
  header.writeUInt16LE(0x100, 124);
  header.write('IM', 126);
  const elements = arrays.map(({ name, shape, data }) => {
    const flags = Buffer.alloc(8);
    flags[0] = data instanceof Float64Array ? 6 : 9;
    const values = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const matrix = matElement(
      14,
      Buffer.concat([
        matElement(6, flags),
        matElement(5, Buffer.from(Int32Array.from(shape).buffer)),
        matElement(1, Buffer.from(name)),
        matElement(data instanceof Float64Array ? 9 : 2, values),
      ]),
    );
    return packed ? matElement(15, deflateSync(matrix), 1) : matrix;
  });
  return Buffer.concat([header, ...elements]);
}

/** A tag and its bytes; up to four bytes stand in the tag itself. */
export function matElement(type: number, bytes: Uint8Array, align = 8): Buffer {
  const tag = Buffer.alloc(8);
  if (bytes.length <= 4 && bytes.length > 0) {
    tag.writeUInt16LE(type, 0);
    tag.writeUInt16LE(bytes.length, 2);
    tag.set(bytes, 4);
    return tag;
  }
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([tag, bytes, Buffer.alloc(Math.ceil(bytes.length / align) * align - bytes.length)]);
}

/** What a row of a Hugging Face dataset may have. */
export interface HubRow {
  readonly bytes: Uint8Array;
  readonly caption?: string;
  readonly captions?: readonly string[];
  readonly label?: number;
}

/** A shard as the Hugging Face Hub has them: {bytes, path} for each image, captions, labels and their names. */
export function hubShard(rows: readonly HubRow[], classes: readonly string[], rowGroupSize = 100): Buffer {
  const [first] = rows;
  const columns: { name: string; data: unknown[]; schema: SchemaElement[] }[] = [
    {
      name: 'image',
      data: rows.map(({ bytes }, i) => ({ bytes, path: `${i}.png` })),
      schema: [
        { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
        { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
        { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      ],
    },
  ];
  if (first?.caption !== undefined) {
    const schema: SchemaElement = {
      ...{ name: 'caption', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    } as const;
    columns.push({ name: 'caption', data: rows.map(({ caption }) => caption), schema: [schema] });
  }
  if (first?.captions !== undefined) {
    columns.push({
      name: 'captions',
      data: rows.map(({ captions }) => captions),
      schema: [
        { name: 'captions', num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
        { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
        { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      ],
    });
  }
  if (first?.label !== undefined) {
    const schema: SchemaElement = { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' };
    columns.push({ name: 'label', data: rows.map(({ label }) => BigInt(label!)), schema: [schema] });
  }
  const features = {
    image: { _type: 'Image' },
    ...(first?.label !== undefined && { label: { _type: 'ClassLabel', names: classes } }),
  };
  return Buffer.from(
    parquetWriteBuffer({
      columnData: columns.map(({ name, data }) => ({ name, data })),
      schema: [{ name: 'schema', num_children: columns.length }, ...columns.flatMap(({ schema }) => schema)],
      kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
      rowGroupSize,
    }),
  );
}
