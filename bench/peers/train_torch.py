"""Training steps in PyTorch: the networks, losses, optimiser, average and batch of a recipe without captions or augmentation.

Reads {"recipe": {...}, "device": "cpu" or "cuda", "variant": words of "fused", "channels_last", "compile"} on standard input, then
{"steps": n} as often as wanted; answers each with a line: {"imagesPerSecond": ...}.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

SLOPE = 0.2


def he(module, fan_in, gain=2**0.5):
    nn.init.normal_(module.weight, std=gain / fan_in**0.5)
    return module


def up(source, channels, norm):
    conv = he(nn.ConvTranspose2d(source, channels, 4, 2, 1, bias=not norm), source * 4)
    return [conv, nn.BatchNorm2d(channels)] if norm else [conv]


def widths(recipe, stages):
    return [min(recipe["maxWidth"], recipe["width"] * 2**i) for i in range(stages)]


def dcgan(recipe):
    """src/gan/dcgan.ts"""
    size, latent, fine, norm = recipe["size"], recipe["latent"], recipe["fine"], recipe["norm"] == "batch"
    outwards = widths(recipe, size.bit_length() - 3 + fine)
    deepest = outwards[-1]
    g = [nn.Unflatten(1, (latent, 1, 1)), he(nn.ConvTranspose2d(latent, deepest, 4, bias=not norm), latent)]
    g += [nn.BatchNorm2d(deepest)] if norm else []
    for source, channels in zip(outwards[:0:-1], outwards[-2::-1]):
        g += [nn.ReLU(), *up(source, channels, norm)]
    last = he(nn.Conv2d(outwards[0], 3, 3, 1, 1), outwards[0] * 9) if fine else up(outwards[0], 3, False)[0]
    g += [nn.ReLU(), last, nn.Tanh()]

    d, source = [], 3
    for i, channels in enumerate(outwards):
        full = fine and i == 0
        conv = nn.Conv2d(source, channels, 3, 1, 1) if full else nn.Conv2d(source, channels, 4, 2, 1)
        d += [he(conv, conv.weight[0].numel()), nn.LeakyReLU(SLOPE)]
        source = channels
    d += [nn.Flatten(), he(nn.Linear(deepest * 16, 1), deepest * 16, 1), nn.Flatten(0)]
    return nn.Sequential(*g), nn.Sequential(*d)


class Residual(nn.Module):
    def __init__(self, channels, group_width):
        super().__init__()
        inner = channels * 2
        self.widen = he(nn.Conv2d(channels, inner, 1), channels)
        self.mix = he(nn.Conv2d(inner, inner, 3, 1, 1, groups=max(1, round(inner / group_width))), group_width * 9)
        self.narrow = nn.Conv2d(inner, channels, 1, bias=False)
        nn.init.zeros_(self.narrow.weight)

    def forward(self, x):
        y = F.leaky_relu(self.widen(x), SLOPE)
        return x + self.narrow(F.leaky_relu(self.mix(y), SLOPE))


class Smooth(nn.Module):
    """Linear interpolation by two, and its transpose: each pixel from 4x4 weighed 1 3 3 1."""

    def __init__(self, upwards):
        super().__init__()
        self.upwards = upwards
        row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        self.register_buffer("weight", row[:, None] * row[None])

    def forward(self, x):
        if self.upwards:
            return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        weight = self.weight.expand(x.shape[1], 1, 4, 4)
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), weight, stride=2, groups=x.shape[1])


class Basis(nn.Module):
    """A learned 4x4 map for each channel: from numbers to maps, or from maps to numbers."""

    def __init__(self, channels, outwards):
        super().__init__()
        self.outwards = outwards
        self.maps = nn.Parameter(torch.randn(channels, 4, 4))
        self.bias = None if outwards else nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return x[:, :, None, None] * self.maps if self.outwards else (x * self.maps).sum((2, 3)) + self.bias


def r3gan(recipe):
    """src/gan/r3gan.ts"""
    outwards = widths(recipe, recipe["size"].bit_length() - 2)
    blocks = lambda channels: [Residual(channels, recipe["groupWidth"]) for _ in range(recipe["blocks"])]
    pointwise = lambda source, channels: he(nn.Conv2d(source, channels, 1, bias=False), source, 1)
    inwards = outwards[::-1]
    g = [nn.Linear(recipe["latent"], inwards[0], bias=False), Basis(inwards[0], True), *blocks(inwards[0])]
    for source, channels in zip(inwards, inwards[1:]):
        g += [pointwise(source, channels)] if source != channels else []
        g += [Smooth(True), *blocks(channels)]
    g += [pointwise(inwards[-1], 3)]
    d = [pointwise(3, outwards[0]), *blocks(outwards[0])]
    for source, channels in zip(outwards, outwards[1:]):
        d += [Smooth(False)] + ([pointwise(source, channels)] if source != channels else [])
        d += blocks(channels)
    d += [Basis(outwards[-1], False), nn.Linear(outwards[-1], 1), nn.Flatten(0)]
    return nn.Sequential(*g), nn.Sequential(*d)


def penalty(logits, images):
    (dx,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return 0.5 * dx.square().sum((1, 2, 3))


class Trainer:
    def __init__(self, recipe, device, variant):
        torch.manual_seed(0)
        torch.set_flush_denormal(True)
        self.recipe, self.device = recipe, device
        layout = torch.channels_last if "channels_last" in variant else torch.contiguous_format
        networks = {"dcgan": dcgan, "r3gan": r3gan}[recipe["network"]](recipe)
        self.g, self.d = (network.to(device, memory_format=layout) for network in networks)
        self.parameters = list(self.g.parameters())
        self.average = [p.detach().clone() for p in self.parameters]
        self.move_g, self.move_d = (
            torch.optim.Adam(
                network.parameters(),
                lr=1e-5,
                betas=(float(recipe[side]["beta1"]), float(recipe[side]["beta2"])),
                fused="fused" in variant,
            )
            for network, side in [(self.g, "generator"), (self.d, "discriminator")]
        )
        batch, size = recipe["batch"], recipe["size"]
        self.real = (torch.rand(batch, 3, size, size, device=device) * 2 - 1).contiguous(memory_format=layout)
        self.latent = torch.rand(batch, recipe["latent"], device=device) * 2 - 1
        # What torch.compile makes cannot be differentiated twice, so D stays as it is.
        self.draw = torch.compile(self.g) if "compile" in variant else self.g

    def discriminator_step(self):
        with torch.no_grad():
            fake = self.draw(self.latent)
        images = torch.cat([self.real, fake]).requires_grad_()
        logits = self.d(images)
        real, fake = logits.chunk(2)
        r1, r2 = penalty(logits, images).chunk(2)
        loss = F.softplus(fake - real).mean() + self.recipe["r1"] * r1.mean() + self.recipe["r2"] * r2.mean()
        self.move_d.zero_grad()
        loss.backward()
        self.move_d.step()
        return loss.item()

    def generator_step(self):
        self.d.requires_grad_(False)
        with torch.no_grad():
            real = self.d(self.real)
        loss = F.softplus(real - self.d(self.draw(self.latent))).mean()
        self.move_g.zero_grad()
        loss.backward()
        self.move_g.step()
        self.d.requires_grad_(True)
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1 - self.recipe["ema"])
        return loss.item()

    def steps(self, count):
        began = time.perf_counter()
        processor = time.process_time()
        for _ in range(count):
            losses = [self.discriminator_step(), self.generator_step()]
        seconds = time.perf_counter() - began
        return {
            "imagesPerSecond": count * self.recipe["batch"] / seconds,
            "processorSeconds": (time.process_time() - processor) / count,
            "losses": losses,
        }


def main():
    trainer = None
    for line in sys.stdin:
        message = json.loads(line)
        if "recipe" in message:
            trainer = Trainer(message["recipe"], message.get("device", "cpu"), message.get("variant", "").split())
            answer = {"torch": torch.__version__, "threads": torch.get_num_threads(), "cuda": torch.cuda.is_available()}
        else:
            answer = trainer.steps(message["steps"])
        print(json.dumps(answer), flush=True)


main()
