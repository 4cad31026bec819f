import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeEach, expect, test } from 'vitest';
import { image } from '../../src/image/image.ts';
import { encodePng, readImage, writeImage } from '../../src/image/image-file.ts';
import { resizeImage } from '../../src/image/resize.ts';
import { expectClose } from '../helpers/numbers.ts';
import { noisePicture, picture } from '../helpers/pictures.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latentfill-'));
});
const at = (name: string) => join(folder, name);

test('every byte value comes back exactly through PNG and lossless WebP', async () => {
  const all = image(
    256,
    1,
    3,
    Float32Array.from({ length: 768 }, (_, i) => (i % 256) / 255),
  );
  for (const name of ['a.png', 'a.webp']) {
    await writeImage(at(name), all);
    const { image: back, alpha } = await readImage(at(name));
    expect(back.data).toEqual(all.data);
    expect(alpha).toBeUndefined();
  }
});

test('transparency is read and written', async () => {
  const alpha = Float32Array.of(0, 1, 128 / 255, 1);
  await writeImage(at('t.png'), noisePicture(2, 2, 1), { alpha });
  expect((await readImage(at('t.png'))).alpha).toEqual(alpha);
});

test('colours under transparent pixels are kept; JPEG drops transparency, not colours', async () => {
  const colours = image(2, 1, 3, Float32Array.of(10 / 255, 1, 20 / 255, 1, 200 / 255, 1));
  for (const name of ['a.png', 'a.webp']) {
    await writeImage(at(name), colours, { alpha: Float32Array.of(0, 1) });
    expect((await readImage(at(name))).image.data).toEqual(colours.data);
  }
  const flat = picture(16, 16, (_x, _y, c) => [10, 20, 200][c]! / 255);
  await writeImage(at('a.jpg'), flat, { alpha: new Float32Array(256) });
  const { image: back, alpha } = await readImage(at('a.jpg'));
  expect(alpha).toBeUndefined();
  expectClose(back.data, flat.data, 4 / 255);
});

test('values that no image has leave no file', async () => {
  const over = image(2, 1, 1, Float32Array.of(-0.01, 1.01));
  await expect(writeImage(at('over.png'), over)).rejects.toThrow(
    /^Expected values from 0 to 1 in the image, got -0\.0/,
  );
  await expect(readImage(at('over.png'))).rejects.toThrow(/got none/);
});

test('16-bit files are read to the nearest byte', async () => {
  const deep = Uint16Array.from({ length: 256 }, (_, i) => i * 257);
  await sharp(deep, { raw: { width: 256, height: 1, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toFile(at('16.png'));
  expect((await sharp(at('16.png')).metadata()).depth).toBe('ushort');
  const { image: read } = await readImage(at('16.png'));
  expect([...read.data.subarray(0, 256)].map((v) => Math.round(v * 255))).toEqual([...deep].map((v) => v / 257));
});

test('a grey file becomes three channels, a turned photograph upright', async () => {
  await sharp(new Uint8Array([10, 20]), { raw: { width: 2, height: 1, channels: 1 } })
    .png()
    .toFile(at('g.png'));
  const { image: grey } = await readImage(at('g.png'));
  expect([...grey.data].map((v) => Math.round(v * 255))).toEqual([10, 20, 10, 20, 10, 20]);
  await sharp(await encodePng(picture(6, 4, (x) => x / 6)))
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toFile(at('turned.jpg'));
  const { image: upright } = await readImage(at('turned.jpg'));
  expect([upright.width, upright.height]).toEqual([4, 6]);
});

test('what cannot be read is told in one sentence', async () => {
  await writeImage(at('whole.png'), noisePicture(64, 64, 1));
  const bytes = readFileSync(at('whole.png'));
  writeFileSync(at('cut.png'), bytes.subarray(0, bytes.length - 2000));
  writeFileSync(at('text.png'), 'this is no picture');
  writeFileSync(at('empty.png'), '');
  await sharp(await encodePng(noisePicture(64, 64, 2)))
    .jpeg()
    .toFile(at('whole.jpg'));
  const jpeg = readFileSync(at('whole.jpg'));
  writeFileSync(at('cut.jpg'), jpeg.subarray(0, jpeg.length - 500));
  const wanted: [string, RegExp][] = [
    ['cut.png', /damaged/],
    ['cut.jpg', /damaged/],
    ['empty.png', /damaged/],
    ['/dev/null', /got something that is not a file/],
    ['text.png', /damaged or of another kind/],
    ['none.png', /got none: check the name/],
    ['.', /got a folder/],
  ];
  for (const [name, message] of wanted) {
    const error = await readImage(name.startsWith('/') ? name : at(name)).then(
      () => undefined,
      (e: Error) => e,
    );
    expect(error?.name).toBe('LatentfillError');
    expect(error?.message).toMatch(message);
    expect(error?.message).toMatch(/^Expected [^\n]*\.$/);
  }
});

test('a giant image is refused before it is decoded', async () => {
  writeFileSync(at('big.png'), giantPng(20_000));
  await expect(readImage(at('big.png'))).rejects.toThrow(/at most 50 megapixels .* got 20000×20000: shrink it/);
});

test('an unknown suffix is refused and nothing is written', async () => {
  await expect(writeImage(at('a.bmp'), noisePicture(2, 2, 1))).rejects.toThrow(/ends in .png, .jpg or .webp/);
  expect(readdirSync(folder)).toEqual([]);
});

test('an abort before the write leaves the old picture', async () => {
  await writeImage(at('a.png'), noisePicture(4, 4, 1));
  const old = readFileSync(at('a.png'));
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(writeImage(at('a.png'), noisePicture(4, 4, 2), { signal })).rejects.toThrow('stop');
  expect(readFileSync(at('a.png'))).toEqual(old);
  expect(readdirSync(folder)).toEqual(['a.png']);
});

/** The head of a black-and-white PNG of this side; its pixels are cut short, for nobody should come to read them. */
function giantPng(side: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head[8] = 1;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(100))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('a large picture is shrunk while it is decoded where less is wanted, and looks the same', async () => {
  const [width, height] = [700, 600];
  const wave = picture(width, height, (x, y, c) => 0.5 + 0.4 * Math.sin(x / 40 + c) * Math.cos(y / 50));
  await writeImage(at('large.png'), wave);
  const { image: full } = await readImage(at('large.png'), { wanted: 75 }); // 600 is just eight times 75
  expect([full.width, full.height]).toEqual([width, height]);
  const { image: shrunk } = await readImage(at('large.png'), { wanted: 32 });
  expect([shrunk.width, shrunk.height]).toEqual([149, 128]);
  const direct = resizeImage(full, 37, 32).data;
  const both = resizeImage(shrunk, 37, 32).data;
  expect(Math.max(...direct.map((v, i) => Math.abs(v - both[i]!)))).toBeLessThan(0.02);
  await writeImage(at('large.jpg'), wave);
  writeFileSync(at('cut.jpg'), readFileSync(at('large.jpg')).subarray(0, 9000));
  await expect(readImage(at('cut.jpg'), { wanted: 8 })).rejects.toThrow(/damaged/);
});

test('only pixels are images, whatever the name says', async () => {
  writeFileSync(at('drawing.png'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  await expect(readImage(at('drawing.png'))).rejects.toThrow(/^Expected an image in .*drawing\.png/);
});
