/** @file Searches for an image that the generator itself drew, from its right half. Run: npx tsx examples/planted.ts */

import { drawLatents, generate, halfHole, inpaint, loadModel, random } from 'latentfill/node';

const model = await loadModel('toon-64');
const { size, prior } = model.card.latent;
const latent = drawLatents({ latent: size, prior }, random('planted'), 1);
const [image] = await generate(model, latent);

const { candidates } = await inpaint(
  model,
  { image: image!, mask: halfHole(64, 64, 'left') },
  { restarts: 8, lambda: 0 },
);
const found = candidates[0]!;
const { generated } = found.views[0]!;
const error = generated.data.reduce((sum, v, i) => sum + Math.abs(v - image!.data[i]!), 0) / image!.data.length;
console.log(
  `known half: loss ${found.losses.contextual.toFixed(4)}; whole image: ${(255 * error).toFixed(1)} of 255 grey levels away`,
);
