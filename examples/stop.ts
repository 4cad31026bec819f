/** @file One signal stops any call within one run of a program. Run: npx tsx examples/stop.ts */

import { centreHole, loadModel, openDataset, openInpainter } from 'latentfill/node';

await using inpainter = await openInpainter(await loadModel('toon-64'));
const faces = await openDataset('toon', { size: 64, split: 'heldout' });
const hole = { image: await faces.image(5), mask: centreHole(64, 64) };

const controller = new AbortController();
process.once('SIGINT', () => controller.abort(new Error('Ctrl-C')));
setTimeout(() => controller.abort(new Error('half a second has passed')), 500);
try {
  await inpainter.inpaint(hole, { preset: 'yeh2017' }, { signal: controller.signal });
} catch (error) {
  console.log(`stopped: ${(error as Error).message}`);
}
const { candidates } = await inpainter.inpaint(hole, { steps: 35 }); // the inpainter is as good as before
console.log(`then filled: loss ${candidates[0]!.losses.total.toFixed(4)}`);
