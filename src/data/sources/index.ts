/** @file Every source by its name. A new one is a file here and an entry in this table. */

import { optional } from '../../base/optional-package.ts';
import type { Dataset, DatasetOptions } from '../dataset.ts';

type Open = (path: string | undefined, options: DatasetOptions) => Promise<Dataset>;

/**
 * A source: the function that opens it, imported when first needed, and whether a path is required, optional or an
 * error.
 */
interface Source {
  readonly path: 'required' | 'optional' | 'none';
  open: Open;
}

/** What draws the faces; toon-head asks for this core, not for the newest. */
const TOON_PACKAGES = '@dicebear/core@9 @dicebear/toon-head@9 @resvg/resvg-js@2';

export const sources: Readonly<Record<string, Source>> = {
  toon: {
    path: 'none',
    open: async (_, options) => {
      const toon = await optional(() => import('./toon.ts'), TOON_PACKAGES, 'toon faces');
      return toon.openToon(options);
    },
  },
  landscapes: {
    path: 'optional',
    open: async (path, options) => (await import('./landscapes.ts')).openLandscapes(path, options),
  },
  'fashion-mnist': {
    path: 'optional',
    open: async (path, options) => (await import('./fashion-mnist.ts')).openFashionMnist(path, options),
  },
  'cifar-10': {
    path: 'required',
    open: async (path, options) => (await import('./cifar.ts')).openCifar('cifar-10', path!, options),
  },
  'cifar-100': {
    path: 'required',
    open: async (path, options) => (await import('./cifar.ts')).openCifar('cifar-100', path!, options),
  },
  svhn: {
    path: 'required',
    open: async (path, options) => (await import('./svhn.ts')).openSvhn(path!, options),
  },
  celeba: {
    path: 'required',
    open: async (path, options) => (await import('./celeba.ts')).openCeleba(path!, options),
  },
  coco: {
    path: 'required',
    open: async (path, options) => (await import('./coco.ts')).openCoco(path!, options),
  },
  'coco-ift6266': {
    path: 'required',
    open: async (path, options) => (await import('./coco-ift6266.ts')).openCourseCoco(path!, options),
  },
  parquet: {
    path: 'required',
    open: async (path, options) => (await import('./hugging-face.ts')).openHuggingFace(path!, options),
  },
  folder: {
    path: 'required',
    open: async (path, options) => (await import('./folder.ts')).openFolder(path!, options),
  },
};
