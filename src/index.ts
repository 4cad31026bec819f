/// <reference lib="esnext.disposable" preserve="true" />
/**
 * @module latentfill: fill holes in images by latent search. Runs in browsers as well; files are in latentfill/node.
 */

export { type ErrorCode, type ErrorDetails, errorCodes, type Issue, LatentfillError } from './base/errors.ts';
export { type Random, random } from './base/random.ts';
export { type OpenOptions, openInpainter } from './engine/open-inpainter.ts';
export type { FaceLayout, FacePoints, FivePoints, Point } from './image/face-square.ts';
export { centreHole, halfHole, randomHole, strokeHole } from './image/holes.ts';
export { type Image, image, type Mask, mask } from './image/image.ts';
export { type Box, holeFraction, invertMask } from './image/mask.ts';
export { type MaskFile, type MaskOptions, maskFromPixels } from './image/mask-meaning.ts';
export type { MaskFrom } from './image/meaning/reading.ts';
export { imageFromPixels, type Pixels, pixelsOf } from './image/pixels.ts';
export { harmonicFill, poissonBlend, poissonBlendInTurns } from './image/poisson.ts';
export { resizeImage, resizeMask } from './image/resize.ts';
export { type Layer, layInto, onWhite } from './image/transparency.ts';
export type { TurnedBox } from './image/turned.ts';
export type { Described } from './inpaint/caption.ts';
export { type Fit, measureFit } from './inpaint/fit.ts';
export type { Control, FillStep, MaskedImage, SearchStep } from './inpaint/inpaint.ts';
export { type Inpainter, inpaint, inpaintAll, type Sample, type SampleOptions } from './inpaint/inpainter.ts';
export { optionsSchema, type Resolved, resolveOptions } from './inpaint/options.ts';
export type { Options } from './inpaint/options-type.ts';
export { presets } from './inpaint/presets.ts';
export {
  type About,
  Candidate,
  type DrawnView,
  Fill,
  Filled,
  type FilledView,
  type Scene,
  type Stop,
} from './inpaint/results.ts';
export type { Progress, SearchState, Tried } from './inpaint/search.ts';
export type { SearchOptions } from './inpaint/search-options.ts';
export type { TriedFill, TriedView } from './inpaint/staging.ts';
export { importanceWeights } from './inpaint/weights.ts';
export { cardSchema, type Draft, type ModelCard } from './model/card.ts';
export { type FetchOptions, type FetchProgress, fetchModel } from './model/fetch.ts';
export { type GenerateOptions, generate } from './model/generate.ts';
export type { InputRule } from './model/import/fixed.ts';
export { type Imported, type ImportOptions, importModel } from './model/import/import.ts';
export type { WireOptions } from './model/import/infer-wiring.ts';
export { joinOnnx } from './model/import/join.ts';
export { readOpenVino } from './model/import/openvino/convert.ts';
export type { Range } from './model/import/range.ts';
export { readTorchGenerator, type TorchOptions } from './model/import/torch/generator.ts';
export { drawLatents, type LatentSpace, type Prior } from './model/latents.ts';
export { type Model, type ModelSource, openModel } from './model/model.ts';
export type { SpaceName } from './model/spaces.ts';
export type { TextForm } from './model/text/input-form.ts';
export type { Captioned, TextCodec, TextRows } from './model/text/input-rows.ts';
export { type Vocabulary, vocabularySchema } from './model/text/vocabulary.ts';
export type { WaistSpaces } from './model/waist.ts';
export { type Choice, chooseDevice, type Device, type Wanted } from './runtime/devices.ts';
