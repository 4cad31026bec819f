/** @file Whole evaluations, small ones: what is kept of them, and how they go on. */

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LatentfillError } from '../../../src/base/errors.ts';
import type { Dataset } from '../../../src/data/dataset.ts';
import { openDataset } from '../../../src/data/open-dataset.ts';
import { type Case, eachPicture, in8Bits } from '../../../src/eval/evaluation/cases.ts';
import { type Evaluation, type EvaluationControl, evaluate } from '../../../src/eval/evaluation/evaluate.ts';
import { fileOf, keptPicture } from '../../../src/eval/evaluation/pictures.ts';
import type { Line } from '../../../src/eval/evaluation/results.ts';
import { psnr } from '../../../src/eval/measures/psnr.ts';
import { corrupted, meanColour } from '../../../src/eval/methods/baselines.ts';
import { methodsOf } from '../../../src/eval/methods/parse.ts';
import { protocols } from '../../../src/eval/protocols/index.ts';
import { reportEvaluation } from '../../../src/eval/reporting/report.ts';
import { writeImage } from '../../../src/image/image-file.ts';
import { inpaint } from '../../../src/inpaint/inpainter.ts';
import { cardSchema } from '../../../src/model/card.ts';
import { loadModel } from '../../../src/model/folder.ts';
import { noisePicture, tinyModel } from '../../helpers/pictures.ts';

const SEARCH = 'steps=5,screen=8,restarts=2,schedule=cosine';
const TWINS = `mean,mine:${SEARCH},twin:${SEARCH},blend=paste`;
const model = await loadModel(join(import.meta.dirname, '../../../models/toon-64'));
const folder = () => mkdtempSync(join(tmpdir(), 'latentfill-evaluate-'));
const named = (...names: string[]) => names.map((name) => protocols[name]!);
const methods = (text: string) =>
  methodsOf(text, { nearestTraining: () => Promise.reject(new Error('nobody asked for it')) });

async function evaluation(
  out: string,
  text: string,
  { count = 4, ...more }: Partial<Evaluation> = {},
): Promise<Evaluation> {
  const dataset = await openDataset('toon', { size: 64, split: 'heldout', count });
  return {
    ...{ model, dataset, source: 'toon', protocols: named('center', 'half'), seed: 0, captions: false },
    ...{ methods: methods(text), count, out },
    ...more,
  };
}

/** Runs an evaluation; gives the table without what depends on the clock. */
async function tableOf(one: Evaluation, control?: EvaluationControl): Promise<string> {
  const evaluated = await evaluate(one, control);
  const { files } = await reportEvaluation(one, evaluated, { reference: one.methods[0]!.name });
  return files['table.csv']!.replace(/^.*,seconds,.*\n/gm, '');
}

const textOf = (out: string) => readFileSync(join(out, 'results.jsonl'), 'utf8');
const linesOf = (out: string): Line[] =>
  textOf(out)
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line));
const keyOf = ({ method, protocol, picture }: Line) => `${method} ${protocol} ${picture}`;
/** A line without what depends on the clock. */
const timeless = ({ seconds: _, curve, ...line }: Line) => ({
  ...line,
  curve: curve?.map(([n, , ...more]) => [n, more]),
});
const byKey = (out: string) => Object.fromEntries(linesOf(out).map((line) => [keyOf(line), timeless(line)]));

test('each method fills each case once; a twin that blends otherwise shares the search', async () => {
  const out = folder();
  const one = await evaluation(out, TWINS);
  let all = 0;
  const { cases } = await evaluate(one, { onProgress: (pace) => (all = pace.all) });
  expect(all).toBe(16); // 8 of mean, and 8 searches for both others
  const lines = linesOf(out);
  const keys = one.methods.flatMap(({ name }) =>
    ['center', 'half'].flatMap((protocol) => [0, 1, 2, 3].map((picture) => `${name} ${protocol} ${picture}`)),
  );
  expect(lines.map(keyOf).sort()).toEqual(keys.sort());
  const find = (method: string, protocol: string, picture: number) =>
    lines.find((line) => keyOf(line) === `${method} ${protocol} ${picture}`)!;
  for (const { protocol, picture, truth, mask } of cases) {
    const [mine, twin] = [find('mine', protocol, picture), find('twin', protocol, picture)];
    const { hole: _, ...rest } = mine;
    expect(twin).toMatchObject({ contextual: rest.contextual, known: rest.known, diversity: rest.diversity });
    expect([mine.evaluations, twin.evaluations]).toEqual([14, 14]); // 8 screened, 2 steps of one and 4 of the better
    expect(twin.curve!.at(-1)![3]).toBeCloseTo(twin.hole, 4);
    expect(mine.curve!.at(-1)![3]).toBeCloseTo(mine.hole, 4);
    const drawn = await keptPicture(out, 'reconstructions', 'twin', { protocol, picture });
    expect(twin.hole).toBeCloseTo(psnr(drawn, truth, mask).hole, 4); // a paste shows in the hole what G drew there
    expect(Math.abs(mine.hole - twin.hole)).toBeGreaterThan(0.01);
    expect(find('mean', protocol, picture).hole).toBeCloseTo(psnr(meanColour(truth, mask), truth, mask).hole, 1);
  }
  // As the library fills one picture alone.
  const { truth, mask } = cases[3]!;
  const { candidates } = await inpaint(
    model,
    { image: truth, mask },
    { steps: 5, screen: 8, restarts: 2, schedule: 'cosine' },
  );
  const alone = in8Bits(await candidates[0]!.blended()).data;
  const kept = (await keptPicture(out, 'fills', 'mine', cases[3]!)).data;
  expect(Math.max(...alone.map((v, i) => Math.abs(v - kept[i]!)))).toBeLessThan(1.5 / 255);
  expect(candidates[0]!.losses.contextual).toBeCloseTo(find('mine', 'half', 1).contextual!, 4);
});

// Four cases fill the rows of a search, so that there are three searches.
const WIDE = 'mean,mine:steps=3,screen=16,restarts=16,twin:steps=3,screen=16,restarts=16,blend=paste';

test('two runs give one table; so does one that is stopped, torn and cut, and goes on', async () => {
  const [whole, again, stopped] = [folder(), folder(), folder()];
  const five = { count: 5 };
  const table = await tableOf(await evaluation(whole, WIDE, five));
  expect(table.split('\n').length).toBeGreaterThan(80);
  expect(await tableOf(await evaluation(again, WIDE, five))).toBe(table);
  const one = await evaluation(stopped, WIDE, five);
  const lengths: number[] = [];
  const stopAt = async (moment: number, delay: number) => {
    const controller = new AbortController();
    let seen = 0;
    const onProgress = () => {
      if (++seen !== moment) return;
      if (delay === 0) controller.abort(new Error('enough'));
      else setTimeout(() => controller.abort(new Error('enough')), delay);
    };
    await expect(evaluate(one, { signal: controller.signal, onProgress })).rejects.toThrow('enough');
    lengths.push(linesOf(stopped).length);
    expect(readdirSync(stopped)).not.toContain('.evaluation.lock');
  };
  await stopAt(1, 0);
  await stopAt(4, 0); // among the means
  appendFileSync(join(stopped, 'results.jsonl'), '{"method":"mean","of":"825');
  const half = join(stopped, 'fills/mean/center/.0123abcd.part'); // as a killed process leaves it
  writeFileSync(half, 'x');
  await stopAt(7, 20); // in a search, since the means are done by then
  await stopAt(2, 0);
  expect(existsSync(half)).toBe(false);
  expect(lengths[0]).toBeLessThanOrEqual(1);
  expect(lengths[3]).toBeGreaterThan(lengths[1]!);
  expect(lengths[3]).toBeLessThan(30);
  expect(await tableOf(one)).toBe(table);
  expect(byKey(stopped)).toEqual(byKey(whole));

  const text = textOf(stopped);
  const cut = text.trimEnd().split('\n').slice(0, -3).join('\n');
  writeFileSync(join(stopped, 'results.jsonl'), `${cut}\n{"met`);
  expect(await tableOf(one)).toBe(table);
  expect(textOf(stopped).startsWith(`${cut}\n`)).toBe(true);
  expect(linesOf(stopped)).toHaveLength(30); // those that had been kept were not written twice
}, 180_000);

test('more pictures, another method, a twin: what is there stays, each fill has one line', async () => {
  const out = folder();
  await evaluate(await evaluation(out, 'mean', { count: 2 }));
  let before = textOf(out);
  for (const [text, count] of [
    [`mean,mine:${SEARCH}`, 2],
    [`mean,mine:${SEARCH}`, 4],
    [TWINS, 4],
    [`${TWINS},harmonic@1,parted:${SEARCH},lambda=0@99`, 4],
  ] as const) {
    await evaluate(await evaluation(out, text, { count }));
    const after = textOf(out);
    expect(after.startsWith(before)).toBe(true);
    expect(after.length).toBeGreaterThan(before.length);
    before = after;
  }
  const keys = linesOf(out).map(keyOf);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => key.startsWith('harmonic'))).toEqual(['harmonic center 0', 'harmonic half 0']);
  expect(keys.filter((key) => key.startsWith('parted'))).toHaveLength(8);
  const fresh = folder();
  await evaluate(await evaluation(fresh, TWINS));
  const grown = byKey(out);
  const same = Object.entries(byKey(fresh)).map(([key, line]) => [line, grown[key]]);
  for (const [line, other] of same) expect(other).toMatchObject({ ...line, hole: expect.closeTo(line!.hole, 3) });
}, 120_000);

test('another seed, data, holes, size, model, or captions: one sentence, and the folder stays as it was', async () => {
  const out = folder();
  await evaluate(await evaluation(out, 'mean', { count: 1 }));
  const before = textOf(out);
  const small = await openDataset('toon', { size: 32, split: 'heldout', count: 1 });
  const renamed = { ...model, card: { ...model.card, name: 'other' } };
  const retrained = { ...model, source: { ...model.source!, generator: new Uint8Array(3) } };
  const { dataset } = await evaluation(out, 'mean', { count: 1 });
  const changed: Dataset = { ...dataset, image: async () => noisePicture(64, 64, 1) };
  const cases: [Partial<Evaluation>, string][] = [
    [{ seed: 1 }, "'seed' (0 then, 1 now)"],
    [{ source: 'toon ' }, "'data' (toon then, toon  now)"],
    [{ protocols: named('center') }, "'masks' (center,half then, center now)"],
    [{ dataset: small }, "'size' (64 then, 32 now)"],
    [{ model: renamed }, "'model' (toon-64 then, other now)"],
    [{ model: retrained }, 'the networks of the model: write'],
    [{ captions: true }, "'captions' (false then, true now)"],
    [{ dataset: changed }, 'the pictures or masks: write'],
  ];
  for (const [change, words] of cases) {
    const refused = evaluate(await evaluation(out, `mean,mine:${SEARCH}`, { count: 1, ...change }));
    const { code, message } = await refused.then(
      () => expect.unreachable(words),
      (error) => error,
    );
    expect(code).toBe('options');
    expect(message).toContain(`in '${out}', got another value of ${words}`);
    expect(message).toMatch(/^Expected [^\n]*: write to another folder, or start anew\.$/);
  }
  expect(textOf(out)).toBe(before);
  expect(readdirSync(out).sort()).toEqual(['fills', 'results.jsonl']);
});

test('a method of the same name with other options is filled anew', async () => {
  const out = folder();
  await evaluate(await evaluation(out, `mean,mine:${SEARCH}`, { count: 2 }));
  const other = await evaluation(out, 'mean,mine:steps=2,screen=0,restarts=1', { count: 2 });
  const table = await tableOf(other);
  expect(linesOf(out)).toHaveLength(12);
  expect(table).toBe(await tableOf({ ...other, out: folder() }));
});

test('a damaged line is refused with its number, a foreign file altogether', async () => {
  const out = folder();
  const one = await evaluation(out, 'mean', { count: 1 });
  await evaluate(one);
  const path = join(out, 'results.jsonl');
  const text = textOf(out);
  const damaged: [string, RegExp][] = [
    [
      text.replace('"hole":', '"hole":"x'),
      /Expected a fill in line 2 of '.*results\.jsonl', got .*: delete that line\.$/,
    ],
    [text.replace(/\n$/, '\n\n'), /Expected a fill in line 4 of/],
    [text.replace('"evaluation":1', '"evaluation":2'), /Expected the settings of an evaluation in line 1 of/],
    ['mine\n', /Expected the settings of an evaluation in line 1 of .*, got 'mine': name another folder\.$/],
  ];
  for (const [bad, words] of damaged) {
    writeFileSync(path, bad);
    await expect(evaluate(one)).rejects.toThrow(words);
    expect(textOf(out)).toBe(bad);
  }
  await expect(evaluate({ ...one, anew: true })).rejects.toThrow(/in line 1/); // not ours to remove
  expect(textOf(out)).toBe('mine\n');
});

test('anew removes what an evaluation wrote and nothing else, and only once all is known to be good', async () => {
  const out = folder();
  const one = await evaluation(out, `mean,mine:${SEARCH}`, { count: 1 });
  await evaluate(one);
  const own = ['notes.txt', 'fills/notes.txt', 'fills/mean/center/mine.png', 'reconstructions/mine/half/a.txt'];
  for (const name of own) writeFileSync(join(out, name), 'mine');
  const before = textOf(out);
  const [missing] = methods(`lama=${join(out, 'nowhere')}`);
  await expect(evaluate({ ...one, methods: [missing!], anew: true })).rejects.toThrow(/Expected a finished picture/);
  expect(textOf(out)).toBe(before);
  appendFileSync(join(out, 'results.jsonl'), 'damaged\n');
  await evaluate({ ...one, methods: methods('harmonic'), seed: 3, anew: true });
  expect(linesOf(out).map(keyOf)).toEqual(['harmonic center 0', 'harmonic half 0']);
  const left = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const places = left.map(({ parentPath, name }) => join(parentPath, name).slice(out.length + 1));
  expect(places.sort()).toEqual(
    [...own, 'fills/harmonic/center/0000.png', 'fills/harmonic/half/0000.png', 'results.jsonl'].sort(),
  );
});

test('pictures of another program are scored as ours, again when they change, and refused before anything is written', async () => {
  const [out, made] = [folder(), folder()];
  const one = await evaluation(out, `mean,other=${made}`, { count: 2 });
  await expect(evaluate(one)).rejects.toThrow(
    /Expected a finished picture '.*center.0000\.png', got none: fill the exported holes first/,
  );
  expect(readdirSync(out)).toEqual([]);
  const cases: Case[] = [];
  for await (const own of eachPicture(one)) cases.push(...own);
  for (const each of cases) await writeImage(join(made, fileOf(each)), meanColour(each.truth, each.mask));
  await evaluate(one);
  const lines = byKey(out);
  for (const place of ['center 0', 'center 1', 'half 0', 'half 1']) {
    const { method, of, ...figures } = lines[`mean ${place}`]!;
    expect(lines[`other ${place}`]).toMatchObject(figures);
  }
  const before = textOf(out);
  await evaluate(one);
  expect(textOf(out)).toBe(before);
  const [first] = cases;
  await writeImage(join(made, fileOf(first!)), corrupted(first!.truth, first!.mask));
  await evaluate(one);
  expect(linesOf(out)).toHaveLength(9);
  expect(textOf(out).startsWith(before)).toBe(true);
  await writeImage(join(made, fileOf(first!)), noisePicture(32, 32, 1));
  await expect(evaluate(one)).rejects.toThrow(/Expected .*finished picture .*64×64.*32×32/);
});

test('a damaged picture is left out with its reason; without any, there is nothing to evaluate', async () => {
  const out = folder();
  const one = await evaluation(out, 'mean', { count: 3 });
  const broken = (which: (i: number) => boolean): Dataset => ({
    ...one.dataset,
    image: (i) => (which(i) ? Promise.reject(new LatentfillError('image', 'torn')) : one.dataset.image(i)),
  });
  const skipped: unknown[] = [];
  const onSkipped = (...what: unknown[]) => skipped.push(what);
  await evaluate({ ...one, dataset: broken((i) => i === 1) }, { onSkipped });
  expect(skipped).toEqual([[1, 'torn']]);
  expect(linesOf(out).map(keyOf)).toEqual(['mean center 0', 'mean half 0', 'mean center 2', 'mean half 2']);
  const none = join(folder(), 'none');
  await expect(evaluate({ ...one, out: none, dataset: broken(() => true) })).rejects.toThrow(/^Expected pictures in/);
  expect(existsSync(none)).toBe(false);
});

test('a picture that was lost is made again, its figures stay', async () => {
  const out = folder();
  const one = await evaluation(out, `mean,mine:${SEARCH}`, { count: 2 });
  const table = await tableOf(one);
  const lost = ['fills/mean/center/0001.png', 'reconstructions/mine/half/0000.png'].map((name) => join(out, name));
  for (const path of lost) rmSync(path);
  expect(await tableOf(one)).toBe(table);
  expect(lost.map((path) => existsSync(path))).toEqual([true, true]);
  expect(linesOf(out).length).toBeLessThanOrEqual(10); // those two again, no others
});

test('names of methods are names of folders, of their own and in theirs', async () => {
  const out = folder();
  const search = 'steps=1,screen=0,restarts=1';
  await expect(evaluate(await evaluation(out, `Mean x:${search},mean,Mean_X:${search}`))).rejects.toThrow(
    /Expected methods whose names differ in letters, got 'Mean x' and 'Mean_X'/,
  );
  await evaluate(await evaluation(join(out, 'in'), `..:${search},a/b:${search}`, { count: 1 }));
  expect(readdirSync(join(out, 'in')).sort()).toEqual(['fills', 'reconstructions', 'results.jsonl']);
  expect(readdirSync(join(out, 'in/fills')).sort()).toEqual(['_.', 'a_b']);
});

test.each([
  ['no discriminator', 16, 0],
  ['views wider than holes, of larger pictures', 48, 0.25],
  ['views as close as holes allow, of larger pictures', 48, 1],
])('a model with %s', async (_what, size, share) => {
  const out = folder();
  const tiny = tinyModel();
  const dataset = await openDataset('toon', { size, split: 'heldout', count: 5 });
  const one = await evaluation(out, `mean,mine:${SEARCH},plateau=2,single:${SEARCH},restarts=1@3`, {
    ...{ count: 5, dataset, protocols: named('center', 'random80', 'strokes') },
    model: {
      ...{ ...tiny, discriminator: size === 16 ? null : tiny.discriminator },
      card: cardSchema.parse({ ...tiny.card, view: { share } }),
    },
  });
  const table = await tableOf(one);
  expect(table).not.toMatch(/NaN|Infinity/);
  expect(/,logit,/.test(table)).toBe(size !== 16);
  expect(table).toMatch(/^all,single,hole,dB,3,3,/m);
  const before = textOf(out);
  await evaluate(one); // every line can be read again
  expect(textOf(out)).toBe(before);
  cpSync(out, `${out}-more`, { recursive: true });
  await evaluate({ ...one, out: `${out}-more`, methods: [...one.methods, ...methods('harmonic')] });
});
