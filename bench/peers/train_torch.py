"""Training steps of the dcgan recipe in PyTorch: the same networks, losses, optimiser, average and batch.

Reads one JSON object a line on stdin: {"recipe": {...}} once, then {"steps": n} as often as wanted; answers each with a line.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def he(tensor, fan_in, gain=2**0.5):
    return nn.init.normal_(tensor, std=gain / fan_in**0.5)


class Up(nn.Module):
    def __init__(self, source, channels, norm):
        super().__init__()
        self.conv = nn.ConvTranspose2d(source, channels, 4, 2, 1, bias=not norm)
        he(self.conv.weight, source * 4)
        self.norm = nn.BatchNorm2d(channels) if norm else nn.Identity()

    def forward(self, x):
        return self.norm(self.conv(x))


class Dcgan:
    """G and D as src/gan/dcgan.ts has them."""

    def __init__(self, recipe):
        size, width, latent = recipe["size"], recipe["width"], recipe["latent"]
        norm = recipe["norm"] == "batch"
        depth = (size // 4).bit_length() - 1
        widths = [width * 2**i for i in range(depth)]
        first = nn.Linear(latent, widths[-1] * 16, bias=False)
        he(first.weight, latent)
        up = [nn.Unflatten(1, (widths[-1], 4, 4)), nn.BatchNorm2d(widths[-1]) if norm else nn.Identity(), nn.ReLU()]
        for source, channels in zip(widths[:0:-1], widths[-2::-1]):
            up += [Up(source, channels, norm), nn.ReLU()]
        self.g = nn.Sequential(first, *up, Up(widths[0], 3, False), nn.Tanh())
        down = []
        for source, channels in zip([3, *widths], widths):
            conv = nn.Conv2d(source, channels, 4, 2, 1)
            he(conv.weight, source * 16)
            down += [conv, nn.LeakyReLU(0.2)]
        self.d = nn.Sequential(*down, nn.Flatten(), nn.Linear(widths[-1] * 16, 1), nn.Flatten(0))


def penalty(logits, images):
    (dx,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return 0.5 * dx.square().sum((1, 2, 3))


class Trainer:
    def __init__(self, recipe, device, variant):
        torch.manual_seed(0)
        self.recipe, self.device = recipe, device
        networks = Dcgan(recipe)
        self.layout = torch.channels_last if "channels_last" in variant else torch.contiguous_format
        self.g = networks.g.to(device, memory_format=self.layout)
        self.d = networks.d.to(device, memory_format=self.layout)
        self.parameters = list(self.g.parameters())
        self.average = [p.detach().clone() for p in self.parameters]
        options = lambda side: {
            "lr": 1e-5,
            "betas": (float(recipe[side]["beta1"]), float(recipe[side]["beta2"])),
            "fused": "fused" in variant,
        }
        self.move_g = torch.optim.Adam(self.g.parameters(), **options("generator"))
        self.move_d = torch.optim.Adam(self.d.parameters(), **options("discriminator"))
        batch, size = recipe["batch"], recipe["size"]
        self.real = (torch.rand(batch, 3, size, size, device=device) * 2 - 1).contiguous(memory_format=self.layout)
        self.latent = torch.rand(batch, recipe["latent"], device=device) * 2 - 1
        self.draw, self.judge = self.g, self.d
        if "compile" in variant:
            self.draw = torch.compile(self.g)

    def discriminator_step(self):
        with torch.no_grad():
            fake = self.draw(self.latent)
        images = torch.cat([self.real, fake]).requires_grad_()
        logits = self.judge(images)
        real, fake = logits.chunk(2)
        r1, r2 = penalty(logits, images).chunk(2)
        loss = F.softplus(fake - real).mean() + self.recipe["r1"] * r1.mean() + self.recipe["r2"] * r2.mean()
        self.move_d.zero_grad()
        loss.backward()
        self.move_d.step()
        return loss.item()

    def generator_step(self):
        self.d.requires_grad_(False)
        fake = self.judge(self.draw(self.latent))
        with torch.no_grad():
            real = self.judge(self.real)
        loss = F.softplus(real - fake).mean()
        self.move_g.zero_grad()
        loss.backward()
        self.move_g.step()
        self.d.requires_grad_(True)
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1 - self.recipe["ema"])
        return loss.item()

    def steps(self, count):
        began = time.perf_counter()
        cpu = time.process_time()
        for _ in range(count):
            losses = self.discriminator_step(), self.generator_step()
        if self.device == "cuda":
            torch.cuda.synchronize()
        seconds = time.perf_counter() - began
        cpu = time.process_time() - cpu
        return {"imagesPerSecond": count * self.recipe["batch"] / seconds, "cpuSeconds": cpu / count, "losses": losses}


def main():
    trainer = None
    for line in sys.stdin:
        message = json.loads(line)
        if "recipe" in message:
            trainer = Trainer(message["recipe"], message.get("device", "cpu"), message.get("variant", ""))
            answer = {"torch": torch.__version__, "threads": torch.get_num_threads()}
        else:
            answer = trainer.steps(message["steps"])
        print(json.dumps(answer), flush=True)


main()
