"""Makes the fixtures that TensorFlow and JAX export: tensorflow_*.onnx by tf2onnx, jax_generator.onnx by jax2onnx.

Run: python make_foreign.py   (tensorflow-cpu 2.19, tf2onnx, jax, flax and jax2onnx 0.17 made the committed files)

The values beside them have the format of make_models.py, but are computed in float32, as these frameworks do.
"""

import base64
import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import jax
import jax.numpy as jnp
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from flax import nnx
from jax2onnx import to_onnx

HERE = Path(__file__).parent
layers = tf.keras.layers


def encode(array):
    return base64.b64encode(np.ascontiguousarray(np.asarray(array).astype("<f4")).tobytes()).decode()


def save(name, family, exporter, x, y, w, gradient):
    """Writes name.json; the model's input and output are named x and y."""
    model = onnx.load(HERE / f"{name}.onnx")
    onnx.checker.check_model(model)
    shaped = lambda array: {"shape": list(array.shape), "dtype": "float32", "data": encode(array)}
    record = {
        "family": family,
        "exporter": exporter,
        "opset": model.opset_import[0].version,
        "inputs": {model.graph.input[0].name: shaped(x)},
        "output": {"name": model.graph.output[0].name, **shaped(y)},
        "weights": encode(w),
        "gradients": {model.graph.input[0].name: encode(gradient)},
    }
    (HERE / f"{name}.json").write_text(json.dumps(record) + "\n")


def keras_generator():
    """DCGAN in Keras: channels last, transposed convolutions of padding 'same', bilinear up-sampling."""
    return tf.keras.Sequential([
        layers.Input((16,)),
        layers.Dense(4 * 4 * 8, use_bias=False),
        layers.BatchNormalization(),
        layers.LeakyReLU(),
        layers.Reshape((4, 4, 8)),
        layers.Conv2DTranspose(8, 5, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.LeakyReLU(),
        layers.Conv2DTranspose(6, 5, strides=2, padding="same"),
        layers.LeakyReLU(),
        layers.UpSampling2D(2, interpolation="bilinear"),
        layers.Conv2D(3, 3, padding="same", activation="tanh"),
    ])


def keras_discriminator():
    """Strided, depthwise and pooled, with layer normalisation and swish."""
    return tf.keras.Sequential([
        layers.Input((16, 16, 3)),
        layers.Conv2D(8, 5, strides=2, padding="same"),
        layers.LeakyReLU(),
        layers.AveragePooling2D(2),
        layers.DepthwiseConv2D(3, padding="same"),
        layers.LayerNormalization(),
        layers.Activation("swish"),
        layers.GlobalMaxPooling2D(),
        layers.Dense(1),
    ])


def make_tensorflow():
    tf.keras.utils.set_random_seed(0)
    for name, model, shape in [
        ("tensorflow_generator", keras_generator(), (16,)),
        ("tensorflow_discriminator", keras_discriminator(), (16, 16, 3)),
    ]:
        for layer in model.layers:
            if isinstance(layer, layers.BatchNormalization):
                layer.moving_mean.assign(tf.random.normal(layer.moving_mean.shape))
                layer.moving_variance.assign(tf.random.uniform(layer.moving_variance.shape, 0.5, 2.0))
        call = tf.function(
            lambda x, model=model: model(x, training=False),
            input_signature=[tf.TensorSpec((None, *shape), tf.float32, name="x")],
        )
        tf2onnx.convert.from_function(
            call, input_signature=call.input_signature, opset=17, output_path=str(HERE / f"{name}.onnx")
        )
        x = tf.random.normal((2, *shape))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = model(x, training=False)
            w = tf.random.normal(y.shape)
            loss = tf.reduce_sum(y * w)
        save(name, "tensorflow", "tf2onnx", x, y, w, tape.gradient(loss, x))


class FlaxGenerator(nnx.Module):
    """Dense, layer norm, convolutions, up-sampling by repetition."""

    def __init__(self, rngs):
        self.dense = nnx.Linear(16, 4 * 4 * 8, rngs=rngs)
        self.norm = nnx.LayerNorm(128, rngs=rngs)
        self.conv = nnx.Conv(8, 8, (3, 3), rngs=rngs)
        self.out = nnx.Conv(8, 3, (3, 3), rngs=rngs)

    def __call__(self, z):
        h = jax.nn.gelu(self.norm(self.dense(z))).reshape(z.shape[0], 4, 4, 8)
        h = jax.nn.leaky_relu(self.conv(h))
        h = jnp.repeat(jnp.repeat(h, 2, axis=1), 2, axis=2)
        return jnp.tanh(self.out(jax.nn.silu(h)))


def make_jax():
    model = FlaxGenerator(nnx.Rngs(0))
    to_onnx(model, inputs=[("B", 16)], opset=21, return_mode="file", output_path=str(HERE / "jax_generator.onnx"))
    rng = np.random.RandomState(0)
    x = rng.randn(2, 16).astype("f")
    y = model(x)
    w = rng.randn(*y.shape).astype("f")
    gradient = jax.grad(lambda z: (model(z) * w).sum())(jnp.asarray(x))
    save("jax_generator", "jax", "jax2onnx", x, y, w, gradient)


if __name__ == "__main__":
    make_tensorflow()
    make_jax()
