/// <reference lib="esnext.disposable" preserve="true" />
/** @module latentfill/node: what needs files and folders: images, data, training, models. */

export {
  type Batch,
  type BatchLoader,
  type BatchOptions,
  batchLoader,
  type DatasetSource,
  type SkippedImage,
} from './data/batches.ts';
export type { Dataset, DatasetOptions, Split } from './data/dataset.ts';
export { openDataset, openHeldOut } from './data/open-dataset.ts';
export { faceOfHole } from './faces/choose.ts';
export { type FaceFinder, type FoundFace, findFaces, openFaceFinder } from './faces/find-faces.ts';
export { type ExportOptions, exportModel } from './gan/export.ts';
export { sampleCheckpoint } from './gan/open-checkpoint.ts';
export { type Recipe, recipeSchema, resolveRecipe } from './gan/recipe.ts';
export type { RecipeInput } from './gan/recipe-type.ts';
export { readRecipe } from './gan/run/folder.ts';
export type { LogLine } from './gan/run/log.ts';
export { type TrainEvent, type TrainOptions, train } from './gan/train.ts';
export { type ImageFile, type ReadOptions, readImage, writeImage } from './image/image-file.ts';
export { readMask } from './image/mask-file.ts';
export * from './index.ts';
export type { Scores } from './model/card.ts';
export { shippedModels } from './model/find.ts';
export { amendCard, loadModel, type ModelFiles, saveModel } from './model/folder.ts';
export { readOnnxFile } from './model/import/onnx-file.ts';
export { drawSheet, type SheetOptions, type SheetRow } from './report/sheet.ts';
export { type RankOptions, rankCheckpoints } from './watch/rank.ts';
export type { Counts } from './watch/reference.ts';
export type { Score } from './watch/scores.ts';
export { openWatch, type Watch, type WatchOptions } from './watch/watch.ts';
