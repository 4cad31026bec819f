/** @file The messages to and from an inpainter in another thread or process; all can be posted. */

import type { PostedError } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import type { FillStep, MaskedImage, SearchStep } from '../inpaint/inpaint.ts';
import type { Options } from '../inpaint/options-type.ts';
import type { About, DrawnView, Fill } from '../inpaint/results.ts';
import type { TriedFill } from '../inpaint/staging.ts';
import type { ModelSource } from '../model/model.ts';
import type { SpaceName } from '../model/spaces.ts';
import type { Captioned } from '../model/text/input-rows.ts';
import type { Device, Wanted } from '../runtime/devices.ts';

/** The calls, with their arguments and results. */
export interface Calls {
  /** Must be the first call. */
  open: { asks: { readonly model: ModelSource; readonly device: Wanted | undefined }; gives: Device };
  /** With `steps`, each step is sent as well. */
  inpaint: {
    asks: { readonly masked: readonly MaskedImage[]; readonly options: Options; readonly steps: boolean };
    gives: readonly (About & { readonly candidates: readonly Pick<Fill, 'losses' | 'views'>[] })[];
  };
  /** Begins a search. Its steps are requested by the number of this call. */
  search: { asks: { readonly masked: MaskedImage; readonly options: Options }; gives: null };
  next: { asks: { readonly search: number }; gives: StepOf | null };
  /** Ends a search before its last step. */
  leave: { asks: { readonly search: number }; gives: null };
  generate: {
    asks: {
      readonly latents: Float32Array;
      readonly captioned: Captioned | undefined;
      readonly space?: SpaceName | undefined;
    };
    gives: readonly Image[];
  };
  blend: {
    asks: { readonly masked: MaskedImage; readonly views: readonly DrawnView[]; readonly options: Options };
    gives: Image;
  };
}

/** A step of the search of one hole. */
export interface StepOf extends Omit<SearchStep, 'candidates'> {
  readonly candidates: readonly TriedFill[];
}

/** A call with its number, or the cancellation of the call with that number. */
export type Request =
  | {
      readonly [K in keyof Calls]: { readonly id: number; readonly call: K; readonly asks: Calls[K]['asks'] };
    }[keyof Calls]
  | { readonly id: number; readonly stop: true };

/** A step of a call, or its result: a value, or an error as text. */
export interface Answer extends PostedError {
  readonly id: number;
  readonly step?: FillStep;
  readonly value?: unknown;
}

/** One end of a message channel. */
export interface Line {
  post(message: Request | Answer): void;
  /** Calls `hear` with every message received. */
  listen(hear: (message: never) => void): void;
}
