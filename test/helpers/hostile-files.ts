/** @file Damaged and hostile files of every format that a dataset is made of. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { type Random, random } from '../../src/base/random.ts';
import { encodePng } from '../../src/image/image-file.ts';
import { cifarFile, hubShard, idxFile, matElement, matFile } from './data-files.ts';
import { noisePicture } from './pictures.ts';

/** The files of a dataset by their paths, and the source that opens them, its folder as a star. */
export interface Fixture {
  readonly source: string;
  readonly files: Readonly<Record<string, Buffer>>;
}

/** What stands where a file should: bytes, or something that is no file; and what it is. */
export interface Hostile {
  readonly name: string;
  readonly bytes?: Buffer;
  readonly make?: (path: string) => void;
}

const COURSE = 'dict_key_imgID_value_caps_train_and_valid.pkl';

/** A small dataset of each format, as it should be. */
export async function makeFixtures(): Promise<Readonly<Record<string, Fixture>>> {
  const png = await Promise.all([0, 1, 2].map(async (i) => Buffer.from(await encodePng(noisePicture(8, 8, i)))));
  const { default: sharp } = await import('sharp');
  const [jpg, webp, gif] = await Promise.all([
    sharp(png[0]).jpeg().toBuffer(),
    sharp(png[1]).webp().toBuffer(),
    sharp(png[2]).gif().toBuffer(),
  ]);
  const pixels = new Uint8Array(3072).fill(7);
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const annotations = json({
    images: [0, 1].map((id) => ({ id, file_name: `${id}.jpg` })),
    annotations: [{ image_id: 0, caption: 'a dog' }],
  });
  const jsonl = ['{"file":"0.png","caption":"a"}', '{"file":"1.webp","captions":["b","c"]}', ''].join('\n');
  const rows = png.map((bytes, i) => ({ bytes, captions: [`a ${i}`, 'b'], label: i % 2 }));
  const cifar = cifarFile([{ labels: [3], pixels }]);
  const cifar100 = cifarFile([{ labels: [3, 4], pixels }]);
  const lines = (count: number) => Buffer.from(Array.from({ length: count }, (_, i) => `name_${i}`).join('\n'));
  const idx = {
    images: gzipSync(idxFile([2, 28, 28], new Uint8Array(1568).fill(9))),
    labels: gzipSync(idxFile([2], Uint8Array.of(3, 4))),
  };
  const mat = matFile([
    { name: 'X', shape: [32, 32, 3, 2], data: Uint8Array.from([...pixels, ...pixels]) },
    { name: 'y', shape: [2, 1], data: Uint8Array.of(1, 10) },
  ]);
  return {
    folder: {
      source: 'folder:*',
      files: { '0.png': png[0]!, '1.webp': webp, '2.jpg': jpg, '3.png': gif, 'captions.jsonl': Buffer.from(jsonl) },
    },
    landscapes: {
      source: 'landscapes:*',
      files: { 'mountain0.jpg': jpg, 'sea1.jpg': jpg, 'snow4.jpg': jpg, 'snow5.jpg': jpg },
    },
    'fashion-mnist': {
      source: 'fashion-mnist:*',
      files: {
        'train-images-idx3-ubyte.gz': idx.images,
        'train-labels-idx1-ubyte.gz': idx.labels,
        't10k-images-idx3-ubyte.gz': idx.images,
        't10k-labels-idx1-ubyte.gz': idx.labels,
      },
    },
    'cifar-10': {
      source: 'cifar-10:*',
      files: {
        ...Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, cifar])),
        ...{ 'test_batch.bin': cifar, 'batches.meta.txt': lines(10) },
      },
    },
    'cifar-100': {
      source: 'cifar-100:*',
      files: {
        ...{ 'train.bin': cifar100, 'test.bin': cifar100 },
        ...{ 'coarse_label_names.txt': lines(20), 'fine_label_names.txt': lines(100) },
      },
    },
    svhn: { source: 'svhn:*', files: { 'train_32x32.mat': mat, 'test_32x32.mat': mat } },
    celeba: {
      source: 'celeba:*',
      files: {
        'img_align_celeba/1.jpg': jpg,
        'img_align_celeba/2.jpg': jpg,
        'list_attr_celeba.txt': Buffer.from('2\nMale Young Smiling\n1.jpg 1 -1 1\n2.jpg -1 1 -1\n'),
        'list_eval_partition.txt': Buffer.from('1.jpg 0\n2.jpg 2\n'),
      },
    },
    coco: {
      source: 'coco:*',
      files: {
        ...{ 'annotations/captions_train2017.json': annotations, 'annotations/captions_val2017.json': annotations },
        ...{ 'train2017/0.jpg': jpg, 'train2017/1.jpg': jpg, 'val2017/0.jpg': jpg },
      },
    },
    'coco-ift6266': {
      source: 'coco-ift6266:*',
      files: {
        ...{ 'train2014/a1.jpg': jpg, 'val2014/b2.jpg': jpg },
        [COURSE]: Buffer.from(
          '\x80\x02}q\x00(U\x02a1q\x01]q\x02(U\x05a dogq\x03X\x02\x00\x00\x00hieK\x02]q\x04h\x03au.',
          'latin1',
        ),
      },
    },
    parquet: {
      source: 'parquet:*',
      files: {
        'train-0.parquet': hubShard(rows, ['cat', 'dog'], 2),
        'test-0.parquet': hubShard(
          rows.map(({ bytes }) => ({ bytes, caption: 'one' })),
          [],
        ),
      },
    },
  };
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** A file with something wrong: cut, overwritten, put together, or of another format. */
function damage(rng: Random, bytes: Buffer, others: readonly Buffer[]): Hostile {
  const int = (below: number) => Math.floor(rng() * below);
  const copy = Buffer.from(bytes);
  const at = int(bytes.length);
  const ways: readonly (() => Hostile)[] = [
    () => ({ name: `cut at ${at}`, bytes: copy.subarray(0, at) }),
    () => ({ name: 'empty', bytes: Buffer.alloc(0) }),
    () => {
      for (let i = 0; i <= int(8); i++) copy[int(copy.length)] = int(256);
      return { name: 'bytes changed', bytes: copy };
    },
    () => {
      const value = EXTREMES[int(EXTREMES.length)]!;
      copy.fill(value, at, Math.min(copy.length, at + 1 + int(8)));
      return { name: `${value} from ${at}`, bytes: copy };
    },
    () => {
      // The ends are where headers and footers are.
      const near = rng() < 0.5 ? int(Math.min(64, copy.length)) : Math.max(0, copy.length - 1 - int(200));
      copy[near] = copy[near]! ^ (1 << int(8));
      return { name: `a bit changed at ${near}`, bytes: copy };
    },
    () => ({
      name: `a piece left out at ${at}`,
      bytes: Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + int(40))]),
    }),
    () => ({
      name: `a piece twice at ${at}`,
      bytes: Buffer.concat([copy.subarray(0, at), copy.subarray(int(at + 1))]),
    }),
    () => ({ name: 'noise', bytes: Buffer.from(Array.from({ length: int(3000) }, () => int(256))) }),
    () => ({ name: 'of another format', bytes: others[int(others.length)]! }),
  ];
  return ways[int(ways.length)]!();
}

/** Files that are made to do harm, for any path of the right ending. `marker` would be made by what they execute. */
function craft(path: string, marker: string): readonly Hostile[] {
  const general: Hostile[] = [
    { name: 'a folder', make: (at) => mkdirSync(at) },
    { name: 'a pipe', make: (at) => void execFileSync('mkfifo', [at]) },
    { name: 'a link to itself', make: (at) => symlinkSync(at, at) },
    { name: 'a link to endless zeros', make: (at) => symlinkSync('/dev/zero', at) },
    { name: 'a link to nothing', make: (at) => symlinkSync(`${at}-none`, at) },
  ];
  const of = (files: Readonly<Record<string, Buffer | string>>): Hostile[] =>
    Object.entries(files).map(([name, bytes]) => ({
      name,
      bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes,
    }));
  if (/\.(png|jpe?g|webp)$/.test(path)) return [...general, ...of(images(marker))];
  if (path.endsWith('.gz')) return [...general, ...of(made.gzips[path.includes('idx3') ? 3 : 1]())];
  if (path.endsWith('.mat')) return [...general, ...of(made.mats())];
  if (path.endsWith('.pkl')) return [...general, ...of(pickles(marker))];
  if (path.endsWith('.parquet')) return [...general, ...of(made.parquets())];
  if (path.endsWith('.json') || path.endsWith('.jsonl')) return [...general, ...of(made.jsons())];
  if (path.endsWith('.txt')) return [...general, ...of(made.texts())];
  return general;
}

function pngHeader(width: number, height: number, data = Buffer.alloc(0)): Buffer {
  const chunk = (type: string, body: Buffer) => {
    const all = Buffer.concat([Buffer.alloc(4), Buffer.from(type), body, Buffer.alloc(4)]);
    all.writeUInt32BE(body.length);
    all.writeUInt32BE(crc32(all.subarray(4, 8 + body.length)), 8 + body.length);
    return all;
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function images(marker: string): Record<string, Buffer | string> {
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('');
  return {
    'a PNG of 2³¹ pixels a side': pngHeader(0x7fffffff, 0x7fffffff),
    'a PNG of 60000² that is packed small': pngHeader(60_000, 60_000, deflateSync(Buffer.alloc(1e7))),
    'a PNG of 3000² without its pixels': pngHeader(3000, 3000, deflateSync(Buffer.alloc(100))),
    'a PNG of no width': pngHeader(0, 5),
    'a GIF of 65535²':
      'GIF89a\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02D\x01\x00;',
    'a JPEG of 65535²':
      '\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00?\x00\xff\xd9',
    'a TIFF of 2³² pixels a side':
      'II*\x00\x08\x00\x00\x00\x02\x00\x00\x01\x04\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x01\x04\x00\x01\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00',
    'an SVG that reads a file':
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd" width="9" height="9"/></svg>',
    'an SVG whose text grows to gigabytes': `<!DOCTYPE s [<!ENTITY e0 "eeeeeeeeee">${entities}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&e9;</text></svg>`,
    'an SVG of 10⁹ pixels': '<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"/>',
    PostScript: `%!PS\n(${marker}) (w) file closefile`,
    'ImageMagick script': `push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 '|touch ${marker}'\npop graphic-context`,
    HTML: '<html><body>404 Not Found</body></html>',
    zeros: Buffer.alloc(2_000_000),
  };
}

function gzips(dimensions: 1 | 3): Record<string, Buffer | string> {
  const lie = (...shape: number[]) => gzipSync(idxFile(shape, new Uint8Array(100)));
  const bomb = gzipSync(Buffer.alloc(80_000_000));
  return {
    'a gzip of 80 MB in 80 kB': bomb,
    'a gzip within a gzip': gzipSync(bomb),
    'an IDX of 2³² pictures': lie(...[0xffffffff, 0xffffffff, 0xffffffff].slice(0, dimensions)),
    'an IDX of none': lie(...[0, 28, 28].slice(0, dimensions)),
    'an IDX of another number of dimensions': lie(...Array(7).fill(1)),
    'an IDX of floats': gzipSync(Buffer.from([0, 0, 0x0d, dimensions, 0, 0, 0, 1])),
    'labels beyond the classes': gzipSync(idxFile([2], Uint8Array.of(3, 200))),
    'no gzip': 'no gzip',
  };
}

function mats(): Record<string, Buffer | string> {
  const header = matFile([]).subarray(0, 128);
  const matrix = (length: number, rest = Buffer.alloc(64)) => {
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(14);
    tag.writeUInt32LE(length, 4);
    return Buffer.concat([tag, rest]);
  };
  const packed = (inside: Buffer) => Buffer.concat([header, matElement(15, deflateSync(inside), 1)]);
  const x = (...shape: number[]) => matFile([{ name: 'X', shape, data: new Uint8Array(64) }]);
  return {
    'an array of 4 GB': packed(matrix(0xffffffff)),
    'an array of 300 MB in 30 bytes': packed(matrix(300_000_000)),
    'an array longer than it says': packed(matrix(8, Buffer.alloc(1_000_000))),
    'an array of zeros, packed small': packed(matrix(5_000_000, Buffer.alloc(5_000_000))),
    'an array within an array': packed(packed(matrix(64))),
    'an element without an end': Buffer.concat([header, Buffer.from([14, 0, 0, 0, 255, 255, 255, 255])]),
    'elements of no length': Buffer.concat([header, Buffer.alloc(80_000)]),
    'sides that multiply beyond all numbers': x(0x7fffffff, 0x7fffffff, 0x7fffffff),
    'negative sides': x(-32, -32, 1, 1),
    'no sides': x(),
    HDF5: '\x89HDF\r\n\x1a\n'.padEnd(600, '\0'),
  };
}

function pickles(marker: string): Record<string, Buffer | string> {
  return {
    'a call of os.system': `cos\nsystem\n(S'touch ${marker}'\ntR.`,
    'a call of os.system, protocol 4': `\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93\x8c${String.fromCharCode(6 + marker.length)}touch ${marker}\x85R.`,
    'a call of eval within the captions': `(dS'a1'\n(lc__builtin__\neval\n(S'open("${marker}","w")'\ntRas.`,
    'an instance': `(S'touch ${marker}'\nios\nsystem\n.`,
    'a subprocess': `csubprocess\nPopen\n((lS'touch'\naS'${marker}'\natR.`,
    'an object built': `c__main__\nA\n)\x81}S'a'\nNsb.`,
    'an extension': '\x82\x01)R.',
    'something persistent': 'P1\n.',
    'text of 4 GB': 'T\xff\xff\xff\x7f',
    'text of 2⁶³ bytes': '\x8d\xff\xff\xff\xff\xff\xff\xff\x7f',
    'a number of a megabyte': `\x8b\x40\x42\x0f\x00${'\x7f'.repeat(1_000_000)}.`,
    'digits of a megabyte': `I${'9'.repeat(1_000_000)}\n.`,
    'millions of values': `(${'}'.repeat(7_000_000)}t.`,
    'lists in lists': `${']'.repeat(100_000)}${'a'.repeat(99_999)}.`,
    'a list that holds itself': ']q\x00h\x00a.',
    'a dictionary that is its own key': '}q\x00h\x00h\x00s.',
    'a reference to a value to come': '}q\x00h\x09.',
    'no dictionary': '(lS"a"\na.',
    'marks alone': '('.repeat(1_000_000),
    'captions that are no text': "(dS'a1'\n(lNaI5\naNas.",
  };
}

function parquets(): Record<string, Buffer | string> {
  const file = (footer: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    return Buffer.concat([Buffer.from('PAR1'), footer, length, Buffer.from('PAR1')]);
  };
  const varint = (bytes: number[]) => file(Buffer.from(bytes));
  // In the compact protocol of Thrift: a field of type 9 is a list, F says that its length follows; 12 is a structure.
  return {
    'a list of 2³¹': varint([0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07]),
    'a list of 30 million': varint([0x29, 0xf5, 0x80, 0x87, 0xa7, 0x0e]),
    'lists of 30 million in lists': file(
      Buffer.concat([Buffer.from([0x29]), ...Array<Buffer>(400).fill(Buffer.from([0xf9, 0x80, 0x87, 0xa7, 0x0e]))]),
    ),
    'structures in structures': file(Buffer.alloc(400_000, 0x1c)),
    'a number without an end': file(Buffer.concat([Buffer.from([0x16]), Buffer.alloc(500_000, 0xff)])),
    'text of 2³¹ bytes': varint([0x18, 0xff, 0xff, 0xff, 0xff, 0x07]),
    'a footer longer than the file': Buffer.from('PAR1\xff\xff\xff\xffPAR1', 'latin1'),
    'a footer of nothing': file(Buffer.alloc(0)),
    'a schema that is its own child': varint([0x29, 0x1c, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 0]),
    'the magic word alone': 'PAR1',
    'an encrypted one': 'PARE\x00\x00\x00\x00PARE',
  };
}

function jsons(): Record<string, Buffer | string> {
  return {
    'lists in lists': '['.repeat(3_000_000),
    'objects in objects': '{"a":'.repeat(500_000),
    'an item that is deep': `{"images":[{"id":1,"file_name":${'['.repeat(200_000)}${']'.repeat(200_000)}}]}`,
    'text without an end': `{"images": ["${'a'.repeat(3_000_000)}`,
    'a line of 5 MB': `{"file":"${'a'.repeat(5_000_000)}","caption":"b"}`,
    'millions of empty lines': '\n'.repeat(3_000_000),
    'millions of empty objects': `{"images":[${'{},'.repeat(500_000)}{}]}`,
    'a way out of the folder': '{"images":[{"id":1,"file_name":"../../../../etc/passwd"}],"annotations":[]}',
    prototypes: '{"file":"__proto__","caption":"a"}\n{"file":"0.png","caption":"b","__proto__":{"x":1}}',
    'numbers that are none': '{"images":[{"id":1e999,"file_name":"a"}],"annotations":[{"image_id":NaN,"caption":""}]}',
    'an embedding of a million numbers': `{"file":"0.png","caption":"a","embedding":[${'1,'.repeat(1_000_000)}1]}`,
    'no UTF-8': '{"file":"\xff\xfe","caption":"\xc3\x28"}\n\x00\x00',
    null: 'null',
    'captions for nothing': '{"images":[],"annotations":[]}',
  };
}

function texts(): Record<string, Buffer | string> {
  return {
    'a line of 6 MB': 'a'.repeat(6_000_000),
    'millions of lines': 'a\n'.repeat(2_000_000),
    'millions of columns': `Male ${'a '.repeat(1_000_000)}\n`,
    'a way out of the folder': '1\nMale Young Smiling\n../../../etc/passwd 1 1 1\n',
    zeros: '\0'.repeat(100_000),
    'a part that is none': '1.jpg 7\n',
  };
}

/** What does not depend on the case is made once. */
const made = {
  gzips: { 1: once(() => gzips(1)), 3: once(() => gzips(3)) },
  mats: once(mats),
  parquets: once(parquets),
  jsons: once(jsons),
  texts: once(texts),
};

function once<T>(make: () => T): () => T {
  let found: T | undefined;
  return () => {
    found ??= make();
    return found;
  };
}

/** One of several, by chance. */
function pick<T>(rng: Random, of: readonly T[]): T {
  return of[Math.floor(rng() * of.length)]!;
}

/** What a case puts in the place of which file. */
export function hostileAt(
  fixture: Fixture,
  fixtures: Readonly<Record<string, Fixture>>,
  index: number,
  marker: string,
) {
  const rng = random('hostile', index);
  const path = pick(rng, Object.keys(fixture.files));
  const crafted = rng() < 0.4;
  const others = Object.values(fixtures).flatMap(({ files }) => Object.values(files));
  return { path, hostile: crafted ? pick(rng, craft(path, marker)) : damage(rng, fixture.files[path]!, others) };
}

/** Puts it there. */
export function place(path: string, { bytes, make }: Hostile): void {
  if (bytes) writeFileSync(path, bytes);
  make?.(path);
}
