/** @file Watches a search find a latent that was planted: G(z) with a hole, searched for z. Run: npx tsx examples/planted.ts */

import { drawLatents, generate, halfHole, inpaint, loadModel, random } from '../src/node.ts';

const model = await loadModel('models/toon-64');
const { size, prior } = model.card.latent;
const latent = drawLatents({ latent: size, prior }, random('planted'), 1);
const [image] = await generate(model.generator, latent, size);

const { candidates } = await inpaint(
  model,
  { image: image!, mask: halfHole(64, 64, 'left') },
  { restarts: 8, lambda: 0 },
);
const found = candidates[0]!;
const distance = Math.hypot(...found.latent.map((z, i) => z - latent[i]!)) / Math.hypot(...latent);
console.log(
  `contextual loss ${found.losses.contextual.toFixed(4)}, latent within ${(100 * distance).toFixed(0)} % of the planted one`,
);
