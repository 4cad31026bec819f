/** @file The page of browser.test.ts: what is run on every device, to be called from outside. */

import * as latentfill from '../../src/index.ts';
import { graphCases, operatorCases, searchLosses, useState } from '../helpers/device-tasks.ts';
import { agreement } from '../helpers/devices.ts';
import { type ModelCase, modelAgreement } from '../helpers/exported.ts';

const tasks = {
  agreement: (device: latentfill.Device) => agreement([...operatorCases(), ...graphCases()], device),
  modelAgreement: ({ model, device }: { model: ModelCase; device: latentfill.Device }) => modelAgreement(model, device),
  useState,
  searchLosses,
  chooseDevice: (device?: latentfill.Wanted) =>
    latentfill.chooseDevice(device).catch((error) => ({ device: 'none', reason: error.message })),
};

/** What the page offers, as `tasks`. */
export type Tasks = typeof tasks;

Object.assign(globalThis, { tasks });
