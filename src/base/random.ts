/** @file Seeded random streams. A stream depends only on its name (a seed and a path), not on earlier draws. */

/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * Opens the random stream named by `path`, e.g. `random(seed, 'latent', step)`. Streams with different paths are
 * independent, and a stream is the same whenever it is opened, so that a resumed run needs no saved generator state.
 * Source: xoshiro128** (Blackman & Vigna 2018), seeded by a 128-bit FNV-style hash of the path.
 */
export function random(...path: readonly (string | number)[]): Random {
  const [s0, s1, s2, s3] = hash128(path.join('\u0000'));
  let a = s0 || 1; // the all-zero state is a fixed point of the generator
  let b = s1;
  let c = s2;
  let d = s3;
  return () => {
    const result = Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11);
    return result / 0x1_0000_0000;
  };
}

/** `count` draws from the standard normal distribution (Box & Muller 1958). */
export function normal(rng: Random, count: number): Float32Array {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - rng()));
    const angle = 2 * Math.PI * rng();
    out[i] = radius * Math.cos(angle);
    if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
  }
  return out;
}

/** `count` draws from the uniform distribution on [low, high). */
export function uniform(rng: Random, count: number, low: number, high: number): Float32Array {
  return Float32Array.from({ length: count }, () => low + (high - low) * rng());
}

/** 0 … count−1 in random order (Fisher & Yates). */
export function permutation(rng: Random, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    const swap = order[i]!;
    order[i] = order[j]!;
    order[j] = swap;
  }
  return order;
}

function rotl(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

function hash128(text: string): [number, number, number, number] {
  let h0 = 0x811c9dc5;
  let h1 = 0x01000193;
  let h2 = 0x9e3779b9;
  let h3 = 0x85ebca6b;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    h0 = Math.imul(h0 ^ code, 0x01000193);
    h1 = Math.imul(h1 ^ code ^ h0, 0x85ebca6b);
    h2 = Math.imul(h2 ^ code ^ h1, 0xc2b2ae35);
    h3 = Math.imul(h3 ^ code ^ h2, 0x27d4eb2f);
  }
  return [mix(h0 ^ h3), mix(h1 ^ h0), mix(h2 ^ h1), mix(h3 ^ h2)];
}

// The 32-bit finaliser of MurmurHash3: every input bit reaches every output bit.
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
