/** @file A search, looked at while it goes on and left when it is good enough. Run: npx tsx examples/search.ts */

import { centreHole, loadModel, openDataset, openInpainter, writeImage } from 'latentfill/node';

await using inpainter = await openInpainter(await loadModel('toon-64'));
const faces = await openDataset('toon', { size: 64, split: 'heldout' });
const hole = { image: await faces.image(5), mask: centreHole(64, 64) };

for await (const { step, evaluations, candidates } of inpainter.search(hole, { seed: 1 })) {
  const [best] = candidates;
  if (step[0] % 10 === 0) {
    await writeImage(`out/examples/step-${step[0]}.png`, await best!.blended());
    console.log(`step ${step[0]} of ${step[1]}, ${evaluations} images drawn, loss ${best!.losses.total.toFixed(4)}`);
  }
  if (best!.losses.total < 0.0195) break; // leaving the loop ends the search
}
