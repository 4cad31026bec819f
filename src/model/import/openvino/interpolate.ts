/** @file OpenVINO's Interpolate (versions 4 and 11) as ONNX's Resize. Browser-safe. */

import type { Attribute } from '../../../graph/onnx/attributes.ts';
import type { Call } from './conversion.ts';

const modes: Readonly<Record<string, string>> = {
  nearest: 'nearest',
  linear: 'linear',
  linear_onnx: 'linear',
  cubic: 'cubic',
};

export function interpolate(call: Call): void {
  const mode =
    modes[call.text('mode', '')] ?? call.refuse('a mode of nearest, linear or cubic', `'${call.text('mode', '')}'`);
  for (const side of ['pads_begin', 'pads_end']) {
    if (call.sizes(side).some((n) => n !== 0)) call.refuse('no padding', `${side} of ${call.text(side, '')}`);
  }
  if (call.flag('antialias')) call.refuse('no antialiasing', 'some');
  const coordinates = call.text('coordinate_transformation_mode', 'half_pixel');
  if (coordinates === 'tf_half_pixel_for_nn') call.refuse('coordinates that ONNX has as well', `'${coordinates}'`);
  const attributes: Record<string, Attribute> = { mode, coordinate_transformation_mode: coordinates };
  if (mode === 'nearest') attributes.nearest_mode = nearest(call);
  if (mode === 'cubic') attributes.cubic_coeff_a = Number(call.text('cube_coeff', '-0.75'));
  const { axes, scales, sizes } = target(call);
  if (axes.length === 0) call.alias(call.input(0));
  else call.yield('Resize', [call.input(0), '', scales, sizes].slice(0, sizes === '' ? 3 : 4), { ...attributes, axes });
}

/** 'simple' rounds down where an image grows, and up where it shrinks. */
function nearest(call: Call): string {
  const mode = call.text('nearest_mode', 'round_prefer_floor');
  if (mode !== 'simple') return mode;
  const grows = (call.layer.outputs[0]?.dims ?? []).every((size, i) => size >= call.dims(0)[i]!);
  return grows ? 'floor' : 'ceil';
}

/** The axes that are resized, with their scales, or with the sizes that the file holds: the batch is not among them. */
function target(call: Call) {
  const before = call.dims(0);
  const after = call.layer.outputs[0]?.dims ?? [];
  if (before.includes(-1) || after.includes(-1)) call.refuse('known sizes', 'open ones');
  if (call.text('shape_calculation_mode', 'sizes') === 'sizes') {
    const axes = [...after.keys()].filter((axis) => axis > 0 && after[axis] !== before[axis]);
    return { axes, scales: '', sizes: call.builder.ints(axes.map((axis) => after[axis]!)) };
  }
  const later = call.layer.inputs.length > 2 && call.port(1).port.precision.startsWith('I'); // version 4 has sizes first
  const [given, at] = [Float32Array.from(call.numbers(later ? 2 : 1)), later ? 3 : 2];
  const axes = call.layer.inputs.length > at ? call.numbers(at) : [...given.keys()];
  const bytes = new Uint8Array(given.buffer);
  return { axes, scales: call.builder.weights(`${call.layer.name}/scales`, 1, [given.length], bytes), sizes: '' };
}
