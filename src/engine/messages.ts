/** @file What an inpainter elsewhere is asked, and what it answers: all of it can be posted. */

import type { PostedError } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import type { MaskedImage } from '../inpaint/inpaint.ts';
import type { Options } from '../inpaint/options-type.ts';
import type { SearchState, Tried } from '../inpaint/search.ts';
import type { ModelSource } from '../model/model.ts';
import type { Captioned } from '../model/text/input-rows.ts';
import type { Device, Wanted } from '../runtime/devices.ts';

/** What can be asked, and what is answered in the end. */
export interface Calls {
  /** First of all. */
  open: { asks: { readonly model: ModelSource; readonly device: Wanted | undefined }; gives: Device };
  /** With `steps`, each step is answered on the way. */
  inpaint: {
    asks: { readonly masked: readonly MaskedImage[]; readonly options: Options; readonly steps: boolean };
    gives: readonly { readonly candidates: readonly (Tried & { readonly generated: Image })[] }[];
  };
  /** Begins a search, whose steps are then asked for by its number. */
  search: { asks: { readonly masked: MaskedImage; readonly options: Options }; gives: null };
  next: { asks: { readonly search: number }; gives: StepOf | null };
  /** Ends a search before its last step. */
  leave: { asks: { readonly search: number }; gives: null };
  generate: {
    asks: { readonly latents: Float32Array; readonly captioned: Captioned | undefined };
    gives: readonly Image[];
  };
  blend: { asks: { readonly masked: MaskedImage; readonly generated: Image; readonly options: Options }; gives: Image };
}

/** A step of the search of one hole. */
export interface StepOf extends Omit<SearchState, 'candidates'> {
  readonly candidates: readonly Tried[];
}

/** A call by its number, or the end of the one that has it. */
export type Request =
  | {
      readonly [K in keyof Calls]: { readonly id: number; readonly call: K; readonly asks: Calls[K]['asks'] };
    }[keyof Calls]
  | { readonly id: number; readonly stop: true };

/** What comes of a call: steps on the way, then a value, or an error as text. */
export interface Answer extends PostedError {
  readonly id: number;
  readonly step?: SearchState;
  readonly value?: unknown;
}

/** One end of a line of messages. */
export interface Line {
  post(message: Request | Answer): void;
  /** Calls `hear` with every message that comes. */
  listen(hear: (message: never) => void): void;
}
