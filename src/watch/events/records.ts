/** @file TFRecord: the framing of TensorBoard's event files. */

/** CRC-32C (Castagnoli), reflected, by byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** TFRecord's masked checksum: rotated, plus a constant, so that a CRC of data that contains CRCs stays reliable. */
export function maskedCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** A record in the file: length (uint64), its checksum, the data, its checksum; little-endian. */
export function frame(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return bytes;
}

/** The whole and undamaged records at the start of a file. */
export function* records(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 16 <= bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    if (at + 16 + length > bytes.length) return;
    const data = bytes.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 8, true) !== maskedCrc(bytes.subarray(at, at + 8))) return;
    if (view.getUint32(at + 12 + length, true) !== maskedCrc(data)) return;
    yield data;
    at += 16 + length;
  }
}
