/** @file Resize and Upsample of ONNX, in the forms that exporters write. */

import { type Resampling, resample } from '../../ops/resample.ts';
import { fail, type Value } from '../../value.ts';
import { bounded, type Call, expected, Unsupported } from '../call.ts';
import type { Importers } from './importer.ts';

export const resize: Importers = {
  Resize: (call) => {
    if (call.opset < 11) return resampled(call, call.floats(1) ?? expected('scales', 'none'), undefined, simple(call));
    const coordinates = call.text('coordinate_transformation_mode', 'half_pixel');
    if (coordinates === 'tf_crop_and_resize') throw new Unsupported();
    return resampled(call, call.floats(2), call.ints(3), {
      mode: modeOf(call),
      coordinates,
      nearest: call.text('nearest_mode', 'round_prefer_floor'),
      cubicCoefficient: call.float('cubic_coeff_a', -0.75),
      excludeOutside: call.int('exclude_outside', 0) === 1,
      antialias: call.int('antialias', 0) === 1,
    });
  },
  Upsample: (call) =>
    resampled(call, call.list('scales') ?? call.floats(1) ?? expected('scales', 'none'), undefined, simple(call)),
};

/** The settings before operator set 11: asymmetric coordinates, and `nearest` as Upsample defines it. */
function simple(call: Call): Resampling {
  const rest = { nearest: 'simple', cubicCoefficient: -0.75, excludeOutside: false, antialias: false };
  return { mode: modeOf(call), coordinates: 'asymmetric', ...rest };
}

function modeOf(call: Call): Resampling['mode'] {
  const mode = call.text('mode', 'nearest').replace('bilinear', 'linear');
  if (mode !== 'nearest' && mode !== 'linear' && mode !== 'cubic')
    fail(call.op, `a mode that ONNX defines, got '${mode}'`);
  return mode;
}

/** x resampled along each axis, by scales or to sizes, whichever the node gives. */
function resampled(
  call: Call,
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
  how: Resampling,
): Value {
  const x = call.x(0);
  const rank = x.shape.length;
  const axes = call.list('axes')?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? Array.from(x.shape.keys());
  const wanted = sizes && sizes.length > 0 ? toSizes(call, x, axes, sizes) : undefined;
  const given = wanted ? wanted.length : (scales?.length ?? 0);
  if (given !== axes.length) expected(`a scale or a size for each of ${axes.length} axes`, `${given}`);
  // In float32, as ONNX Runtime does: 10 · 1.4 is 14, though 1.4 as a float32 is a little less.
  const made = axes.map((axis, i) => {
    const scale = Math.fround(scales?.[i] ?? 1);
    return wanted?.[i] ?? { size: Math.floor(Math.fround(x.shape[axis]! * scale)), scale };
  });
  if (made.every(({ size }, i) => size === x.shape[axes[i]!])) return x; // whatever the scales: so does ONNX Runtime
  return axes.reduce((y, axis, i) => {
    const { size, scale } = made[i]!;
    if (!(size >= 1)) expected('sizes of at least 1', `${size}`);
    bounded(x.shape[axis]! * size); // elements of the resampling matrix
    return resample(y, axis, size, scale, how);
  }, x);
}

function toSizes(call: Call, x: Value, axes: readonly number[], sizes: readonly number[]) {
  const exact = axes.map((axis, i) => {
    const from = x.shape[axis]!;
    // A batch size of the export must not resample the batch axis.
    const size = axis === 0 && call.rebatch?.from === sizes[i] && call.rebatch?.to === from ? from : sizes[i]!;
    return { size, scale: Math.fround(size / from) };
  });
  const policy = call.text('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return exact;
  const scale = (policy === 'not_larger' ? Math.min : Math.max)(...exact.map((each) => each.scale));
  return axes.map((axis) => ({ size: Math.floor(Math.fround(x.shape[axis]! * scale) + 0.5), scale }));
}
