/** @file Fills holes in a page, from static files alone. Run: npm run example:browser */

import * as latentfill from 'latentfill';

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [again, progress, status] = [element<HTMLButtonElement>('again'), element('progress'), element('status')];

const card = await fetch(new URL('../../models/toon-64/model.json', import.meta.url));
const generator = await fetch(new URL('../../models/toon-64/generator.onnx', import.meta.url));
const discriminator = await fetch(new URL('../../models/toon-64/discriminator.onnx', import.meta.url));
const vocabulary = await fetch(new URL('../../models/toon-64/vocabulary.json', import.meta.url));
const model = latentfill.openModel(
  latentfill.cardSchema.parse(await card.json()),
  new Uint8Array(await generator.arrayBuffer()),
  new Uint8Array(await discriminator.arrayBuffer()),
  latentfill.vocabularySchema.parse(await vocabulary.json()),
);
// In a worker the page stays free: its progress bar moves, its buttons answer.
const inpainter = await latentfill.openInpainter(model, { device: 'auto', where: 'worker' });
const truth = await load(new URL('./face.png', import.meta.url));
show('truth', truth);

/** Tears a hole and fills it. */
async function fill(seed: number): Promise<void> {
  again.disabled = true;
  const mask = latentfill.strokeHole(truth.width, truth.height, latentfill.random('hole', seed));
  show('given', truth, mask);
  const onStep = ({ step: [done, all], candidates }: latentfill.SearchState) => {
    Object.assign(progress, { value: done, max: all });
    status.textContent = `Step ${done} of ${all}, loss ${candidates[0]![0]!.losses.total.toFixed(4)}`;
  };
  const began = performance.now();
  const filled = await inpainter.inpaint({ image: truth, mask }, { restarts: 4, seed }, { onStep });
  show('filled', await filled.blended());
  status.textContent = `Filled in ${((performance.now() - began) / 1000).toFixed(1)} s on ${inpainter.device}, in a worker.`;
  again.disabled = false;
}

async function load(url: URL): Promise<latentfill.Image> {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  return latentfill.imageFromPixels(context.getImageData(0, 0, bitmap.width, bitmap.height) as latentfill.Pixels);
}

function show(id: string, image: latentfill.Image, hole?: latentfill.Mask): void {
  const { width, height, data } = latentfill.pixelsOf(image, hole);
  const canvas = Object.assign(element<HTMLCanvasElement>(id), { width, height });
  canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
}

let seed = 0;
again.onclick = () => fill(++seed);
await fill(seed);
