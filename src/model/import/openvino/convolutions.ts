/** @file Convolutions of OpenVINO in ONNX. Browser-safe. */

import type { Call } from './conversion.ts';

export function convolution(call: Call, grouped: boolean): void {
  const { name, group } = weightsOf(call, grouped);
  call.yield('Conv', [call.input(0), name], { ...window(call), ...padding(call), group });
}

export function transposedConvolution(call: Call, grouped: boolean): void {
  const { name, group, dims } = weightsOf(call, grouped);
  const rank = dims.length - 2;
  const output_padding = call.layer.data.output_padding ? call.sizes('output_padding') : Array<number>(rank).fill(0);
  const pads = call.layer.inputs.length > 2 ? padsFor(call, dims, output_padding) : padding(call);
  call.yield('ConvTranspose', [call.input(0), name], { ...window(call), ...pads, output_padding, group });
}

/**
 * Weights [groups, ·, ·, ...] of OpenVINO are [groups × ·, ·, ...] in ONNX, for both kinds of convolution; without
 * groups they agree.
 */
function weightsOf(call: Call, grouped: boolean) {
  const dims = call.dims(1);
  if (!grouped) return { name: call.input(1), group: 1n, dims };
  const [groups = 1, first = 1, ...rest] = dims;
  const merged = [groups * first, ...rest];
  const constant = call.constant(1);
  const name = constant
    ? call.write(call.port(1).layer.name, constant, merged)
    : call.make('Reshape', [call.input(1), call.builder.ints(merged)]);
  return { name, group: BigInt(groups), dims: merged };
}

const window = (call: Call) => ({ strides: call.sizes('strides'), dilations: call.sizes('dilations') });

function padding(call: Call): { readonly pads: readonly number[] } | { readonly auto_pad: string } {
  const auto = call.text('auto_pad', 'explicit').toLowerCase();
  if (auto === 'explicit' || auto === 'notset')
    return { pads: [...call.sizes('pads_begin'), ...call.sizes('pads_end')] };
  if (auto === 'same_upper' || auto === 'same_lower' || auto === 'valid') return { auto_pad: auto.toUpperCase() };
  return call.refuse('padding that is explicit, same_upper, same_lower or valid', `'${auto}'`);
}

/** The pads of a transposed convolution whose output has given sizes (input 2): what is too much is cut off. */
function padsFor(call: Call, weights: readonly number[], outputPadding: readonly number[]) {
  const auto = call.text('auto_pad', 'explicit').toLowerCase();
  const [strides, dilations] = [call.sizes('strides'), call.sizes('dilations')];
  const totals = call.numbers(2).map((size, i) => {
    const span = dilations[i]! * (weights[i + 2]! - 1) + 1;
    return strides[i]! * (call.dims(0)[i + 2]! - 1) + span + outputPadding[i]! - size;
  });
  if (!totals.every((total) => total >= 0)) call.refuse('sizes of the output that the input reaches', 'larger ones');
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total, i) => total - small[i]!);
  return { pads: auto === 'same_upper' ? [...large, ...small] : [...small, ...large] };
}
