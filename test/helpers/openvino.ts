/** @file Small networks of OpenVINO, written layer by layer. */

/** A layer with one output; inputs are layers before it, by their places. A constant has values. */
export interface LayerSpec {
  readonly type: string;
  readonly name?: string;
  readonly dims: readonly number[];
  readonly inputs?: readonly number[];
  readonly data?: string;
  readonly values?: Float32Array | BigInt64Array;
}

/** The .xml and the .bin of a network; its last layer is the result. */
export function irOf(layers: readonly LayerSpec[]): { xml: string; bin: Uint8Array } {
  const chunks: Uint8Array[] = [];
  let offset = 0;
  const port = (id: number, { dims, values }: LayerSpec) =>
    `<port id="${id}" precision="${values instanceof BigInt64Array ? 'I64' : 'FP32'}">${dims.map((n) => `<dim>${n}</dim>`).join('')}</port>`;
  const all = [...layers, { type: 'Result', dims: [], inputs: [layers.length - 1] }] as LayerSpec[];
  const texts = all.map((layer, id) => {
    const { type, name = `${type}_${id}`, inputs = [], dims, values } = layer;
    let data = layer.data ?? '';
    if (type === 'Parameter') data = `shape="${dims}" element_type="f32"`;
    if (values) {
      chunks.push(new Uint8Array(values.buffer));
      data = `element_type="${values instanceof BigInt64Array ? 'i64' : 'f32'}" shape="${dims}" offset="${offset}" size="${values.byteLength}"`;
      offset += values.byteLength;
    }
    const [before, after] = [inputs.map((from, k) => port(k, all[from]!)).join(''), port(inputs.length, layer)];
    const output = type === 'Result' ? '' : `<output>${after}</output>`;
    return `<layer id="${id}" name="${name}" type="${type}"><data ${data}/><input>${before}</input>${output}</layer>`;
  });
  const edges = all.flatMap(({ inputs = [] }, to) =>
    inputs.map(
      (from, k) =>
        `<edge from-layer="${from}" from-port="${all[from]!.inputs?.length ?? 0}" to-layer="${to}" to-port="${k}"/>`,
    ),
  );
  const xml = `<?xml version="1.0"?><net name="net" version="11"><layers>${texts.join('')}</layers><edges>${edges.join('')}</edges></net>`;
  return { xml, bin: new Uint8Array(Buffer.concat(chunks)) };
}
