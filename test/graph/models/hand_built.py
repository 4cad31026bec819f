"""The fixtures that no exporter of PyTorch writes, built node by node with onnx.helper."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def nhwc_generator(module, opset):
    """`NhwcGenerator` as tf2onnx writes a Keras model: channels last, a Transpose on both sides of spatial nodes.

    tf2onnx removes pairs of Transposes that cancel each other; some are left in here on purpose.
    """
    state = {key: value.float().numpy() for key, value in module.state_dict().items()}
    prefix = "StatefulPartitionedCall/generator"
    initializers = []
    nodes = []

    def const(name, value):
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), f"{prefix}/{name}"))
        return f"{prefix}/{name}"

    def node(op_type, inputs, name, **attributes):
        output = f"{prefix}/{name}:0"
        nodes.append(helper.make_node(op_type, inputs, [output], name=f"{prefix}/{name}", **attributes))
        return output

    def to_nchw(x, name):
        return node("Transpose", [x], name, perm=[0, 3, 1, 2])

    def to_nhwc(x, name):
        return node("Transpose", [x], name, perm=[0, 2, 3, 1])

    def batch_norm(x, layer, name):
        keys = ("weight", "bias", "running_mean", "running_var")
        values = [const(f"{name}/{key}", state[f"{layer}.{key}"]) for key in keys]
        x = to_nchw(x, f"{name}__to_nchw")
        x = node("BatchNormalization", [x, *values], f"{name}/FusedBatchNormV3", epsilon=1e-3)
        return to_nhwc(x, f"{name}__to_nhwc")

    x = node("MatMul", ["z", const("dense/MatMul/ReadVariableOp", state["dense.weight"].T)], "dense/MatMul")
    x = node("Add", [x, const("dense/BiasAdd/ReadVariableOp", state["dense.bias"])], "dense/BiasAdd")

    # tf.shape(x)[0], packed with the other sizes: how Keras' Reshape layer finds its shape.
    shape = node("Cast", [node("Shape", [x], "reshape/Shape")], "reshape/Shape__cast", to=TensorProto.INT32)
    bounds = [
        const(f"reshape/strided_slice/{key}", np.array([value], np.int64))
        for key, value in (("starts", 0), ("ends", 1), ("axes", 0))
    ]
    batch = node("Slice", [shape, *bounds], "reshape/strided_slice")
    sizes = const("reshape/Reshape/shape", np.array([4, 4, state["bn1.weight"].size], np.int32))
    packed = node("Concat", [batch, sizes], "reshape/Reshape/shape_concat", axis=0)
    packed = node("Cast", [packed], "reshape/Reshape__cast", to=TensorProto.INT64)
    x = node("Reshape", [x, packed], "reshape/Reshape")

    x = node("LeakyRelu", [batch_norm(x, "bn1", "batch_normalization")], "leaky_re_lu/LeakyRelu", alpha=0.3)
    x = node(
        "ConvTranspose",
        [
            to_nchw(x, "conv2d_transpose__to_nchw"),
            const("conv2d_transpose/ReadVariableOp", state["conv_transpose.weight"]),
        ],
        "conv2d_transpose/conv2d_transpose",
        auto_pad="SAME_UPPER",
        kernel_shape=[4, 4],
        output_shape=[8, 8],
        strides=[2, 2],
    )
    x = to_nhwc(x, "conv2d_transpose__to_nhwc")
    bias = const("conv2d_transpose/BiasAdd/ReadVariableOp", state["conv_transpose.bias"])
    x = node("Add", [x, bias], "conv2d_transpose/BiasAdd")
    x = node("LeakyRelu", [batch_norm(x, "bn2", "batch_normalization_1")], "leaky_re_lu_1/LeakyRelu", alpha=0.3)

    scales = const("up_sampling2d/scales", np.array([1, 1, 2, 2], np.float32))
    x = node(
        "Resize",
        [to_nchw(x, "up_sampling2d__to_nchw"), "", scales],
        "up_sampling2d/ResizeNearestNeighbor",
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    x = to_nhwc(x, "up_sampling2d__to_nhwc")
    x = node(
        "Conv",
        [
            to_nchw(x, "conv2d__to_nchw"),
            const("conv2d/Conv2D/ReadVariableOp", state["conv.weight"]),
            const("conv2d/BiasAdd/ReadVariableOp", state["conv.bias"]),
        ],
        "conv2d/Conv2D",
        auto_pad="SAME_UPPER",
        kernel_shape=[3, 3],
        dilations=[1, 1],
        strides=[1, 1],
        group=1,
    )
    x = to_nhwc(x, "conv2d__to_nhwc")
    nodes.append(helper.make_node("Tanh", [x], ["image"], name=f"{prefix}/conv2d/Tanh"))

    graph = helper.make_graph(
        nodes,
        "tf2onnx",
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["unk__8", state["dense.weight"].shape[1]])],
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["unk__9", 16, 16, 3])],
        initializers,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def gradient_operators(module, opset):
    """y = sum((x * w) ** 2), with two Gradient nodes.

    The first differentiates by both inputs; the second by x alone, with w among the tensors `zs` that are held fixed.
    """
    del module  # The function has no weights.
    training = "ai.onnx.preview.training"
    nodes = [
        helper.make_node("Mul", ["x", "w"], ["product"]),
        helper.make_node("Mul", ["product", "product"], ["square"]),
        helper.make_node("ReduceSum", ["square"], ["y"], keepdims=0),
        helper.make_node("Gradient", ["x", "w"], ["dy_dx", "dy_dw"], domain=training, xs=["x", "w"], y="y"),
        helper.make_node("Gradient", ["x", "w"], ["dy_dx_alone"], domain=training, xs=["x"], zs=["w"], y="y"),
    ]
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "gradient_operators",
        [info("x", TensorProto.FLOAT, [2, 3]), info("w", TensorProto.FLOAT, [3])],
        [
            info("y", TensorProto.FLOAT, []),
            info("dy_dx", TensorProto.FLOAT, [2, 3]),
            info("dy_dw", TensorProto.FLOAT, [3]),
            info("dy_dx_alone", TensorProto.FLOAT, [2, 3]),
        ],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid(training, 1)], ir_version=8
    )
