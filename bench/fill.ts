/**
 * @file `npm run bench:fill`: a fill by an inpainter that is open beside one that opens and closes everything, now and as the
 * commit `--before` did it (its own code, taken from the history of the repository): each in a process of its own, in turn.
 */

import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type * as Latentfill from '../src/node.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    /** The last commit whose `inpaint` compiled everything anew. */
    before: { type: 'string', default: 'cc3fc73' },
    model: { type: 'string', default: 'toon-64' },
    /** For a process: whose code, and how it fills. */
    source: { type: 'string' },
    how: { type: 'string' },
  },
});
type How = 'before' | 'once' | 'open';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A process that fills the same hole each time it is told to, and tells the milliseconds. */
async function fillWhenTold(source: string, how: How): Promise<void> {
  const { centreHole, inpaint, loadModel, openDataset, openInpainter }: typeof Latentfill = await import(source);
  const model = await loadModel(`${root}models/${values.model}`);
  const { size } = model.card.image;
  const faces = await openDataset('toon', { size, split: 'heldout' });
  const hole = { image: await faces.image(3), mask: centreHole(size, size) };
  const inpainter = how === 'open' ? await openInpainter(model) : undefined;
  process.on('message', async () => {
    const began = performance.now();
    const filled = inpainter ? await inpainter.inpaint(hole) : await inpaint(model, hole);
    // Before, the image was there at once.
    const { data } =
      how === 'before' ? (filled as unknown as { image: Latentfill.Image }).image : await filled.blended();
    process.send!({ ms: performance.now() - began, data: [...data] });
  });
  process.send!('ready');
}

interface Told {
  readonly ms: number;
  readonly data: readonly number[];
}

async function bench(): Promise<void> {
  const folder = `${root}out/before-${values.before}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', values.before, 'src', 'package.json'], {
    cwd: root,
    maxBuffer: 2 ** 28,
  });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  const here = fileURLToPath(new URL('../src/node.ts', import.meta.url));
  const ways: Record<string, [source: string, how: How]> = {
    [`inpaint, at ${values.before}`]: [`${folder}/src/node.ts`, 'before'],
    'inpaint, now': [here, 'once'],
    'an open inpainter': [here, 'open'],
  };
  const processes = [];
  for (const [name, [source, how]] of Object.entries(ways)) {
    const child = fork(import.meta.filename, ['--model', values.model, '--source', source, '--how', how]);
    await once(child, 'message');
    const fill = async () => {
      child.send('fill');
      return ((await once(child, 'message')) as [Told])[0];
    };
    processes.push({ name, child, fill, first: (await fill()).data, times: [] as number[] });
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (let i = 0; i < processes.length; i++) {
      const { fill, times } = processes[(round + i) % processes.length]!; // nobody is always the first
      times.push((await fill()).ms);
    }
  }
  for (const { child } of processes) child.kill();
  rmSync(folder, { recursive: true, force: true });

  const median = (of: readonly number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)]!;
  const [first, now, open] = processes.map(({ times }) => median(times)) as [number, number, number];
  printTable(
    [`${values.model}, 8 candidates, median of ${values.rounds} in turn`, 'ms', 'times as fast'],
    processes.map(({ name, times }) => [name, median(times).toFixed(0), (first / median(times)).toFixed(2)]),
  );
  const [was, , is] = processes.map((each) => each.first) as [readonly number[], unknown, readonly number[]];
  const difference = Math.max(...was.map((v, i) => Math.abs(v - is[i]!)));
  console.log(`The two images differ by at most ${difference.toExponential(1)} of the range from black to white.`);
  console.log(JSON.stringify({ ratio: first / open, first, now, open, difference }));
}

if (values.source) await fillWhenTold(values.source, values.how as How);
else await bench();
