import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.ts';
import { type Evaluation, evaluate } from '../../../src/eval/evaluation/evaluate.ts';
import { attributesKept, checkNamed, openJudge } from '../../../src/eval/measures/judge.ts';
import { methodsOf } from '../../../src/eval/methods/parse.ts';
import { protocols } from '../../../src/eval/protocols/index.ts';
import { reportEvaluation } from '../../../src/eval/reporting/report.ts';
import { writeOnnx } from '../../../src/graph/onnx/write.ts';
import { neg } from '../../../src/graph/ops/elementwise.ts';
import { concat } from '../../../src/graph/ops/layout.ts';
import { mean } from '../../../src/graph/ops/reduce.ts';
import { input } from '../../../src/graph/value.ts';
import { type Image, image } from '../../../src/image/image.ts';
import { tinyModel } from '../../helpers/pictures.ts';

const heads = [
  { attribute: 'colour', values: ['red', 'green', 'blue'] },
  { attribute: 'tone', values: ['dark', 'light'] },
];
const small = { size: 8, range: [-1, 1], heads };

/** A judge by mean colours: the channel that is highest, and whether all values together are above 0. */
function judgeFolder(card: unknown = small): string {
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-judge-'));
  const pixels = input('image', [1, 3, 8, 8]);
  const all = mean(pixels, [1, 2, 3], { keep: true });
  const logits = concat([mean(pixels, [2, 3], { keep: true }), neg(all), all], 1);
  const flat = mean(logits, [2, 3]);
  writeFileSync(join(folder, 'judge.onnx'), writeOnnx({ logits: flat }, { batch: 'N' }));
  writeFileSync(join(folder, 'judge.json'), typeof card === 'string' ? card : JSON.stringify(card));
  return folder;
}

type Colour = readonly [number, number, number];

/** A picture in one colour, its middle half in another. */
function framed(size: number, outer: Colour, inner: Colour = outer): Image {
  const isInner = (at: number) => at >= size / 4 && at < (3 * size) / 4;
  const data = Float32Array.from({ length: 3 * size * size }, (_, k) => {
    const [x, y, c] = [k % size, Math.floor(k / size) % size, Math.floor(k / size / size)];
    return (isInner(x) && isInner(y) ? inner : outer)[c]!;
  });
  return image(size, size, 3, data);
}

test('a judge tells each picture, of any size and number, in the values of its card', async () => {
  await using judge = await openJudge(judgeFolder());
  const pictures = Array.from({ length: 70 }, (_, i) =>
    framed(8 + (i % 4) * 5, i % 3 === 0 ? [0.1, 0.5, 0.2] : [0.8, 0.7, 0.9]),
  );
  const seen = await judge.classify(pictures);
  expect(seen).toHaveLength(70);
  for (const [i, shown] of seen.entries()) {
    expect(shown).toEqual(i % 3 === 0 ? { colour: 'green', tone: 'dark' } : { colour: 'blue', tone: 'light' });
  }
});

test('the range of the card is what the network gets', async () => {
  const dark = framed(8, [0.4, 0.2, 0.1]);
  await using signed = await openJudge(judgeFolder({ size: 8, heads }));
  expect(await signed.classify([dark])).toEqual([{ colour: 'red', tone: 'dark' }]);
  await using positive = await openJudge(judgeFolder({ ...small, range: [0, 255] }));
  expect(await positive.classify([dark])).toEqual([{ colour: 'red', tone: 'light' }]);
});

test('asked is what the data name and the judge sees in the true picture', () => {
  const truth = { hair: 'red', eyes: 'wide', mouth: 'open' };
  const named = { hair: 'red', eyes: 'wide', mouth: 'shut', hat: 'none' };
  expect(attributesKept(named, truth, truth)).toBe(1);
  expect(attributesKept(named, truth, { hair: 'red', eyes: 'closed', mouth: 'shut' })).toBe(0.5);
  expect(attributesKept(named, truth, { hair: 'grey', eyes: 'closed', mouth: 'shut' })).toBe(0);
  expect(attributesKept({ mouth: 'shut' }, truth, truth)).toBeNull();
  expect(attributesKept({}, truth, truth)).toBeNull();
});

/** Filled with the mean of the known pixels, the first loses its blue middle. Of the last, nothing is named. */
const pictures = [framed(32, [0.2, 0, 0], [0, 0, 1]), framed(32, [0.3, 0, 0]), framed(32, [0, 1, 0])];
const named: Record<string, string>[] = [{ colour: 'blue', tone: 'dark' }, { colour: 'red', tone: 'light' }, {}];
const dataset: Dataset = {
  ...{ name: 'frames', length: 3, size: 32, captions: () => [], licence: { licence: '', attribution: '' } },
  image: async (i) => pictures[i]!,
  attributes: (i) => named[i]!,
};

test('an evaluation has the share of attributes that fills keep, of the pictures that can be asked', async () => {
  const evaluation: Evaluation = {
    ...{ model: tinyModel(), dataset, source: 'frames', protocols: [protocols.center!], seed: 0, captions: false },
    methods: methodsOf('mean,harmonic', { nearestTraining: () => Promise.reject(new Error('not asked for')) }),
    ...{ count: 3, out: mkdtempSync(join(tmpdir(), 'latentfill-judged-')) },
  };
  const evaluated = await evaluate(evaluation);
  await using judge = await openJudge(judgeFolder());
  const { rows, files } = await reportEvaluation(evaluation, evaluated, { reference: 'mean', judge });
  const { own } = rows.find(({ method }) => method === 'mean')!.figures.attributes!;
  expect(own).toMatchObject({ mean: 75, pictures: 2 }); // half of the first's two, the second's one
  expect(files['table.md']).toContain('attributes, %');
  const without = await reportEvaluation(evaluation, evaluated, { reference: 'mean' });
  expect(without.rows.every(({ figures }) => figures.attributes === undefined)).toBe(true);
  expect(without.files['table.md']).not.toContain('attributes');
});

test('data that name nothing of what a judge tells apart are refused', async () => {
  await using judge = await openJudge(judgeFolder());
  expect(() => checkNamed(judge, dataset)).not.toThrow();
  const { attributes: _, ...unnamed } = dataset;
  expect(() => checkNamed(judge, unnamed)).toThrow(/Expected data that name colour, tone .* got 'frames' without/);
  expect(() => checkNamed(judge, { ...dataset, attributes: () => ({ colour: 'pink', hat: 'none' }) })).toThrow(
    /got 'frames' without/,
  );
});

test('a folder that holds no judge, or one that does not fit, is refused when it is opened', async () => {
  const folder = judgeFolder();
  rmSync(join(folder, 'judge.onnx'));
  await expect(openJudge(folder)).rejects.toMatchObject({
    code: 'file',
    message: expect.stringMatching(/got no '.*judge\.onnx'/),
  });
  await expect(openJudge(join(folder, 'none'))).rejects.toMatchObject({
    code: 'file',
    message: expect.stringMatching(/judge\.json/),
  });
  await expect(openJudge(judgeFolder('{'))).rejects.toMatchObject({
    code: 'file',
    message: expect.stringMatching(/Expected JSON/),
  });
  await expect(openJudge(judgeFolder({ ...small, heads: [] }))).rejects.toMatchObject({ code: 'options' });
  await expect(openJudge(judgeFolder({ ...small, size: 9 }))).rejects.toMatchObject({ code: 'network' });
  const fewer = { ...small, heads: heads.slice(0, 1) };
  await expect(openJudge(judgeFolder(fewer))).rejects.toMatchObject({
    code: 'network',
    message: expect.stringMatching(/a logit for each value of judge\.json, \[2,3\], got \[2,5\]/),
  });
});
