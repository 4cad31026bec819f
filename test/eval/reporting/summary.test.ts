import { expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { type Matrix, matrix } from '../../../src/eval/measures/inner-products.ts';
import { ALL, type Row, summarise } from '../../../src/eval/reporting/summary.ts';
import { type Given, scores } from './scores.ts';

const holes = (values: Readonly<Record<number, number>>): Given[] =>
  Object.entries(values).map(([picture, hole]) => ({ picture: Number(picture), hole }));
const rowOf = (rows: readonly Row[], method: string, protocol: string) =>
  rows.find((row) => row.method === method && row.protocol === protocol)!.figures;

test('means over own pictures, differences over those of both, each with its n', async () => {
  const rows = await summarise(
    [
      scores('ours', 'center', holes({ 0: 20, 1: 22, 2: 27 })),
      scores('few', 'center', holes({ 2: 24, 0: 19 })),
      scores('apart', 'center', holes({ 7: 5, 8: 6 })),
    ],
    'ours',
  );
  expect(rows.map(({ method, protocol }) => [method, protocol])).toEqual([
    ['ours', 'center'],
    ['few', 'center'],
    ['apart', 'center'],
  ]);
  expect(rowOf(rows, 'ours', 'center').hole).toMatchObject({ own: { mean: 23, pictures: 3 }, difference: null });
  const { own, difference } = rowOf(rows, 'few', 'center').hole!;
  expect(own).toMatchObject({ mean: 21.5, pictures: 2, photographs: 2 });
  expect(difference).toMatchObject({ mean: -2, pictures: 2, photographs: 2 }); // 24 − 27 and 19 − 20
  expect(difference!.low).toBeGreaterThanOrEqual(-3);
  expect(difference!.high).toBeLessThanOrEqual(-1);
  expect(rowOf(rows, 'apart', 'center').hole).toMatchObject({ own: { mean: 5.5 }, difference: null });
});

test('a fill without a measure is left out of it alone; a measure that no fill has is no figure', async () => {
  const rows = await summarise(
    [
      scores('ours', 'center', [
        { picture: 0, hole: 10, known: null },
        { picture: 1, hole: 12, known: 30 },
      ]),
      scores('other', 'center', [
        { picture: 0, hole: 11, known: 21 },
        { picture: 1, hole: 14, known: 25 },
      ]),
    ],
    'ours',
  );
  const other = rowOf(rows, 'other', 'center');
  expect(Object.keys(other)).toEqual(['hole', 'known']);
  expect(other.known).toMatchObject({ own: { mean: 23, pictures: 2 }, difference: { mean: -5, pictures: 1 } });
  expect(rowOf(rows, 'ours', 'center').known!.own).toMatchObject({ mean: 30, pictures: 1, low: null, high: null });
});

test('over all holes: of each picture the mean over its holes, where a method has filled all of them', async () => {
  const rows = await summarise(
    [
      scores('ours', 'center', holes({ 0: 10, 1: 20, 2: 30 })),
      scores('other', 'center', holes({ 0: 11, 1: 23, 2: 1 })),
      scores('ours', 'half', holes({ 0: 12, 1: 24, 2: 38 })),
      scores('other', 'half', holes({ 1: 21, 0: 9 })),
      scores('half', 'center', []),
      scores('half', 'half', holes({ 0: 1 })),
    ],
    'ours',
  );
  expect(rowOf(rows, 'ours', ALL).hole).toMatchObject({ own: { mean: (11 + 22 + 34) / 3, pictures: 3 } });
  expect(rowOf(rows, 'other', ALL).hole).toMatchObject({
    own: { mean: (10 + 22) / 2, pictures: 2 },
    difference: { mean: (-1 + 0) / 2, pictures: 2 },
  });
  expect(rowOf(rows, 'half', ALL)).toEqual({});
  expect(rows.filter(({ method }) => method === 'half').map(({ protocol }) => protocol)).toEqual(['half', ALL]);
});

test('pictures of one photograph count as one: without a second there is no interval', async () => {
  const crops = (...photographs: string[]) =>
    photographs.map((photograph, picture) => ({ picture, photograph, hole: 20 + picture }));
  const rows = await summarise(
    [
      scores('one', 'center', crops('a', 'a', 'a', 'a')),
      scores('two', 'center', crops('a', 'a', 'b', 'b')),
      scores('four', 'center', crops('a', 'b', 'c', 'd')),
    ],
    'none of them',
  );
  const found = (name: string) => rowOf(rows, name, 'center').hole!.own;
  expect(found('one')).toEqual({ mean: 21.5, pictures: 4, photographs: 1, low: null, high: null });
  expect(found('two')).toMatchObject({ mean: 21.5, pictures: 4, photographs: 2, low: 20.5, high: 22.5 });
  expect(found('four')).toMatchObject({ mean: 21.5, photographs: 4 });
  expect(found('four').low).toBeLessThan(20.5); // single crops vary more than photographs
  expect(rows.every(({ figures }) => figures.hole!.difference === null)).toBe(true);
});

test('the kernel distance stands beside another over the same pictures alone, and for four photographs or more', async () => {
  const rng = random('features');
  const some = (rows: number, shift = 0): Matrix =>
    matrix(Array.from({ length: rows }, () => Float32Array.from({ length: 8 }, () => rng() + shift)));
  const truths = some(6);
  const [near, far] = [some(6), some(6, 1)];
  const six = holes({ 0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1 });
  const rows = await summarise(
    [
      scores('ours', 'center', six, { fills: near, truths }),
      scores('far', 'center', six, { fills: far, truths }),
      scores('backwards', 'center', six.toReversed(), { fills: reversed(near), truths: reversed(truths) }),
      scores('more', 'center', [...six, { picture: 9 }], { fills: some(7), truths: some(7) }),
      scores('three', 'center', six.slice(3), { fills: some(3), truths: some(3) }),
      scores(
        'crops',
        'center',
        six.map((one) => ({ ...one, photograph: 'a' })),
        { fills: near, truths },
      ),
    ],
    'ours',
  );
  const kernel = (name: string) => rowOf(rows, name, 'center').kernel;
  expect(kernel('ours')).toMatchObject({ own: { pictures: 6, photographs: 6 }, difference: null });
  expect(kernel('far')!.difference!.mean).toBeCloseTo(kernel('far')!.own.mean - kernel('ours')!.own.mean, 6);
  expect(kernel('far')!.difference!.low).toBeGreaterThan(0);
  expect(kernel('backwards')!.difference!.mean).toBeCloseTo(0, 9); // rows are matched by picture
  expect(kernel('backwards')!.own.mean).toBeCloseTo(kernel('ours')!.own.mean, 9);
  expect(kernel('more')).toMatchObject({ own: { pictures: 7 }, difference: null });
  expect([kernel('three'), kernel('crops')]).toEqual([undefined, undefined]);
});

const reversed = ({ rows, columns, data }: Matrix): Matrix =>
  matrix(Array.from({ length: rows }, (_, i) => data.subarray((rows - 1 - i) * columns, (rows - i) * columns)));
