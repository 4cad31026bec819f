"""Makes the ONNX models of this folder and the numbers that a reader of them must reproduce.

Every `name.onnx` is a small network with random weights, written by one of PyTorch's two exporters or, where no
exporter of PyTorch writes such a graph, by onnx.helper. `name.json` beside it holds inputs, the output, random
weights w of the output's shape, and the gradient of sum(w * output) with respect to every floating-point input.
The output and the gradients come from torch in float64 on the same weights, rounded to float32 when written.

Run it in this folder to make all files again, the table in README.md included, or name the models to make:

    pip install torch==2.15.0 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0 numpy==2.4.6
    python make_models.py [name ...]

Those are the versions that made the committed files (Python 3.11). Before a model is written the script checks that
 - onnx.checker accepts the file, and it names no path of the machine that made it;
 - ONNX Runtime computes the same output from the file as torch does (but for the Gradient operator, which it lacks);
 - float32 and float64 give the same gradients, and so do inputs moved by 1e-6: no unit stands so close to a kink
   that rounding decides its side. The first seed for which that holds is taken.
"""

import argparse
import base64
import dataclasses
import json
import logging
import math
import os
import pathlib
import sys
import warnings

import numpy as np
import onnx
import onnx.version_converter
import onnxruntime
import torch
from torch import nn

import families
import hand_built

HERE = pathlib.Path(__file__).parent
GRADIENT_TOLERANCE = 2e-5
ROUNDING = 1e-6
OUTPUT_TOLERANCE = 1e-4
HALF_OUTPUT_TOLERANCE = 1e-2

Z = ("N", 16)
Z_IMAGE = ("N", 16, 1, 1)
IMAGE_16 = ("N", 3, 16, 16)
IMAGE_32 = ("N", 3, 32, 32)


@dataclasses.dataclass
class Fixture:
    """One model: what it is, how it is exported, and what its inputs are.

    In `inputs` the letter N stands for the batch; the name "class_id" means whole numbers below 5.
    """

    name: str
    family: str
    build: callable
    inputs: dict
    exporter: str  # "torchscript", "dynamo" or "helper"
    opset: int
    special: str = ""
    output: str = "image"
    batch: str | int = "symbolic"
    dtype: torch.dtype = torch.float32
    script: bool = False
    dynamic: dict = dataclasses.field(default_factory=dict)  # further symbolic axes: {tensor: {axis: name}}
    functions: set = dataclasses.field(default_factory=set)  # module classes to keep as model-local functions
    optimize: bool = True
    external_data: bool = False
    export_opset: int | None = None  # where onnx.version_converter makes the last step to `opset`
    hand_built: callable = None
    gradient_operators: bool = False


FIXTURES = [
    # DCGAN
    Fixture("dcgan_generator", "dcgan", families.DcganGenerator, {"z": Z_IMAGE}, "torchscript", 11),
    Fixture(
        "dcgan_generator_batch1", "dcgan", families.DcganGenerator, {"z": Z_IMAGE}, "torchscript", 13,
        "exported at batch 1, no Reshape", batch=1,
    ),
    Fixture(
        "dcgan_generator_half", "dcgan", families.DcganGenerator, {"z": Z_IMAGE}, "torchscript", 17,
        "float16 weights, input and output", dtype=torch.float16,
    ),
    Fixture(
        "dcgan_generator_if", "dcgan", families.DcganGeneratorWithSwitch, {"z": Z_IMAGE}, "torchscript", 14,
        "scripted; If of a constant condition", script=True,
    ),
    Fixture(
        "dcgan_generator_converted", "dcgan", families.DcganGenerator, {"z": Z_IMAGE}, "torchscript", 19,
        "raised from opset 13 by onnx.version_converter", export_opset=13,
    ),
    Fixture(
        "dcgan_discriminator", "dcgan", families.DcganDiscriminator, {"image": IMAGE_16}, "torchscript", 12,
        "squeeze(1) written as an If on the shape", output="score",
    ),
    # WGAN-GP
    Fixture("wgangp_generator", "wgangp", families.WganGpGenerator, {"z": Z}, "torchscript", 14),
    Fixture(
        "wgangp_generator_batch1", "wgangp", families.WganGpGenerator, {"z": Z}, "torchscript", 15,
        "exported at batch 1, Reshape to a constant shape that begins with 1", batch=1,
    ),
    Fixture(
        "wgangp_critic", "wgangp", families.WganGpCritic, {"image": IMAGE_16}, "torchscript", 16,
        "layer normalisation in single operators, strided Slices", output="score",
    ),
    Fixture(
        "wgangp_critic_dynamo", "wgangp", families.WganGpCritic, {"image": IMAGE_16}, "dynamo", 18,
        "LayerNormalization over three axes, strided Slices", output="score",
    ),
    # SNGAN
    Fixture(
        "sngan_generator", "sngan", families.SnganGenerator, {"z": Z}, "dynamo", 20,
        "external data; bilinear Resize", external_data=True,
    ),
    Fixture(
        "sngan_discriminator", "sngan", families.SnganDiscriminator, {"image": IMAGE_16}, "torchscript", 15,
        "spectral normalisation folded; average pooling, global sum", output="score",
    ),
    Fixture(
        "sngan_discriminator_sigma", "sngan", lambda: families.SnganDiscriminator(folded=False),
        {"image": IMAGE_16}, "torchscript", 12,
        "spectral normalisation left in the graph: weights computed from constants", output="score",
    ),
    # R3GAN
    Fixture(
        "r3gan_generator", "r3gan", families.R3ganGenerator, {"z": Z}, "torchscript", 17,
        "grouped convolutions; batch and channels merged by Reshape around filtered resampling",
    ),
    Fixture(
        "r3gan_discriminator", "r3gan", families.R3ganDiscriminator, {"image": IMAGE_16}, "dynamo", 22,
        "grouped and depthwise convolutions, filtered resampling", output="score",
    ),
    # FastGAN
    Fixture(
        "fastgan_generator", "fastgan", families.FastganGenerator, {"z": Z}, "dynamo", 21,
        "GLU, DepthToSpace, skip-layer excitation",
    ),
    Fixture(
        "fastgan_discriminator", "fastgan", families.FastganDiscriminator,
        {"image": IMAGE_32, "image_small": IMAGE_16}, "torchscript", 18, "two inputs", output="scores",
    ),
    # StyleGAN2
    Fixture(
        "stylegan2_generator", "stylegan2", families.StyleGan2Generator, {"z": Z}, "torchscript", 13,
        "shared convolutions with scaled input and output; zero insertion by 6-D Reshape and Pad",
    ),
    Fixture(
        "stylegan2_generator_dynamo", "stylegan2", families.StyleGan2Generator, {"z": Z}, "dynamo", 20,
        "the same by the other exporter",
    ),
    Fixture(
        "stylegan2_generator_grouped", "stylegan2", lambda: families.StyleGan2Generator(fused=True), {"z": Z},
        "torchscript", 16, "batch 2 fixed: (transposed) convolutions with computed weights and a group per sample",
        batch=2,
    ),
    # BigGAN
    Fixture(
        "biggan_generator", "biggan", families.BigganGenerator, {"z": ("N", 18), "class_id": ("N",)},
        "torchscript", 14, "int64 class input, Split of z, self-attention",
    ),
    Fixture(
        "biggan_generator_dynamo", "biggan", families.BigganGenerator, {"z": ("N", 18), "class_id": ("N",)},
        "dynamo", 23, "the same by the other exporter",
    ),
    # VQ decoder
    Fixture(
        "vq_decoder", "vq", families.VqDecoder, {"latent": ("N", 4, 4, 4)}, "dynamo", 21, "GroupNormalization",
    ),
    Fixture(
        "vq_decoder_shapes", "vq", families.VqDecoder, {"latent": ("N", 4, 4, 4)}, "torchscript", 18,
        "symbolic height and width: sizes of attention computed from Shape; group normalisation as "
        "InstanceNormalization between Reshapes",
        dynamic={"latent": {2: "height", 3: "width"}, "image": {2: "image_height", 3: "image_width"}},
    ),
    Fixture(
        "vq_decoder_functions", "vq", families.VqDecoder, {"latent": ("N", 4, 4, 4)}, "torchscript", 15,
        "model-local functions: one calls another, one has an attribute that its body refers to",
        functions={nn.GroupNorm, families.VqAttnBlock, families.VqUpsample},
    ),
    Fixture(
        "vq_decoder_raw", "vq", families.VqDecoder, {"latent": ("N", 4, 4, 4)}, "dynamo", 18,
        "not optimised by the exporter: Range, CastLike, Expand, many Constants", optimize=False,
    ),
    # Vision transformer
    Fixture(
        "vit", "vit", families.VisionTransformer, {"image": IMAGE_16}, "torchscript", 17,
        "LayerNormalization, attention in single operators, GELU by Erf", output="features",
    ),
    Fixture(
        "vit_shapes", "vit", families.VisionTransformerWithPositionIds, {"image": IMAGE_16}, "torchscript", 14,
        "symbolic height and width; Shape, Gather, Concat, ConstantOfShape, Range, Slice, Where, Expand",
        output="features", dynamic={"image": {2: "height", 3: "width"}},
    ),
    Fixture(
        "vit_tanh", "vit", lambda: families.VisionTransformer(approximate="tanh"), {"image": IMAGE_16}, "dynamo", 20,
        "Gelu with the tanh approximation", output="features",
    ),
    Fixture(
        "vit_dynamo", "vit", families.VisionTransformer, {"image": IMAGE_16}, "dynamo", 23, "Attention, Gelu",
        output="features",
    ),
    # Hand-built
    Fixture(
        "nhwc_generator", "nhwc", families.NhwcGenerator, {"z": Z}, "helper", 13,
        "channels last as tf2onnx writes it: Transposes, ConvTranspose with output_shape, auto_pad",
        hand_built=hand_built.nhwc_generator,
    ),
    Fixture(
        "gradient_operators", "gradient", families.SquaredProduct, {"x": (2, 3), "w": (3,)}, "helper", 15,
        "two ai.onnx.preview.training Gradient nodes; further outputs in `otherOutputs`", output="y", batch="none",
        hand_built=hand_built.gradient_operators, gradient_operators=True,
    ),
]


# --------------------------------------------------------------------------------------------- Models and inputs


def initialise(model):
    """Random weights that keep activations near unit size, and normalisation statistics that are not trivial."""
    for m in model.modules():
        if isinstance(m, (nn.Conv2d, nn.Linear, nn.ConvTranspose2d)):
            fan_in = m.weight[0].numel()
            if isinstance(m, nn.ConvTranspose2d):
                fan_in = m.weight[:, 0].numel() / math.prod(m.stride)
            nn.init.normal_(m.weight, std=1.2 / math.sqrt(fan_in))
            if m.bias is not None:
                nn.init.normal_(m.bias, std=0.1)
        elif isinstance(m, (nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm)):
            nn.init.uniform_(m.weight, 0.6, 1.4)
            nn.init.normal_(m.bias, std=0.2)
            if isinstance(m, nn.BatchNorm2d):
                nn.init.normal_(m.running_mean, std=0.2)
                nn.init.uniform_(m.running_var, 0.5, 1.5)
        elif isinstance(m, families.BiasedActivation):
            nn.init.normal_(m.bias, std=0.2)


def make_model(fixture, seed):
    torch.manual_seed(seed)
    model = fixture.build()
    initialise(model)
    if hasattr(model, "finish"):
        model.finish()
    return model.eval().requires_grad_(False).to(fixture.dtype)


def make_inputs(fixture, batch):
    inputs = {}
    for name, shape in fixture.inputs.items():
        shape = [batch if size == "N" else size for size in shape]
        if name == "class_id":
            inputs[name] = torch.randint(0, 5, shape)
        else:
            inputs[name] = torch.randn(shape) * (0.5 if name.startswith("image") else 1)
            inputs[name] = inputs[name].to(fixture.dtype)
    return inputs


def evaluate(model, inputs, weights, dtype):
    """The output and the gradients of sum(weights * output), computed in `dtype`."""
    model = model.to(dtype)
    inputs = {k: v.to(dtype, copy=True).requires_grad_() if v.is_floating_point() else v for k, v in inputs.items()}
    output = model(**inputs)
    weights = torch.randn(output.shape) if weights is None else weights
    wanted = {k: v for k, v in inputs.items() if v.is_floating_point()}
    gradients = torch.autograd.grad((weights.to(dtype) * output).sum(), list(wanted.values()))
    return output.detach(), weights, dict(zip(wanted, gradients))


def expected_values(make, inputs):
    """What the model gives at `inputs`, or None where a rounding error more or less changes the gradients."""
    output, weights, gradients = evaluate(make(), inputs, None, torch.float64)
    moved = {k: v + ROUNDING * torch.randn_like(v.double()) if v.is_floating_point() else v for k, v in inputs.items()}
    _, _, gradients32 = evaluate(make(), inputs, weights, torch.float32)
    _, _, gradients_moved = evaluate(make(), moved, weights, torch.float64)
    for name, gradient in gradients.items():
        scale = gradient.abs().max()
        assert scale > 1e-4, f"the gradient of {name} vanishes: {scale}"
        for other in (gradients32, gradients_moved):
            if (other[name] - gradient).abs().max() > GRADIENT_TOLERANCE * scale:
                return None
    return {"inputs": inputs, "output": output, "weights": weights, "gradients": gradients}


# -------------------------------------------------------------------------------------------------------- Export


def export(fixture, model, inputs, path):
    if fixture.hand_built:
        onnx.save(fixture.hand_built(model, fixture.opset), path)
        return
    dynamic = {}
    if fixture.batch == "symbolic":
        dynamic = {name: {0: "batch", **fixture.dynamic.get(name, {})} for name in [*inputs, fixture.output]}
    names = {"input_names": list(inputs), "output_names": [fixture.output]}
    opset = fixture.export_opset or fixture.opset
    if fixture.exporter == "torchscript":
        torch.onnx.export(
            torch.jit.script(model) if fixture.script else model,
            tuple(inputs.values()),
            path,
            dynamo=False,
            opset_version=opset,
            dynamic_axes=dynamic,
            export_modules_as_functions=fixture.functions or False,
            **names,
        )
    else:
        batch = torch.export.Dim("batch")
        program = torch.onnx.export(
            model,
            tuple(inputs.values()),
            dynamo=True,
            opset_version=opset,
            dynamic_shapes={name: {0: batch} for name in inputs} if fixture.batch == "symbolic" else None,
            optimize=fixture.optimize,
            verbose=False,
            **names,
        )
        program.save(path, external_data=fixture.external_data)
    if opset != fixture.opset:
        onnx.save(onnx.version_converter.convert_version(onnx.load(path), fixture.opset), path)


def sort_by(key, entries):
    """Sorts a repeated field of a protocol buffer in place."""
    ordered = sorted(entries, key=key)
    del entries[:]
    entries.extend(ordered)


def rename_function_values(function, graph):
    """Names a function's inputs as the arguments of its last call in the graph, and its other values by their place.

    So the same names mean different things inside and outside, as the exporter has it.
    """
    calls = [node for node in graph.node if (node.domain, node.op_type) == (function.domain, function.name)]
    names = {"": "", **dict(zip(function.input, calls[-1].input))}  # "": an input left out
    for i, node in enumerate(function.node):
        node.name = f"{function.name}/{node.op_type}_{i}"
        names.update((name, f"{node.name}_output_{k}") for k, name in enumerate(node.output))
    for owner in (function, *function.node):
        owner.input[:] = [names[name] for name in owner.input]
        owner.output[:] = [names[name] for name in owner.output]
    del function.value_info[:]


def tidy(path):
    """Removes the documentation that the exporters attach, stack traces with the paths of this machine among it.

    Also settles what the TorchScript exporter leaves to chance: the order of functions, and which of its calls a
    function takes the names inside from.
    """
    model = onnx.load(path, load_external_data=False)

    def strip_nodes(nodes):
        for node in nodes:
            node.ClearField("doc_string")
            node.ClearField("metadata_props")
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    strip_graph(attribute.g)

    def strip_graph(graph):
        strip_nodes(graph.node)
        graph.ClearField("metadata_props")
        for value in [*graph.input, *graph.output, *graph.value_info, *graph.initializer]:
            value.ClearField("doc_string")
            value.ClearField("metadata_props")

    strip_graph(model.graph)
    model.ClearField("metadata_props")
    for function in model.functions:
        strip_nodes(function.node)
        function.ClearField("doc_string")
        function.ClearField("metadata_props")
        sort_by(lambda entry: entry.domain, function.opset_import)
        rename_function_values(function, model.graph)
    sort_by(lambda function: (function.domain, function.name), model.functions)
    sort_by(lambda entry: entry.domain, model.opset_import)
    onnx.save(model, path)


def check_file(fixture, path):
    onnx.checker.check_model(path, full_check=True)
    content = path.read_bytes()
    for place in (HERE, pathlib.Path(sys.prefix), pathlib.Path.cwd(), pathlib.Path.home()):
        assert str(place).encode() not in content, f"{path.name} names {place}"
    model = onnx.load(path, load_external_data=False)
    opsets = {entry.domain: entry.version for entry in model.opset_import}
    assert opsets[""] == fixture.opset, f"{path.name} has opset {opsets['']}"
    declared = [entry.name for entry in model.graph.input]
    assert declared == list(fixture.inputs), f"{path.name} has inputs {declared}"


def check_output(fixture, path, values):
    """Compares ONNX Runtime's output with torch's; a model of batch 1 runs once for every sample."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    inputs = {name: value.numpy() for name, value in values["inputs"].items()}
    if fixture.batch == 1:
        count = len(next(iter(inputs.values())))
        runs = [{name: value[i : i + 1] for name, value in inputs.items()} for i in range(count)]
    else:
        runs = [inputs]
    output = np.concatenate([np.atleast_1d(session.run([fixture.output], feed)[0]) for feed in runs])
    error = np.abs(output.astype(np.float64) - values["output"].numpy()).max()
    tolerance = HALF_OUTPUT_TOLERANCE if fixture.dtype == torch.float16 else OUTPUT_TOLERANCE
    assert error <= tolerance, f"{fixture.name}: ONNX Runtime differs by {error}"
    return error


# -------------------------------------------------------------------------------------------------------- Writing


def encode(tensor):
    """Base64 of the little-endian values: float32, or int64 for whole numbers."""
    values = tensor.numpy().astype("<f4" if tensor.is_floating_point() else "<i8")
    return base64.b64encode(values.tobytes()).decode()


def describe(tensor, name=None):
    dtype = "float32" if tensor.is_floating_point() else "int64"
    entry = {"shape": list(tensor.shape), "dtype": dtype, "data": encode(tensor)}
    return {"name": name, **entry} if name else entry


def describe_values(fixture, values):
    return {
        "inputs": {name: describe(value) for name, value in values["inputs"].items()},
        "output": describe(values["output"], fixture.output),
        "weights": encode(values["weights"]),
        "gradients": {name: encode(value) for name, value in values["gradients"].items()},
    }


def make_fixture(fixture):
    own_batch = 1 if fixture.batch == 1 else 2
    for seed in range(100):
        model = make_model(fixture, seed)
        inputs = make_inputs(fixture, 2)
        own_inputs = {
            name: value[:own_batch] if "N" in fixture.inputs[name] else value for name, value in inputs.items()
        }
        values = expected_values(lambda: make_model(fixture, seed), own_inputs)
        values_at_2 = expected_values(lambda: make_model(fixture, seed), inputs) if own_batch == 1 else values
        if values and values_at_2:
            break
    else:
        raise AssertionError(f"{fixture.name}: no seed gives stable gradients")

    path = HERE / f"{fixture.name}.onnx"
    for old in (path, path.with_suffix(".onnx.data")):
        old.unlink(missing_ok=True)
    export(fixture, model, own_inputs, path)
    tidy(path)
    check_file(fixture, path)
    if fixture.gradient_operators:
        agreement = "not run by ONNX Runtime"
    else:
        agreement = f"ONNX Runtime differs from torch by at most {check_output(fixture, path, values_at_2):.1e}"

    record = {
        "family": fixture.family,
        "exporter": fixture.exporter,
        "torch": torch.__version__,
        "opset": fixture.opset,
        "seed": seed,
        **describe_values(fixture, values),
    }
    if fixture.dtype == torch.float16:
        record["modelDtype"] = "float16"
    if own_batch == 1:
        record["exportedBatch"] = 1
        record["atBatch2"] = describe_values(fixture, values_at_2)
    if fixture.gradient_operators:
        _, _, slopes = evaluate(model, inputs, torch.tensor(1.0), torch.float64)
        others = {"dy_dx": slopes["x"], "dy_dw": slopes["w"], "dy_dx_alone": slopes["x"]}
        record["otherOutputs"] = [describe(value, name) for name, value in others.items()]
    path.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")

    print(f"{fixture.name}: seed {seed}, {path.stat().st_size} bytes, {agreement}")


README_HEAD = """\
# Models for the graph tests

Small networks with random weights, written by PyTorch's exporters (or by hand with `onnx.helper`), and the values
that torch computes for them. `make_models.py` makes them and this page:

```
python make_models.py
```

Its docstring says which package versions made the committed files. `families.py` holds the networks,
`hand_built.py` the graphs that no exporter of PyTorch writes. `make_foreign.py` makes what TensorFlow (tf2onnx) and
JAX (jax2onnx) export, `tensorflow_*` and `jax_*`, with their values in float32.

`name.json` holds for `name.onnx`: `inputs`, the `output`, random `weights` w of the output's shape, and `gradients`,
the derivative of sum(w * output) with respect to every floating-point input, computed in float64. All data is base64
of little-endian float32 (int64 for whole numbers). Models with a symbolic batch are evaluated at batch 2. A model
exported at batch 1 is marked by `exportedBatch` and has its values at batch 2 under `atBatch2`. `modelDtype` is given
where the model's own tensors are not float32 (the values still come from float64); `otherOutputs` where the graph has
more outputs than one.

| file | family | exporter | opset | batch | special |
| --- | --- | --- | --- | --- | --- |
"""


def write_readme():
    rows = [
        f"| `{f.name}.onnx` | {f.family} | {f.exporter} | {f.opset} | {f.batch} | {f.special} |\n" for f in FIXTURES
    ]
    (HERE / "README.md").write_text(README_HEAD + "".join(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="models to make (default: all)")
    names = parser.parse_args().names
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    os.chdir(HERE)
    unknown = set(names) - {fixture.name for fixture in FIXTURES}
    if unknown:
        parser.error(f"no such model: {', '.join(sorted(unknown))}")
    for fixture in FIXTURES:
        if not names or fixture.name in names:
            make_fixture(fixture)
    write_readme()
    size = sum(file.stat().st_size for file in HERE.iterdir() if file.is_file())
    print(f"{size} bytes in all")


if __name__ == "__main__":
    main()
