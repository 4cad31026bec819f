import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faceOf, headsOf } from '../../bench/judge/attributes.ts';
import { degrade } from '../../bench/judge/degrade.ts';
import { writeJudge } from '../../bench/judge/judge.ts';
import { trainJudge } from '../../bench/judge/train.ts';
import { random } from '../../src/base/random.ts';
import { toonFaces } from '../../src/data/sources/toon.ts';
import { openJudge } from '../../src/eval/measures/judge.ts';
import { psnr } from '../../src/eval/measures/psnr.ts';
import { mask } from '../../src/image/image.ts';

test('a short training already tells colours apart on faces that it never saw', async () => {
  const faces = toonFaces('judge test of training', 64, 256);
  const heads = headsOf(faces);
  const losses: number[] = [];
  const recipe = { batch: 32, steps: 60, learningRate: 0.002, clean: 0.5, seed: 0 };
  const weights = await trainJudge(faces, heads, recipe, (_step, loss) => losses.push(loss));
  expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-toon-judge-'));
  await writeJudge(folder, 64, heads, weights);
  await using judge = await openJudge(folder);
  const fresh = toonFaces('judge test of judging', 64, 70); // more than one run of the network
  const seen = await judge.classify(await Promise.all(Array.from({ length: 70 }, (_, i) => fresh.image(i))));
  const right = (key: string) => seen.filter((face, i) => face[key] === faceOf(fresh, i)[key]).length / 70;
  expect(right('skinColor')).toBeGreaterThan(0.5);
  expect(right('clothesColor')).toBeGreaterThan(0.4);
});

test('a degraded face is another picture of the same face, the same for the same randomness', async () => {
  const face = await toonFaces('judge test of degrading', 64, 1).image(0);
  const all = mask(64, 64, new Float32Array(64 * 64).fill(1));
  const apart = Array.from({ length: 20 }, (_, i) => psnr(degrade(face, random('test', i)), face, all).whole);
  expect(Math.max(...apart)).toBeLessThan(45);
  expect(Math.min(...apart)).toBeGreaterThan(10);
  expect(degrade(face, random('test', 1)).data).toEqual(degrade(face, random('test', 1)).data);
  expect(degrade(face, random('test', 1)).data.every((v) => v >= 0 && v <= 1)).toBe(true);
});
