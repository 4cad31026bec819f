/**
 * @file `npm run bench:fill`: a fill by an inpainter that is open beside one that opens and closes everything, as the first
 * release did (its own code, taken from the history of the repository), in turn in one process.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDataset } from '../src/data/open.ts';
import { loadModel } from '../src/gan/model-folder.ts';
import { centreHole } from '../src/image/holes.ts';
import type { Image } from '../src/image/image.ts';
import { inpaint, openHere } from '../src/inpaint/inpainter.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    /** The last commit whose `inpaint` compiled everything anew. */
    before: { type: 'string', default: 'cc3fc73' },
    model: { type: 'string', default: 'toon-64' },
  },
});

/** The first release's code, beside this one's dependencies. */
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}out/before-${values.before}`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const archive = execFileSync('git', ['archive', values.before, 'src', 'package.json'], {
  cwd: root,
  maxBuffer: 2 ** 28,
});
execFileSync('tar', ['-x', '-C', folder], { input: archive });
const before = await import(`${folder}/src/node.ts`);

const path = `${root}models/${values.model}`;
const [model, old] = [await loadModel(path), await before.loadModel(path)];
const faces = await openDataset('toon', { size: model.card.image.size, split: 'heldout' });
const size = model.card.image.size;
const hole = { image: await faces.image(3), mask: centreHole(size, size) };
await using inpainter = await openHere(model);

const ways: Record<string, () => Promise<Image>> = {
  'inpaint, first release': async () => (await before.inpaint(old, hole)).image,
  'inpaint, now': async () => (await inpaint(model, hole)).blended(),
  'an open inpainter': async () => (await inpainter.inpaint(hole)).blended(),
};
const images: Image[] = [];
const times: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let round = -1; round < Number(values.rounds); round++) {
  for (const [name, fill] of Object.entries(ways)) {
    const began = performance.now();
    const image = await fill();
    if (round < 0) images.push(image);
    if (round >= 0) times[name]!.push(performance.now() - began); // the first round warms up
  }
}
rmSync(folder, { recursive: true, force: true });

const median = (of: readonly number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)]!;
const [first, now, open] = Object.values(times).map(median) as [number, number, number];
printTable(
  [`${values.model}, 8 candidates, median of ${values.rounds} in turn`, 'ms', 'times as fast'],
  Object.entries(times).map(([name, of]) => [name, median(of).toFixed(0), (first / median(of)).toFixed(2)]),
);
const [was, , is] = images as [Image, Image, Image];
const difference = Math.max(...was.data.map((v, i) => Math.abs(v - is.data[i]!)));
console.log(`The two images differ by at most ${difference.toExponential(1)} of the range from black to white.`);
console.log(JSON.stringify({ ratio: first / open, first, now, open, difference }));
