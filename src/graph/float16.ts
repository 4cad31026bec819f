/** @file Half precision (IEEE 754 binary16), in which weights are stored. */

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Rounds to the nearest half (ties to even); what is too large becomes infinite. */
export function toFloat16(values: ArrayLike<number>): Uint16Array {
  return Uint16Array.from(values, half);
}

/** Exact: every half is a float32. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, single);
}

function half(value: number): number {
  float[0] = value;
  const x = bits[0]!;
  const sign = (x >>> 16) & 0x8000;
  const magnitude = x & 0x7fffffff;
  if (magnitude >= 0x47800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  if (magnitude < 0x38800000) {
    // Below 2^-14 halves are 2^-24 apart. So are float32s at 0.5: adding 0.5 rounds to a half, ties to even.
    float[0] = Math.abs(value) + 0.5;
    return sign | (bits[0]! - 0x3f000000);
  }
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

function single(h: number): number {
  const sign = h & 0x8000 ? -1 : 1;
  const exponent = (h >>> 10) & 0x1f;
  const fraction = h & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
