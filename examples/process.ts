/** @file The same inpainter in a process of its own: this one stays free to answer. Run: npx tsx examples/process.ts */

import { centreHole, loadModel, openDataset, openInpainter, writeImage } from 'latentfill/node';

await using inpainter = await openInpainter(await loadModel('toon-64'), { where: 'process' });
const faces = await openDataset('toon', { size: 64, split: 'heldout' });
const hole = { image: await faces.image(6), mask: centreHole(64, 64) };

let ticks = 0;
const timer = setInterval(() => ticks++, 20);
const filled = await inpainter.inpaint(hole, { seed: 2 });
clearInterval(timer);
await writeImage('out/examples/process.png', await filled.blended());
console.log(
  `filled on ${inpainter.device} in a process of its own, while a timer of 20 ms was answered ${ticks} times`,
);
