/** @file The page of responsive.ts: a fill, and the long tasks (50 ms or more) of the page's thread meanwhile. */

import * as latentfill from '../../src/index.ts';

const bytes = async (url: URL) => new Uint8Array(await (await fetch(url)).arrayBuffer());
const json = async (url: URL) => (await fetch(url)).json();
const model = latentfill.openModel(
  latentfill.cardSchema.parse(await json(new URL('../../models/toon-64/model.json', import.meta.url))),
  await bytes(new URL('../../models/toon-64/generator.onnx', import.meta.url)),
  await bytes(new URL('../../models/toon-64/discriminator.onnx', import.meta.url)),
  latentfill.vocabularySchema.parse(await json(new URL('../../models/toon-64/vocabulary.json', import.meta.url))),
);
const image = latentfill.image(64, 64, 3, Float32Array.from({ length: 3 * 64 * 64 }, latentfill.random('picture')));
const hole = { image, mask: latentfill.centreHole(64, 64) };

/** Opens an inpainter, fills a hole and blends it. */
async function fill(where: 'here' | 'worker', steps: number) {
  const tasks: number[] = [];
  const note = (entries: PerformanceEntryList) => tasks.push(...entries.map(({ duration }) => duration));
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  const quiet = () => new Promise((resolve) => setTimeout(resolve, 500));
  await quiet(); // what went before is over
  observer.observe({ entryTypes: ['longtask'] });
  const began = performance.now();
  {
    await using inpainter = await latentfill.openInpainter(model, { where, device: 'wasm' });
    const filled = await inpainter.inpaint(hole, { steps });
    await filled.blended();
  }
  const seconds = (performance.now() - began) / 1000;
  await quiet(); // the last are told late
  note(observer.takeRecords());
  observer.disconnect();
  const [longest, sum] = [Math.max(0, ...tasks), tasks.reduce((a, b) => a + b, 0)];
  return { longTasks: tasks.length, longestMs: Math.round(longest), sumMs: Math.round(sum), seconds };
}

Object.assign(globalThis, { fill });
