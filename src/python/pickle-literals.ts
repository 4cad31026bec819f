/** @file Numbers and text as pickles of protocol 0 spell them out. Browser-safe. */

export const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export function whole(digits: string): number | bigint {
  if (!/^[+-]?\d{1,40}$/.test(digits)) throw new Error('a whole number that is none');
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** Text as Python 2 prints it: in quotes, with escapes. Bytes above 127 are UTF-8. */
export function quoted(repr: string): string {
  const inner = /^(['"])(.*)\1$/s.exec(repr)?.[2];
  if (inner === undefined) throw new Error('text without its quotes');
  const plain: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  const bytes = inner.replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))/gs, (_, hex, octal, other) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return plain[other] ?? other;
  });
  return utf8.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

/** Python's raw-unicode-escape: Latin-1 but for \uXXXX and \UXXXXXXXX. */
export function escaped(raw: string): string {
  return raw.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short, long) => {
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}
