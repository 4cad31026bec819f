"""Writes layers.xml, layers.bin and layers.txt: every layer that is converted, with what OpenVINO computes for them.

    pip install openvino && python layers.py

Each layer's value is a result by its name in the table below. The network has batch 1; a line of layers.txt is a name, a
shape and numbers: the two inputs, each of two rows, and every output for them, one row after the other.
"""

import re
from pathlib import Path

import numpy as np
import openvino as ov
from openvino import opset10, opset13 as op

here = Path(__file__).parent
draw = np.random.default_rng(1)


def weights(*shape, dtype=np.float32):
    return op.constant((draw.integers(-8, 9, shape) / 8).astype(dtype))


def ints(*values, dtype=np.int64):
    return op.constant(np.array(values, dtype))


x = op.parameter([1, 4, 3, 3], np.float32, name="x")
z = op.parameter([1, 4], np.float32, name="z")
scalar = lambda value: op.constant(np.float32(value))
batch = op.unsqueeze(op.gather(op.shape_of(z), op.constant(np.int32(0)), op.constant(np.int64(0))), ints(0))
positive = op.add(op.abs(x), scalar(0.5))
explicit = dict(pads_begin=[1, 0], pads_end=[0, 1], dilations=[1, 1])
halves = op.split(x, op.constant(np.int64(1)), 2)
parts = op.variadic_split(x, op.constant(np.int64(-3)), ints(1, -1))

results = {
    "add": op.add(x, weights(1, 4, 1, 1)),
    "subtract": op.subtract(scalar(1), x),
    "multiply": op.multiply(x, x),
    "divide": op.divide(x, positive),
    "power": op.power(positive, scalar(-0.5)),
    "square": op.power(x, scalar(2)),
    "maximum": op.maximum(x, scalar(0.1)),
    "minimum": op.minimum(x, weights(4, 1, 1)),
    "abs": op.abs(x),
    "exp": op.exp(op.negative(x)),
    "sqrt": op.sqrt(positive),
    "relu": op.relu(x),
    "sigmoid": op.sigmoid(x),
    "tanh": op.tanh(x),
    "clamp": op.clamp(x, -0.25, 0.5),
    "prelu": op.prelu(x, op.constant(np.array([0.2], np.float32))),
    "prelu_channels": op.prelu(x, op.constant(np.array([0.1, 0.2, 0.3, 0.4], np.float32))),
    "prelu_latent": op.prelu(z, op.constant(np.array([0.1, 0.2, 0.3, 0.4], np.float32))),
    "halved": op.multiply(x, op.convert(weights(1, 4, 1, 1, dtype=np.float16), "f32")),
    "bytes": op.multiply(x, op.convert(op.constant(np.array([1, 2, 250], np.uint8)), "f32")),
    "booleans": op.multiply(x, op.convert(op.constant(np.array([True, False, True])), "f32")),
    "truncated": op.convert(op.convert(op.multiply(x, scalar(3)), "i32"), "f32"),
    "matmul": op.matmul(z, weights(4, 2), False, False),
    "matmul_b": op.matmul(z, weights(5, 4), False, True),
    "matmul_a": op.matmul(x, weights(3, 2), True, False),
    "matmul_vector": op.matmul(x, weights(3), False, True),
    "convolution": op.convolution(x, weights(5, 4, 2, 2), strides=[2, 1], **explicit),
    "convolution_same": op.convolution(x, weights(2, 4, 2, 2), [1, 1], [0, 0], [0, 0], [1, 1], "same_upper"),
    "convolution_lower": op.convolution(x, weights(2, 4, 2, 2), [1, 1], [0, 0], [0, 0], [1, 1], "same_lower"),
    "convolution_dilated": op.convolution(x, weights(2, 4, 2, 2), [1, 1], [0, 0], [0, 0], [2, 2], "valid"),
    "grouped": op.group_convolution(x, weights(2, 3, 2, 2, 2), strides=[1, 1], **explicit),
    "grouped_half": op.group_convolution(
        x, op.convert(weights(4, 1, 1, 3, 3, dtype=np.float16), "f32"), [1, 1], [1, 1], [1, 1], [1, 1]
    ),
    "transposed": op.convolution_backprop_data(
        x, weights(4, 2, 3, 3), [2, 2], None, [1, 0], [0, 1], [1, 1], "explicit", [1, 0]
    ),
    "transposed_upper": op.convolution_backprop_data(
        x, weights(4, 2, 2, 4), [2, 1], ints(5, 5), [0, 0], [0, 0], [1, 1], "same_upper"
    ),
    "transposed_lower": op.convolution_backprop_data(
        x, weights(4, 2, 2, 4), [2, 1], ints(5, 5), [0, 0], [0, 0], [1, 1], "same_lower"
    ),
    "grouped_transposed": op.group_convolution_backprop_data(
        x, weights(2, 2, 3, 2, 1), strides=[2, 1], pads_begin=[0, 0], pads_end=[0, 0], dilations=[1, 1]
    ),
    "reduce_mean": op.reduce_mean(x, ints(2, 3), True),
    "reduce_sum": op.reduce_sum(x, op.constant(np.int32(-1)), False),
    "reshape_batch": op.reshape(op.add(weights(4), z), op.concat([batch, ints(2, 2)], 0), False),
    "reshape_fixed": op.reshape(x, ints(1, 36), False),
    "reshape_copied": op.reshape(x, ints(0, 0, 9), True),
    "squeeze": op.squeeze(op.reduce_sum(x, ints(2), True), ints(2)),
    "unsqueeze": op.unsqueeze(z, ints(2, 3)),
    "transpose": op.transpose(x, ints(0, 2, 3, 1)),
    "concat": op.concat([halves.output(1), halves.output(0)], 1),
    "gather": op.gather(x, ints(2, 0, dtype=np.int32), op.constant(np.int64(1))),
    "split": op.add(parts.output(1), scalar(1)),
    "broadcast": op.multiply(op.broadcast(weights(4), op.concat([batch, ints(4)], 0)), z),
    "broadcast_both": op.broadcast(op.unsqueeze(z, ints(2)), ints(1, 1, 3), None, "bidirectional"),
    "tile": op.tile(x, ints(1, 1, 2, 1)),
    "nearest": op.interpolate(x, ints(6, 6), "nearest", "sizes", axes=ints(2, 3), nearest_mode="simple",
                              coordinate_transformation_mode="asymmetric"),
    "linear": op.interpolate(x, op.constant(np.float32([2, 1.5])), "linear_onnx", "scales", axes=ints(2, 3)),
    "cubic": op.interpolate(x, ints(5, 4), "cubic", "sizes", axes=ints(2, 3), cube_coeff=-0.5,
                            coordinate_transformation_mode="align_corners"),
    "linear_old": opset10.interpolate(x, ints(6, 6), op.constant(np.float32([2, 2])), "linear_onnx", "scales",
                                      axes=ints(2, 3)),
}  # fmt: skip

for name, node in results.items():
    getattr(node, "get_node", lambda node=node: node)().set_friendly_name(name)
model = ov.Model([op.result(node, name=f"{name}/result") for name, node in results.items()], [x, z], "layers")
xml = here / "layers.xml"
ov.serialize(model, xml, here / "layers.bin")
xml.write_text(re.sub(r">\s+<", "><", xml.read_text()))

compiled = ov.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
inputs = {"x": draw.integers(-16, 17, (2, 4, 3, 3)) / 8, "z": draw.integers(-16, 17, (2, 4)) / 8}
inputs = {name: values.astype(np.float32) for name, values in inputs.items()}
rows = [compiled([inputs["x"][i : i + 1], inputs["z"][i : i + 1]]) for i in range(2)]
outputs = {name: np.concatenate([row[k] for row in rows]) for k, name in enumerate(results)}
lines = [
    " ".join([name, ",".join(map(str, values.shape)), *(f"{v:.7g}" for v in values.ravel())])
    for name, values in [*inputs.items(), *outputs.items()]
]
(here / "layers.txt").write_text("\n".join(lines) + "\n")
