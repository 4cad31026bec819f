/** @file Tiny files of each data format, made by code. */

/** An IDX file of bytes (LeCun, Cortes & Burges). */
export function idxFile(shape: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  for (const [i, side] of shape.entries()) header.writeUInt32BE(side, 4 + 4 * i);
  return Buffer.concat([header, data]);
}
