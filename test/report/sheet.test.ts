import { expect, test } from 'vitest';
import { drawSheet } from '../../src/report/sheet.ts';
import { renderSvg } from '../../src/report/svg.ts';
import { noisePicture, picture } from '../helpers/pictures.ts';

test('pictures stand sharp in their places', async () => {
  const [a, b] = [noisePicture(8, 8, 1), noisePicture(8, 8, 2)];
  const sheet = await drawSheet({ rows: [{ images: [a, b] }], scale: 2 });
  expect([sheet.width, sheet.height]).toEqual([16 + 16 + 6 + 16 + 16, 48]);
  const at = (x: number, y: number) => sheet.data[y * sheet.width + x]!;
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) {
      expect(at(16 + 2 * x, 16 + 2 * y)).toBeCloseTo(a.data[y * 8 + x]!, 2);
      expect(at(16 + 22 + 2 * x + 1, 16 + 2 * y + 1)).toBeCloseTo(b.data[y * 8 + x]!, 2);
    }
  }
});

test('headings and labels leave ink, also with signs that XML would mind', async () => {
  const ink = (data: Float32Array) => data.filter((v) => v < 0.5).length;
  const rows = [{ label: 'a < b & c', images: [picture(8, 8, () => 1)] }];
  const bare = await drawSheet({ rows: [{ images: rows[0]!.images }] });
  const told = await drawSheet({ rows, columns: ['truth'], title: 'A title' });
  expect(ink(bare.data)).toBe(0);
  expect(ink(told.data)).toBeGreaterThan(100);
});

test('captions stand under their pictures, in lines no wider than these, and make room', async () => {
  const images = [picture(32, 32, () => 1), picture(32, 32, () => 1)];
  const draw = (captions: string[]) => drawSheet({ rows: [{ images, captions }, { images }] });
  const [bare, short, long] = [await draw([]), await draw(['a', 'b']), await draw(['words '.repeat(400), 'b'])];
  expect(short.height).toBe(bare.height + 11);
  expect(long.height).toBe(bare.height + 110);
  const ink = (x: number) =>
    Array.from({ length: long.height }, (_, y) => long.data[y * long.width + x]!).filter((v) => v < 0.8).length;
  expect(Array.from({ length: 64 }, (_, x) => ink(16 + x)).reduce((a, b) => a + b)).toBeGreaterThan(100);
  for (let x = 16 + 64; x < 16 + 64 + 6; x++) expect(ink(x)).toBe(0);
});

test('drawings are rendered on white at the width asked for', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="5" height="10" fill="#f00"/></svg>';
  const drawn = await renderSvg(svg, { width: 20 });
  expect([drawn.width, drawn.height]).toEqual([20, 20]);
  expect([0, 400, 800].map((plane) => drawn.data[plane + 5])).toEqual([1, 0, 0]);
  expect([0, 400, 800].map((plane) => drawn.data[plane + 15])).toEqual([1, 1, 1]);
});

test('pictures of several sizes share one cell size; a sheet without pictures is refused', async () => {
  const sheet = await drawSheet({ rows: [{ images: [noisePicture(4, 4, 1), noisePicture(8, 6, 2)] }], scale: 1 });
  expect([sheet.width, sheet.height]).toEqual([16 + 8 + 6 + 8 + 16, 16 + 6 + 16]);
  await expect(drawSheet({ rows: [] })).rejects.toThrow(/^Expected at least one picture/);
});

test('text is set in Inter: semibold is heavier than regular', async () => {
  const inked = async (weight: number) => {
    const { data } = await renderSvg(
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="5" y="30" font-size="28" font-weight="${weight}">latentfill</text></svg>`,
    );
    return data.reduce((sum, v) => sum + 1 - v, 0);
  };
  const regular = await inked(400);
  expect(regular).toBeGreaterThan(500);
  expect(await inked(600)).toBeGreaterThan(1.1 * regular);
});
