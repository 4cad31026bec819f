/**
 * @file `npm run bench:captions -- [--model DIR] [--count 256] [--also swapped,named] [--hiding hair] [--out out/captions]`: whether a
 * caption decides what fills the hole, told by the judge of bench/judge. With `--samples` no hole is filled: pictures are drawn
 * from captions and judged, from a model folder or from a run (`--epoch N`).
 */

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LatentfillError } from '../src/base/errors.ts';
import { writeWhole } from '../src/base/write-whole.ts';
import { deviceOf, wholeNumber } from '../src/cli/flag-values.ts';
import { openToon } from '../src/data/sources/toon.ts';
import { openJudge } from '../src/eval/measures/judge.ts';
import { writeImage } from '../src/image/image-file.ts';
import { modelFolder } from '../src/model/find.ts';
import { loadModel } from '../src/model/folder.ts';
import { type Condition, conditions, runHiding, type Trial } from './captions/fills.ts';
import { type Hiding, hidings, SIZE } from './captions/hidings.ts';
import { drawTrials, inShort, printScores, scoresOf } from './captions/report.ts';
import { drawer, printSamples, scoreSamples } from './captions/samples.ts';
import { toonJudge } from './judge/judge.ts';

const { values: given } = parseArgs({
  options: {
    model: { type: 'string', default: 'toon-64' },
    count: { type: 'string', default: '256' },
    hiding: { type: 'string' },
    also: { type: 'string', default: '' },
    samples: { type: 'boolean', default: false },
    epoch: { type: 'string' },
    device: { type: 'string' },
    out: { type: 'string', default: 'out/captions' },
  },
});
const folder = await modelFolder(given.model);
const count = wholeNumber('count', given.count);
await (given.samples ? judgeSamples() : judgeFills());

async function judgeSamples(): Promise<void> {
  const epoch = given.epoch === undefined ? undefined : wholeNumber('epoch', given.epoch);
  const { rows, sheet } = await scoreSamples(await drawer(folder, epoch), count);
  printSamples(rows);
  await writeImage(join(given.out, 'samples.png'), sheet);
  await writeWhole(
    join(given.out, 'samples.json'),
    `${JSON.stringify({ model: given.model, count, rows }, null, 2)}\n`,
  );
}

async function judgeFills(): Promise<void> {
  const model = await loadModel(folder);
  await using judge = await openJudge(await toonJudge('out/judge', SIZE, console.error));
  const device = await deviceOf(given.device);
  // Without captions every fill of a hole is the same.
  const asked = ['true', 'shuffled', 'none', ...given.also.split(',').filter(Boolean)];
  const unknown = asked.filter((name) => !conditions.some((condition) => condition === name));
  if (unknown.length > 0) throw new LatentfillError('command', `Expected --also swapped,named, got '${given.also}'.`);
  const captioned = conditions.filter((condition) => asked.includes(condition));
  const ran: readonly Condition[] = model.text ? captioned : ['none'];
  if (!model.text) console.error(`The model '${model.card.name}' knows no captions: holes are filled without.`);
  const chosen = hidings.filter(({ name }) => given.hiding === undefined || name === given.hiding);
  if (chosen.length === 0) {
    const names = hidings.map(({ name }) => name).join(', ');
    throw new LatentfillError('command', `Expected --hiding ${names}, got '${given.hiding}'.`);
  }
  // A third of all faces suit the hair's hole.
  const faces = openToon({ size: SIZE, split: 'heldout', count: 4 * count });
  const done: [Hiding, Trial[]][] = [];
  for (const hiding of chosen) {
    const settings = { count, conditions: ran, search: {}, device, say: console.error };
    done.push([hiding, await runHiding(hiding, faces, model, judge, settings)]);
    // Told after each: all of it takes hours on a small machine.
    const scores = done.map(([of, trials]) => scoresOf(of, trials, ran));
    const report = { model: given.model, conditions: ran, scores };
    await writeWhole(join(given.out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    await writeImage(join(given.out, 'sheet.png'), await drawTrials(done, ran, 4));
  }
  const scores = done.map(([hiding, trials]) => scoresOf(hiding, trials, ran));
  printScores(scores);
  console.log(JSON.stringify(inShort(scores)));
}
