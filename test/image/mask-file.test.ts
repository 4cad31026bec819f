import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { readMask } from '../../src/image/mask-file.ts';
import { imageFromPixels } from '../../src/image/pixels.ts';
import { blurred, inRectangle, inStrokes, photograph, pixelsOf, truth } from '../helpers/masks.ts';

const folder = mkdtempSync(join(tmpdir(), 'latentfill-'));
const SIDE = 256;
const wanted = truth(SIDE, inRectangle(SIDE));

/** How many values are not the true ones: equality of large arrays is slow to test. */
const wrong = (data: Float32Array, right = wanted) => data.reduce((sum, m, i) => sum + (m === right[i] ? 0 : 1), 0);

/** The mask of a file. */
async function saved(file: Sharp, name: string, options = {}) {
  await file.toFile(join(folder, name));
  return readMask(join(folder, name), options);
}

/** Pixels of some channels, by the true mask. */
function raw(channels: 1 | 3 | 4, of: (m: number, i: number) => readonly number[], data = wanted): Sharp {
  const bytes = new Uint8Array(data.length * channels);
  data.forEach((m, i) => {
    bytes.set(of(m, i), i * channels);
  });
  return sharp(bytes, { raw: { width: SIDE, height: SIDE, channels } });
}

test('0 and 1 in 8 bits: grey, RGB and with a palette', async () => {
  for (const [name, file] of [
    [
      'grey.png',
      raw(1, (m) => [m])
        .toColourspace('b-w')
        .png(),
    ],
    ['rgb.png', raw(3, (m) => [m, m, m]).png()],
    ['palette.png', raw(3, (m) => [m, m, m]).png({ palette: true, colours: 2, dither: 0 })],
    [
      'grey.tif',
      raw(1, (m) => [m])
        .toColourspace('b-w')
        .tiff({ compression: 'lzw' }),
    ],
  ] as const) {
    const { mask, from, note } = await saved(file, name);
    expect(wrong(mask.data)).toBe(0);
    expect(from).toBe('luma');
    expect(note).toBe('its two values 0 and 1 taken as black and white');
  }
});

test('16 bits: 0 and 1, 0 to 255 in larger numbers, and the whole range', async () => {
  for (const most of [1, 255, 65535]) {
    for (const channels of [1, 3] as const) {
      const deep = Uint16Array.from(
        { length: channels * wanted.length },
        (_, i) => most * wanted[Math.floor(i / channels)]!,
      );
      const file = sharp(deep, { raw: { width: SIDE, height: SIDE, channels } });
      const png = file.toColourspace(channels === 1 ? 'grey16' : 'rgb16').png();
      const { mask } = await saved(png, `deep-${most}-${channels}.png`);
      expect((await sharp(join(folder, `deep-${most}-${channels}.png`)).metadata()).depth).toBe('ushort');
      expect(wrong(mask.data)).toBe(0);
    }
  }
});

test('a floor of 1, also with two true zeros', async () => {
  const floor = (zeros: number) =>
    raw(1, (m, i) => [m === 1 ? 255 : i < zeros ? 0 : 1])
      .toColourspace('b-w')
      .png();
  for (const zeros of [0, 2]) {
    const { mask, note } = await saved(floor(zeros), `floor-${zeros}.png`);
    expect(wrong(mask.data)).toBe(0);
    expect(note).toBeUndefined();
  }
});

test('a colour that JPEG has spread is the hole to within two pixels of its edge, and in full', async () => {
  const isHole = (x: number, y: number) => x >= 81 && x < 179 && y >= 90 && y < 151;
  const bytes = new Uint8Array(3 * 256 ** 2);
  for (let p = 0; p < 256 ** 2; p++) bytes[3 * p] = isHole(p % 256, Math.floor(p / 256)) ? 255 : 0;
  const red = sharp(bytes, { raw: { width: 256, height: 256, channels: 3 } });
  const { mask } = await saved(red.jpeg({ quality: 60 }), 'poor.jpg');
  const far = mask.data.filter((m, p) => {
    const [x, y] = [p % 256, Math.floor(p / 256)];
    const around = [-2, 2].flatMap((d) => [
      isHole(x + d, y),
      isHole(x, y + d),
      isHole(x + d, y + d),
      isHole(x + d, y - d),
    ]);
    return around.every((inside) => inside === isHole(x, y)) && m !== Number(isHole(x, y));
  });
  expect(far).toHaveLength(0);
});

test('colours, with a palette too', async () => {
  const paints: Record<string, readonly number[]> = {
    red: [255, 0, 0],
    green: [0, 255, 0],
    blue: [0, 0, 255],
    magenta: [255, 0, 255],
    dark: [128, 0, 0],
  };
  for (const [name, paint] of Object.entries(paints)) {
    for (const palette of [false, true]) {
      const { mask, from } = await saved(
        raw(3, (m) => (m === 1 ? paint : [0, 0, 0])).png({ palette, dither: 0 }),
        `${name}-${palette}.png`,
      );
      expect(wrong(mask.data)).toBe(0);
      expect(from).toBe('colour');
    }
  }
});

test('the specks that JPEG and WebP leave are no holes', async () => {
  const white = () =>
    raw(3, (m, i) => (m === 1 ? [255, 255, 255] : [0, 0, 0]).map((v) => Math.abs(v - ((i * 37) % 400 === 0 ? 15 : 0))));
  const near = blurred(wanted, SIDE, 3); // neither 0 nor 1 within nine pixels of an edge
  for (const [name, file] of [
    ['m.webp', white().webp({ quality: 60 })],
    ['m.jpg', white().jpeg({ quality: 85 })],
    ['red.jpg', raw(3, (m) => [255 * m, 0, 0]).jpeg({ quality: 90 })],
    ['red.webp', raw(3, (m) => [255 * m, 0, 0]).webp({ quality: 90 })],
  ] as const) {
    const { mask, note } = await saved(file, name);
    const far = mask.data.map((m, i) => (near[i] === 0 || near[i] === 1 ? m : wanted[i]!));
    expect([name, wrong(far)]).toEqual([name, 0]);
    if (!name.startsWith('red')) expect(note).toBeUndefined();
  }
});

test('the picture itself, erased or painted over, and strokes on transparent', async () => {
  const isHole = inStrokes(SIDE);
  const strokes = truth(SIDE, isHole);
  const photo = pixelsOf(SIDE, photograph(SIDE));
  const picture = imageFromPixels(photo);
  const pixel = (i: number) => [...photo.data.subarray(4 * i, 4 * i + 3)];
  const erased = raw(4, (m, i) => [...pixel(i), 255 * (1 - m)], strokes).webp({ lossless: true, exact: true });
  const cut = await saved(erased, 'erased.webp', { picture });
  expect([cut.from, wrong(cut.mask.data, strokes)]).toEqual(['alpha', 0]);
  const copy = raw(3, (m, i) => (m === 1 ? [0, 255, 0] : pixel(i)), strokes).jpeg({
    quality: 95,
    chromaSubsampling: '4:4:4',
  });
  const { mask, note } = await saved(copy, 'copy.jpg', { picture });
  expect(wrong(mask.data, strokes)).toBeLessThan(0.02 * strokes.reduce((a, b) => a + b, 0));
  expect(note).toMatch(/painted over a copy/);
  const black = raw(4, (m) => [0, 0, 0, 255 * m], strokes).png();
  const drawn = await saved(black, 'black.png');
  expect([drawn.from, wrong(drawn.mask.data, strokes)]).toEqual(['colour', 0]);
});

test('errors name the file', async () => {
  const photo = pixelsOf(SIDE, photograph(SIDE));
  const file = sharp(photo.data, { raw: { width: SIDE, height: SIDE, channels: 4 } }).png();
  await expect(saved(file, 'photo.png')).rejects.toThrow(/^Expected the mask '.*photo\.png' in black and white/);
});
