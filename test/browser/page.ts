/** @file The page of browser.test.ts: what is run on every device, to be called from outside. */

import * as latentfill from '../../src/index.ts';
import { graphCases, operatorCases, searchLosses, useState } from '../helpers/device-tasks.ts';
import { agreement, type Extent } from '../helpers/devices.ts';
import { type ModelCase, modelAgreement } from '../helpers/exported.ts';
import * as networks from '../helpers/networks.ts';
import { noisePicture } from '../helpers/pictures.ts';

const tasks = {
  agreement: ({ device, extent }: { device: latentfill.Device; extent: Extent }) =>
    agreement([...operatorCases(extent), ...graphCases()], device),
  modelAgreement: ({ model, device }: { model: ModelCase; device: latentfill.Device }) => modelAgreement(model, device),
  useState,
  searchLosses,
  fillInWorker,
  fetchModel,
  chooseDevice: (device?: latentfill.Wanted) =>
    latentfill.chooseDevice(device).catch((error) => ({ device: 'none', reason: error.message })),
};

/** A fill in a worker and one in the page. */
async function fillInWorker(device: latentfill.Device) {
  const files = { generator: networks.torchGenerator(), discriminator: networks.logitDiscriminator() };
  const { model } = await latentfill.importModel(files, { name: 'brought', latent: 'normal', range: [-1, 1] });
  const hole = { image: noisePicture(20, 24, 1), mask: latentfill.centreHole(20, 24) };
  const options = { steps: 14, restarts: 2, screen: 32 };
  const fill = async (where: 'here' | 'worker') => {
    await using inpainter = await latentfill.openInpainter(model, { device, where });
    const steps: number[] = [];
    const filled = await inpainter.inpaint(hole, options, { onStep: ({ step }) => steps.push(step[0]) });
    const stopped = new AbortController();
    const message = await inpainter
      .inpaint(hole, { steps: 100_000 }, { signal: stopped.signal, onStep: () => stopped.abort(new Error('enough')) })
      .catch((error) => error.message);
    const { data } = await filled.blended();
    return {
      device: inpainter.device,
      losses: filled.candidates.map(({ losses }) => losses.total),
      data: [...data],
      steps,
      message,
    };
  };
  return { worker: await fill('worker'), here: await fill('here') };
}

/** A model over HTTP, and how many bytes were told of. */
async function fetchModel(url: string) {
  let [loaded, total]: [number, number | null] = [0, null];
  const model = await latentfill.fetchModel(url, {
    onProgress: (progress) => {
      [loaded, total] = [progress.loaded, progress.total];
    },
  });
  return { name: model.card.name, bytes: model.source!.generator.length, loaded, total };
}

/** What the page offers, as `tasks`. */
export type Tasks = typeof tasks;

Object.assign(globalThis, { tasks });
