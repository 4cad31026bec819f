/**
 * @file `npm run bench:misfit -- [COUNT]`: how often a model says that it does not know a picture, on held-out pictures of its
 * own kind and on those of another, each with one of the standard holes. Other holes than those that its card was measured with.
 */

import { openDataset } from '../src/data/open-dataset.ts';
import { holeInTurn } from '../src/image/holes.ts';
import type { MaskedImage } from '../src/inpaint/inpaint.ts';
import { inpaintAll } from '../src/inpaint/inpainter.ts';
import { loadModel } from '../src/model/folder.ts';
import { printTable } from './table.ts';

const count = Number(process.argv[2] ?? 200);
const kinds = { 'toon-64': 'toon', 'landscape-64': 'landscapes' } as const;
const rows: string[][] = [];
for (const [name, own] of Object.entries(kinds)) {
  const model = await loadModel(`models/${name}`);
  for (const source of Object.values(kinds)) {
    const fits = await fitsOf(source);
    const told = fits.filter(({ known }) => known === false).length;
    const ratios = fits.map(({ loss, usual }) => loss / usual!).sort((a, b) => a - b);
    const at = (share: number) => ratios[Math.round(share * (ratios.length - 1))]!.toFixed(2);
    rows.push([
      name,
      source === own ? 'its own' : source,
      `${fits.length}`,
      `${((100 * told) / fits.length).toFixed(1)} %`,
      at(0),
      at(0.05),
      at(0.5),
      at(0.95),
      at(1),
    ]);
  }

  async function fitsOf(source: string) {
    const { size } = model.card.image;
    // The first pictures are those of the card; the last are others, where there are enough.
    const all = await openDataset(source, { size, split: 'heldout' });
    const masked: MaskedImage[] = [];
    for (let i = 0; i < Math.min(count, all.length); i++) {
      masked.push({ image: await all.image(all.length - 1 - i), mask: holeInTurn(size, i, 'misfit') });
    }
    const filled = [];
    for (let start = 0; start < masked.length; start += 40) {
      filled.push(...(await inpaintAll(model, masked.slice(start, start + 40))));
    }
    return filled.map(({ fit }) => fit);
  }
}
printTable(['model', 'pictures', 'n', 'told', 'least', '5 %', 'median', '95 %', 'most'], rows);
console.log(
  'told: "this model does not know such pictures". Columns: loss as a multiple of that below which 95 % of its own lie.',
);
