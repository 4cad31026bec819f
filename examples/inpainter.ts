/** @file An inpainter that stays open: fill after fill, and samples beside them. Run: npx tsx examples/inpainter.ts */

import { centreHole, halfHole, loadModel, openDataset, openInpainter, writeImage } from 'latentfill/node';

const model = await loadModel('toon-64');
const faces = await openDataset('toon', { size: 64, split: 'heldout' });
await using inpainter = await openInpainter(model);

for (const [i, mask] of [centreHole(64, 64), halfHole(64, 64, 'left')].entries()) {
  const filled = await inpainter.inpaint({ image: await faces.image(i), mask }, { steps: 70, seed: i });
  await writeImage(`out/examples/hole-${i}.png`, await filled.blended());
  console.log(
    `hole ${i}: ${filled.candidates.length} candidates, best loss ${filled.candidates[0]!.losses.total.toFixed(4)}`,
  );
}
const samples = await inpainter.sample(4, { caption: 'a person with red hair' });
console.log(`${samples.length} samples of ${samples[0]!.image.width} pixels`);
