/** @file Fills the middle of a face that the model never saw. Run: npx tsx examples/fill.ts */

import { centreHole, inpaint, loadModel, openDataset, writeImage } from 'latentfill/node';

const model = await loadModel('toon-64');
const faces = await openDataset('toon', { size: 64, split: 'heldout' });
const image = await faces.image(3);

const filled = await inpaint(
  model,
  { image, mask: centreHole(64, 64) },
  { restarts: 4, seed: 7 },
  { onStep: ({ step, candidates }) => step[0] % 50 === 0 && console.log(step, candidates[0]![0]!.losses.total) },
);
await writeImage('out/examples/filled.png', await filled.blended());
console.log(`${faces.captions(3)[0]}: out/examples/filled.png`);
