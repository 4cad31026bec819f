/**
 * @file `npm run bench:pairs -- [COUNT]`: random pairs of picture and mask, from 1×1 to 3000 pixels, each through the library and
 * through the built command line: nothing outside the hole may change, every fill must be finite, every refusal a sentence.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Inpainter, openHere } from '../src/inpaint/inpainter.ts';
import { loadModel } from '../src/model/folder.ts';
import { tryCommandLine, tryLibrary } from '../test/helpers/try-pairs.ts';
import { printTable } from './table.ts';

const count = Number(process.argv[2] ?? 1000);
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const inpainters: Inpainter[] = [];
for (const name of ['toon-64', 'landscape-64']) inpainters.push(await openHere(await loadModel(name)));

const totals = { library: { filled: 0, refused: 0, faults: 0 }, 'command line': { filled: 0, refused: 0, faults: 0 } };
for (let start = 0; start < count; start += 100) {
  const numbers = Array.from({ length: Math.min(100, count - start) }, (_, i) => start + i);
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-pairs-'));
  const ways = {
    library: () => tryLibrary(inpainters, numbers),
    'command line': () => tryCommandLine(cli, folder, numbers),
  };
  for (const [way, attempt] of Object.entries(ways)) {
    const { filled, refused, faults } = await attempt();
    const total = totals[way as keyof typeof totals];
    total.filled += filled;
    total.refused += refused;
    total.faults += faults.length;
    for (const fault of faults) console.log(`${way}: ${fault}`);
  }
  rmSync(folder, { recursive: true });
  console.error(`${start + numbers.length} of ${count}`);
}
const row = (way: keyof typeof totals) => [way, ...Object.values(totals[way]).map(String)];
printTable(['way', 'filled', 'refused', 'faults'], [row('library'), row('command line')]);
process.exit(totals.library.faults + totals['command line'].faults > 0 ? 1 : 0);
