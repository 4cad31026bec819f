/**
 * @file `npm run bench:far`: three holes far apart in a picture of 12 megapixels, beside each of them alone: time and memory of
 * a process of its own, and hole PSNR of each. The picture is a held-out photograph, enlarged.
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openLandscapes } from '../src/data/sources/landscapes.ts';
import { psnr } from '../src/eval/measures/psnr.ts';
import { type Mask, mask } from '../src/image/image.ts';
import { resizeImage } from '../src/image/resize.ts';
import { inpaint } from '../src/inpaint/inpainter.ts';
import { loadModel } from '../src/model/folder.ts';
import { printTable } from './table.ts';

const [WIDTH, HEIGHT] = [4000, 3000];

/** As fractions of the picture: x, y, width, height. */
const HOLES = [
  [0.05, 0.08, 0.06, 0.06],
  [0.85, 0.85, 0.07, 0.07],
  [0.5, 0.1, 0.03, 0.05],
] as const;

interface Result {
  readonly seconds: number;
  readonly megabytes: number;
  readonly views: number;
  /** Hole PSNR of each hole that was filled. */
  readonly each: readonly number[];
}

const [wanted, context] = process.argv.slice(2);
if (wanted === undefined) compare();
else
  console.log(
    JSON.stringify(
      await fill(wanted.split(',').map(Number), context === undefined ? {} : { context: Number(context) }),
    ),
  );

function compare(): void {
  const rows: string[][] = [];
  for (const [name, ...more] of [['default'], ['context 2', '2']] as const) {
    const run = (holes: string): Result =>
      JSON.parse(execFileSync('npx', ['tsx', fileURLToPath(import.meta.url), holes, ...more], { encoding: 'utf8' }));
    const alone = ['0', '1', '2'].map(run);
    const all = run('0,1,2');
    const slowest = Math.max(...alone.map(({ seconds }) => seconds));
    const row = (which: string, { seconds, megabytes, views, each }: Result) => [
      name,
      which,
      `${views}`,
      seconds.toFixed(1),
      (seconds / slowest).toFixed(2),
      megabytes.toFixed(0),
      each.map((db) => db.toFixed(2)).join(' '),
    ];
    rows.push(...alone.map((one, i) => row(`hole ${i + 1}`, one)), row('all three', all));
  }
  printTable(['options', 'holes', 'views', 's', 'times the slowest alone', 'MB', 'hole PSNR'], rows);
}

async function fill(which: readonly number[], options: object): Promise<Result> {
  const model = await loadModel('landscape-64');
  const photographs = await openLandscapes(undefined, { size: 512, split: 'heldout', count: 1 });
  const image = resizeImage(await photographs.image(0), WIDTH, HEIGHT);
  const own = which.map((i) => rectangle(HOLES[i]!));
  const hole = mask(WIDTH, HEIGHT);
  for (const { data } of own) for (let i = 0; i < data.length; i++) if (data[i]! > 0) hole.data[i] = 1;
  const began = performance.now();
  const filled = await inpaint(model, { image, mask: hole }, options);
  const result = await filled.blended();
  const seconds = (performance.now() - began) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const each = own.map((one) => psnr(result, image, one).hole);
  return { seconds, megabytes, views: filled.candidates[0]!.views.length, each };
}

function rectangle([x, y, width, height]: (typeof HOLES)[number]): Mask {
  const hole = mask(WIDTH, HEIGHT);
  const [left, right] = [Math.round(x * WIDTH), Math.round((x + width) * WIDTH)];
  for (let row = Math.round(y * HEIGHT); row < Math.round((y + height) * HEIGHT); row++) {
    hole.data.fill(1, row * WIDTH + left, row * WIDTH + right);
  }
  return hole;
}
