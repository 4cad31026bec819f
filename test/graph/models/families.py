"""The networks of the fixtures: small random-weight versions of well-known architectures.

Every class follows the structure of the published network it is named after; only the widths, the depths and the
image sizes are cut down. Noise that the originals draw at random is held in fixed buffers.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


# --------------------------------------------------------------------------------------------------------- DCGAN


class DcganGenerator(nn.Module):
    """DCGAN: transposed convolutions, batch normalisation, ReLU, tanh."""

    def __init__(self, nz=16, ngf=4, nc=3):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 4, 4, 1, 0, bias=False),
            nn.BatchNorm2d(ngf * 4),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 4, ngf * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ngf * 2),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, nc, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.main(z)


class DcganDiscriminator(nn.Module):
    """DCGAN: strided convolutions, batch normalisation, leaky ReLU, sigmoid."""

    def __init__(self, nc=3, ndf=8):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(nc, ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, ndf * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ndf * 2),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf * 2, 1, 4, 1, 0, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, image):
        return self.main(image).view(-1, 1).squeeze(1)


class DcganGeneratorWithSwitch(DcganGenerator):
    """The DCGAN generator with an output range chosen by a stored flag, which a scripted export writes as an If."""

    def __init__(self):
        super().__init__()
        self.register_buffer("unit_range", torch.tensor(True))

    def forward(self, z):
        image = self.main(z)
        if bool(self.unit_range):
            image = (image + 1) / 2
        else:
            image = image * 127.5 + 127.5
        return image


# ------------------------------------------------------------------------------------------------ WGAN-GP (ResNet)


class MeanPool(nn.Module):
    """The mean of the four corners of every 2x2 square, written with strided slices as in the original code."""

    def forward(self, x):
        return (x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]) / 4


class WganGpUpBlock(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1)
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)

    def forward(self, x):
        shortcut = self.shortcut(F.interpolate(x, scale_factor=2, mode="nearest"))
        x = F.interpolate(F.relu(self.bn1(x)), scale_factor=2, mode="nearest")
        x = self.conv2(F.relu(self.bn2(self.conv1(x))))
        return shortcut + x


class WganGpGenerator(nn.Module):
    """WGAN-GP: residual blocks with nearest-neighbour upsampling."""

    def __init__(self, nz=16, dim=8):
        super().__init__()
        self.dim = dim
        self.linear = nn.Linear(nz, 4 * 4 * dim)
        self.block1 = WganGpUpBlock(dim, dim)
        self.block2 = WganGpUpBlock(dim, dim)
        self.bn = nn.BatchNorm2d(dim)
        self.conv = nn.Conv2d(dim, 3, 3, padding=1)

    def forward(self, z):
        x = self.linear(z).view(z.shape[0], self.dim, 4, 4)
        x = self.block2(self.block1(x))
        return torch.tanh(self.conv(F.relu(self.bn(x))))


class WganGpDownBlock(nn.Module):
    def __init__(self, in_channels, out_channels, size):
        super().__init__()
        self.pool = MeanPool()
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1)
        self.ln1 = nn.LayerNorm([in_channels, size, size])
        self.conv1 = nn.Conv2d(in_channels, in_channels, 3, padding=1, bias=False)
        self.ln2 = nn.LayerNorm([in_channels, size, size])
        self.conv2 = nn.Conv2d(in_channels, out_channels, 3, padding=1)

    def forward(self, x):
        shortcut = self.pool(self.shortcut(x))
        x = self.conv1(F.relu(self.ln1(x)))
        x = self.pool(self.conv2(F.relu(self.ln2(x))))
        return shortcut + x


class WganGpCritic(nn.Module):
    """WGAN-GP: layer normalisation over channels and pixels, mean-pool downsampling, global mean."""

    def __init__(self, dim=8):
        super().__init__()
        self.pool = MeanPool()
        self.shortcut = nn.Conv2d(3, dim, 1)
        self.conv1 = nn.Conv2d(3, dim, 3, padding=1)
        self.conv2 = nn.Conv2d(dim, dim, 3, padding=1)
        self.block = WganGpDownBlock(dim, dim, 8)
        self.linear = nn.Linear(dim, 1)

    def forward(self, image):
        x = self.pool(self.conv2(F.relu(self.conv1(image)))) + self.shortcut(self.pool(image))
        x = F.relu(self.block(x)).mean(dim=[2, 3])
        return self.linear(x).view(-1)


# --------------------------------------------------------------------------------------------------------- SNGAN


class SnganUpBlock(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.b1 = nn.BatchNorm2d(in_channels)
        self.c1 = nn.Conv2d(in_channels, out_channels, 3, 1, 1)
        self.b2 = nn.BatchNorm2d(out_channels)
        self.c2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1)
        self.c_sc = nn.Conv2d(in_channels, out_channels, 1)

    def upsample(self, x):
        return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)

    def forward(self, x):
        h = self.c1(self.upsample(F.relu(self.b1(x))))
        h = self.c2(F.relu(self.b2(h)))
        return h + self.c_sc(self.upsample(x))


class SnganGenerator(nn.Module):
    """SNGAN (as in the Mimicry library): residual blocks with bilinear upsampling."""

    def __init__(self, nz=16, ngf=8):
        super().__init__()
        self.l1 = nn.Linear(nz, 4 * 4 * ngf)
        self.block2 = SnganUpBlock(ngf, ngf)
        self.block3 = SnganUpBlock(ngf, ngf)
        self.b4 = nn.BatchNorm2d(ngf)
        self.c4 = nn.Conv2d(ngf, 3, 3, 1, 1)

    def forward(self, z):
        h = self.l1(z)
        h = h.view(h.shape[0], -1, 4, 4)
        h = self.block3(self.block2(h))
        return torch.tanh(self.c4(F.relu(self.b4(h))))


class SnganDownBlock(nn.Module):
    def __init__(self, in_channels, out_channels, first):
        super().__init__()
        self.first = first
        self.c1 = nn.Conv2d(in_channels, out_channels, 3, 1, 1)
        self.c2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1)
        self.c_sc = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x):
        h = self.c1(x if self.first else F.relu(x))
        h = F.avg_pool2d(self.c2(F.relu(h)), 2)
        if self.first:
            return h + self.c_sc(F.avg_pool2d(x, 2))
        return h + F.avg_pool2d(self.c_sc(x), 2)


class SnganDiscriminator(nn.Module):
    """SNGAN: average pooling, global sum pooling, spectral normalisation on every layer.

    In evaluation mode each normalised weight is weight / sigma with sigma = u' W v of fixed vectors u and v. With
    `folded` the quotients are stored as plain weights before the export (what deployments do); without it the
    exported graph computes them from constants.
    """

    def __init__(self, ndf=8, folded=True):
        super().__init__()
        self.block1 = SnganDownBlock(3, ndf, first=True)
        self.block2 = SnganDownBlock(ndf, ndf, first=False)
        self.l3 = nn.Linear(ndf, 1, bias=False)
        self.folded = folded

    def finish(self):
        layers = [m for m in self.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
        for layer in layers:
            nn.utils.spectral_norm(layer)
        for _ in range(10):  # Every pass in training mode is one power iteration.
            self.train()(torch.randn(1, 3, 16, 16))
        self.eval()
        if self.folded:
            for layer in layers:
                nn.utils.remove_spectral_norm(layer)

    def forward(self, image):
        h = F.relu(self.block2(self.block1(image)))
        return self.l3(torch.sum(h, dim=(2, 3)))


# --------------------------------------------------------------------------------------------------------- R3GAN


def lowpass_kernel(weights):
    """The 2-D resampling kernel of R3GAN (and StyleGAN): the box [1, 1] convolved with the 1-D filter."""
    line = torch.zeros(len(weights) + 1)
    line[:-1] += torch.tensor(weights, dtype=torch.float32)
    line[1:] += torch.tensor(weights, dtype=torch.float32)
    kernel = torch.outer(line, line)
    return kernel / kernel.sum()


class InterpolativeUpsampler(nn.Module):
    """2x upsampling by a transposed convolution with a fixed filter, every channel taken as its own image."""

    def __init__(self, taps=(1, 2, 1)):
        super().__init__()
        self.register_buffer("kernel", lowpass_kernel(taps))
        self.filter_radius = len(taps) // 2

    def forward(self, x):
        kernel = 4 * self.kernel.view(1, 1, *self.kernel.shape)
        y = F.conv_transpose2d(
            x.view(x.shape[0] * x.shape[1], 1, x.shape[2], x.shape[3]), kernel, stride=2, padding=self.filter_radius
        )
        return y.view(x.shape[0], x.shape[1], y.shape[2], y.shape[3])


class InterpolativeDownsampler(nn.Module):
    """2x downsampling by a strided convolution with a fixed filter, every channel taken as its own image."""

    def __init__(self, taps=(1, 2, 1)):
        super().__init__()
        self.register_buffer("kernel", lowpass_kernel(taps))
        self.filter_radius = len(taps) // 2

    def forward(self, x):
        kernel = self.kernel.view(1, 1, *self.kernel.shape)
        y = F.conv2d(
            x.view(x.shape[0] * x.shape[1], 1, x.shape[2], x.shape[3]), kernel, stride=2, padding=self.filter_radius
        )
        return y.view(x.shape[0], x.shape[1], y.shape[2], y.shape[3])


class BiasedActivation(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return F.leaky_relu(x + self.bias.view(1, -1, 1, 1), negative_slope=0.2)


class R3ganResidualBlock(nn.Module):
    def __init__(self, channels, cardinality=4, expansion=2):
        super().__init__()
        wide = channels * expansion
        self.linear1 = nn.Conv2d(channels, wide, 1, bias=False)
        self.linear2 = nn.Conv2d(wide, wide, 3, padding=1, groups=cardinality, bias=False)
        self.linear3 = nn.Conv2d(wide, channels, 1, bias=False)
        self.nonlinearity1 = BiasedActivation(wide)
        self.nonlinearity2 = BiasedActivation(wide)

    def forward(self, x):
        y = self.linear1(x)
        y = self.linear2(self.nonlinearity1(y))
        y = self.linear3(self.nonlinearity2(y))
        return x + y


class R3ganGenerator(nn.Module):
    """R3GAN: a learned 4x4 basis, grouped residual blocks without normalisation, filtered upsampling."""

    def __init__(self, nz=16, widths=(16, 16, 8)):
        super().__init__()
        self.basis = nn.Parameter(torch.randn(widths[0], 4, 4))
        self.basis_linear = nn.Linear(nz, widths[0], bias=False)
        layers = [R3ganResidualBlock(widths[0])]
        for before, after in zip(widths[:-1], widths[1:]):
            if before != after:
                layers.append(nn.Conv2d(before, after, 1, bias=False))
            layers += [InterpolativeUpsampler(), R3ganResidualBlock(after)]
        self.main = nn.Sequential(*layers)
        self.aggregation = nn.Conv2d(widths[-1], 3, 1, bias=False)

    def forward(self, z):
        x = self.basis.view(1, -1, 4, 4) * self.basis_linear(z).view(z.shape[0], -1, 1, 1)
        return self.aggregation(self.main(x))


class R3ganDiscriminator(nn.Module):
    """R3GAN: the generator mirrored, ending in a depthwise 4x4 convolution."""

    def __init__(self, widths=(8, 16, 16)):
        super().__init__()
        self.extraction = nn.Conv2d(3, widths[0], 1, bias=False)
        layers = [R3ganResidualBlock(widths[0])]
        for before, after in zip(widths[:-1], widths[1:]):
            layers.append(InterpolativeDownsampler())
            if before != after:
                layers.append(nn.Conv2d(before, after, 1, bias=False))
            layers.append(R3ganResidualBlock(after))
        self.main = nn.Sequential(*layers)
        self.basis = nn.Conv2d(widths[-1], widths[-1], 4, groups=widths[-1], bias=False)
        self.linear = nn.Linear(widths[-1], 1, bias=False)

    def forward(self, image):
        x = self.main(self.extraction(image))
        x = self.linear(self.basis(x).view(x.shape[0], -1))
        return x.view(x.shape[0])


# ------------------------------------------------------------------------------------------------------- FastGAN


class NoiseInjection(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.full((1,), 0.3))
        self.register_buffer("noise", torch.randn(1, 1, size, size))

    def forward(self, x):
        return x + self.weight * self.noise


class SkipLayerExcitation(nn.Module):
    def __init__(self, low_channels, high_channels):
        super().__init__()
        self.main = nn.Sequential(
            nn.AdaptiveAvgPool2d(4),
            nn.Conv2d(low_channels, high_channels, 4, 1, 0, bias=False),
            nn.SiLU(),
            nn.Conv2d(high_channels, high_channels, 1, 1, 0, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, low, high):
        return high * self.main(low)


class FastganGenerator(nn.Module):
    """FastGAN: GLU gates, fixed noise, nearest and pixel-shuffle upsampling, skip-layer excitation."""

    def __init__(self, nz=16, ngf=8):
        super().__init__()
        self.init = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 2, 4, 1, 0, bias=False), nn.BatchNorm2d(ngf * 2), nn.GLU(dim=1)
        )
        self.feat_8 = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="nearest"),
            nn.Conv2d(ngf, ngf * 2, 3, 1, 1, bias=False),
            NoiseInjection(8),
            nn.BatchNorm2d(ngf * 2),
            nn.GLU(dim=1),
            nn.Conv2d(ngf, ngf * 2, 3, 1, 1, bias=False),
            NoiseInjection(8),
            nn.BatchNorm2d(ngf * 2),
            nn.GLU(dim=1),
        )
        self.feat_16 = nn.Sequential(
            nn.Conv2d(ngf, ngf * 8, 3, 1, 1, bias=False),
            nn.PixelShuffle(2),
            nn.BatchNorm2d(ngf * 2),
            nn.GLU(dim=1),
        )
        self.feat_32 = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="nearest"),
            nn.Conv2d(ngf, ngf, 3, 1, 1, bias=False),
            nn.BatchNorm2d(ngf),
            nn.GLU(dim=1),
        )
        self.se_16 = SkipLayerExcitation(ngf, ngf)
        self.se_32 = SkipLayerExcitation(ngf, ngf // 2)
        self.to_big = nn.Conv2d(ngf // 2, 3, 3, 1, 1, bias=False)

    def forward(self, z):
        feat_4 = self.init(z.view(z.shape[0], -1, 1, 1))
        feat_8 = self.feat_8(feat_4)
        feat_16 = self.se_16(feat_4, self.feat_16(feat_8))
        feat_32 = self.se_32(feat_8, self.feat_32(feat_16))
        return torch.tanh(self.to_big(feat_32))


class FastganDownBlock(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 4, 2, 1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.LeakyReLU(0.2, inplace=True),
        )
        self.direct = nn.Sequential(
            nn.AvgPool2d(2, 2),
            nn.Conv2d(in_channels, out_channels, 1, 1, 0, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.LeakyReLU(0.2, inplace=True),
        )

    def forward(self, x):
        return (self.main(x) + self.direct(x)) / 2


class FastganDiscriminator(nn.Module):
    """FastGAN: two tracks, for the image and for a smaller copy of it, joined at the logits."""

    def __init__(self, ndf=8):
        super().__init__()
        self.down_from_big = nn.Sequential(
            nn.Conv2d(3, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)
        )
        self.down_8 = FastganDownBlock(ndf, ndf)
        self.se_8 = SkipLayerExcitation(ndf, ndf)
        self.rf_big = nn.Sequential(
            nn.Conv2d(ndf, ndf, 1, 1, 0, bias=False),
            nn.BatchNorm2d(ndf),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, 1, 4, 1, 0, bias=False),
        )
        self.down_from_small = nn.Sequential(
            nn.Conv2d(3, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)
        )
        self.rf_small = nn.Conv2d(ndf, 1, 4, 1, 0, bias=False)

    def forward(self, image, image_small):
        feat_16 = self.down_from_big(image)
        feat_8 = self.se_8(feat_16, self.down_8(feat_16))
        rf_big = self.rf_big(feat_8).view(image.shape[0], -1)
        rf_small = self.rf_small(self.down_from_small(image_small)).view(image.shape[0], -1)
        return torch.cat([rf_big, rf_small], dim=1)


# ----------------------------------------------------------------------------------------------------- StyleGAN2


class EqualizedLinear(nn.Module):
    """A fully connected layer whose weight is stored at unit variance and scaled when used."""

    def __init__(self, in_features, out_features, lr_multiplier=1.0, bias_init=0.0, activate=False):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features) / lr_multiplier)
        self.bias = nn.Parameter(torch.full((out_features,), bias_init / lr_multiplier))
        self.weight_gain = lr_multiplier / math.sqrt(in_features)
        self.bias_gain = lr_multiplier
        self.activate = activate

    def forward(self, x):
        x = F.linear(x, self.weight * self.weight_gain, self.bias * self.bias_gain)
        return F.leaky_relu(x, 0.2) * math.sqrt(2) if self.activate else x


class MappingNetwork(nn.Module):
    """z -> w: pixel norm, fully connected layers, truncation towards the mean w."""

    def __init__(self, nz, nw, layers=2, truncation_psi=0.7):
        super().__init__()
        self.layers = nn.Sequential(
            *[EqualizedLinear(nz if i == 0 else nw, nw, lr_multiplier=0.01, activate=True) for i in range(layers)]
        )
        self.register_buffer("w_avg", torch.randn(nw) * 0.1)
        self.truncation_psi = truncation_psi

    def forward(self, z):
        z = z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
        return self.w_avg.lerp(self.layers(z), self.truncation_psi)


def upfirdn2d(x, kernel, up=1, pad=(0, 0)):
    """Zero insertion, padding and a depthwise FIR filter, as the reference implementation of StyleGAN2-ADA does it."""
    batch = x.shape[0]
    channels, height, width = (int(size) for size in x.shape[1:])  # The TorchScript exporter needs the filter's shape.
    x = x.reshape(batch, channels, height, 1, width, 1)
    x = F.pad(x, [0, up - 1, 0, 0, 0, up - 1])
    x = x.reshape(batch, channels, height * up, width * up)
    x = F.pad(x, [pad[0], pad[1], pad[0], pad[1]])
    kernel = kernel * (up**2)
    kernel = kernel[None, None].repeat(channels, 1, 1, 1)
    return F.conv2d(x, kernel, groups=channels)


class ModulatedConv(nn.Module):
    """A convolution whose weights are scaled by a style and normalised again.

    With `fused` the scaled weights of every sample are built and applied as one convolution with a group per
    sample; otherwise the input is scaled before, and the output after, a convolution that all samples share.
    """

    def __init__(self, in_channels, out_channels, nw, size, kernel_size=3, up=False, demodulate=True, fused=False):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.affine = EqualizedLinear(nw, in_channels, bias_init=1.0)
        self.weight_gain = 1 / math.sqrt(in_channels * kernel_size**2)
        self.register_buffer("resample_kernel", lowpass_kernel((1, 2, 1)))
        self.register_buffer("noise", torch.randn(size, size))
        self.noise_strength = nn.Parameter(torch.tensor(0.1))
        self.up = up
        self.padding = kernel_size // 2
        self.demodulate = demodulate
        self.fused = fused

    def forward_shared(self, x, styles):
        batch = x.shape[0]
        weight = self.weight * self.weight_gain
        x = x * styles.reshape(batch, -1, 1, 1)
        if self.up:
            x = upfirdn2d(x, self.resample_kernel, up=2, pad=(2, 1))
        x = F.conv2d(x, weight, padding=self.padding)
        if self.demodulate:
            w = weight.unsqueeze(0) * styles.reshape(batch, 1, -1, 1, 1)
            x = x * (w.square().sum(dim=[2, 3, 4]) + 1e-8).rsqrt().reshape(batch, -1, 1, 1)
        return x

    def forward_grouped(self, x, styles):
        # Numbers, not traced sizes: the TorchScript exporter needs the shape of the weights.
        batch, in_channels, height, width = (int(size) for size in x.shape)
        w = (self.weight * self.weight_gain).unsqueeze(0) * styles.reshape(batch, 1, -1, 1, 1)
        if self.demodulate:
            w = w * (w.square().sum(dim=[2, 3, 4]) + 1e-8).rsqrt().reshape(batch, -1, 1, 1, 1)
        out_channels, kernel_size = int(w.shape[1]), int(w.shape[3])
        x = x.reshape(1, batch * in_channels, height, width)
        if self.up:
            w = w.transpose(1, 2).reshape(batch * in_channels, out_channels, kernel_size, kernel_size)
            x = F.conv_transpose2d(x, w, stride=2, padding=0, groups=batch)
            x = upfirdn2d(x, self.resample_kernel * 4, pad=(1, 1))
        else:
            w = w.reshape(batch * out_channels, in_channels, kernel_size, kernel_size)
            x = F.conv2d(x, w, padding=self.padding, groups=batch)
        return x.reshape(batch, out_channels, int(x.shape[2]), int(x.shape[3]))

    def forward(self, x, w):
        styles = self.affine(w)
        x = self.forward_grouped(x, styles) if self.fused else self.forward_shared(x, styles)
        return x + self.noise * self.noise_strength if self.demodulate else x


class StyleGan2Generator(nn.Module):
    """StyleGAN2: mapping network, constant input, modulated convolutions, skip connections through toRGB."""

    def __init__(self, nz=16, nw=16, channels=(8, 8, 8), fused=False):
        super().__init__()
        self.mapping = MappingNetwork(nz, nw)
        self.const = nn.Parameter(torch.randn(channels[0], 4, 4))
        self.register_buffer("resample_kernel", lowpass_kernel((1, 2, 1)))
        self.convs = nn.ModuleList()
        self.to_rgbs = nn.ModuleList()
        self.biases = nn.ParameterList()
        before = channels[0]
        for i, after in enumerate(channels):
            size = 4 * 2**i
            if i > 0:
                self.convs.append(ModulatedConv(before, after, nw, size, up=True, fused=fused))
            self.convs.append(ModulatedConv(after, after, nw, size, fused=fused))
            self.to_rgbs.append(ModulatedConv(after, 3, nw, size, kernel_size=1, demodulate=False, fused=fused))
            before = after
        for conv in self.convs:
            self.biases.append(nn.Parameter(torch.randn(conv.weight.shape[0]) * 0.1))

    def layer(self, i, x, w):
        x = self.convs[i](x, w) + self.biases[i].view(1, -1, 1, 1)
        return F.leaky_relu(x, 0.2) * math.sqrt(2)

    def forward(self, z):
        w = self.mapping(z)
        ws = w.unsqueeze(1).repeat([1, len(self.convs) + 1, 1])
        x = self.const.unsqueeze(0).repeat([z.shape[0], 1, 1, 1])
        x = self.layer(0, x, ws[:, 0])
        image = self.to_rgbs[0](x, ws[:, 1])
        for i, to_rgb in enumerate(self.to_rgbs[1:]):
            x = self.layer(2 * i + 1, x, ws[:, 2 * i + 1])
            x = self.layer(2 * i + 2, x, ws[:, 2 * i + 2])
            image = upfirdn2d(image, self.resample_kernel, up=2, pad=(2, 1)) + to_rgb(x, ws[:, 2 * i + 3])
        return image


# -------------------------------------------------------------------------------------------------------- BigGAN


class ConditionalBatchNorm(nn.Module):
    """Batch normalisation whose gain and bias are linear functions of the condition."""

    def __init__(self, channels, condition_size):
        super().__init__()
        self.gain = nn.Linear(condition_size, channels, bias=False)
        self.bias = nn.Linear(condition_size, channels, bias=False)
        self.register_buffer("stored_mean", torch.randn(channels) * 0.2)
        self.register_buffer("stored_var", torch.rand(channels) + 0.5)

    def forward(self, x, y):
        gain = (1 + self.gain(y)).view(y.size(0), -1, 1, 1)
        bias = self.bias(y).view(y.size(0), -1, 1, 1)
        out = F.batch_norm(x, self.stored_mean, self.stored_var, None, None, False, 0.1, 1e-4)
        return out * gain + bias


class SelfAttention(nn.Module):
    """The non-local block of SAGAN and BigGAN: queries at all pixels, keys and values max-pooled by two."""

    def __init__(self, channels):
        super().__init__()
        self.channels = channels
        self.theta = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.phi = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.g = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.o = nn.Conv2d(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.tensor(0.6))

    def forward(self, x):
        height, width = x.shape[2], x.shape[3]
        theta = self.theta(x).view(-1, self.channels // 8, height * width)
        phi = F.max_pool2d(self.phi(x), [2, 2]).view(-1, self.channels // 8, height * width // 4)
        g = F.max_pool2d(self.g(x), [2, 2]).view(-1, self.channels // 2, height * width // 4)
        beta = F.softmax(torch.bmm(theta.transpose(1, 2), phi), -1)
        o = self.o(torch.bmm(g, beta.transpose(1, 2)).view(-1, self.channels // 2, height, width))
        return self.gamma * o + x


class BigganBlock(nn.Module):
    def __init__(self, in_channels, out_channels, condition_size):
        super().__init__()
        self.bn1 = ConditionalBatchNorm(in_channels, condition_size)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.bn2 = ConditionalBatchNorm(out_channels, condition_size)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.conv_sc = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x, y):
        h = F.interpolate(F.relu(self.bn1(x, y)), scale_factor=2)
        h = self.conv2(F.relu(self.bn2(self.conv1(h), y)))
        return h + self.conv_sc(F.interpolate(x, scale_factor=2))


class BigganGenerator(nn.Module):
    """BigGAN: class embedding, a chunk of z for every block, self-attention."""

    def __init__(self, chunk=6, ch=8, n_classes=5, shared_dim=6):
        super().__init__()
        self.chunk = chunk
        self.ch = ch
        self.shared = nn.Embedding(n_classes, shared_dim)
        self.linear = nn.Linear(chunk, 4 * 4 * ch)
        self.block1 = BigganBlock(ch, ch, chunk + shared_dim)
        self.attention = SelfAttention(ch)
        self.block2 = BigganBlock(ch, ch, chunk + shared_dim)
        self.bn = nn.BatchNorm2d(ch)
        self.conv = nn.Conv2d(ch, 3, 3, padding=1)

    def forward(self, z, class_id):
        y = self.shared(class_id)
        z0, z1, z2 = torch.split(z, self.chunk, 1)
        h = self.linear(z0).view(z.size(0), -1, 4, 4)
        h = self.attention(self.block1(h, torch.cat([y, z1], 1)))
        h = self.block2(h, torch.cat([y, z2], 1))
        return torch.tanh(self.conv(F.relu(self.bn(h))))


# ---------------------------------------------------------------------------------------------------- VQ decoder


class VqResnetBlock(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm1 = nn.GroupNorm(4, in_channels, eps=1e-6)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, 1, 1)
        self.norm2 = nn.GroupNorm(4, out_channels, eps=1e-6)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1)
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1) if in_channels != out_channels else nn.Identity()

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return self.shortcut(x) + h


class VqAttnBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.GroupNorm(4, channels, eps=1e-6)
        self.q = nn.Conv2d(channels, channels, 1)
        self.k = nn.Conv2d(channels, channels, 1)
        self.v = nn.Conv2d(channels, channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        h = self.norm(x)
        q, k, v = self.q(h), self.k(h), self.v(h)
        b, c, height, width = q.shape
        q = q.reshape(b, c, height * width).permute(0, 2, 1)
        k = k.reshape(b, c, height * width)
        weights = F.softmax(torch.bmm(q, k) * (int(c) ** -0.5), dim=2).permute(0, 2, 1)
        v = v.reshape(b, c, height * width)
        h = torch.bmm(v, weights).reshape(b, c, height, width)
        return x + self.proj_out(h)


class VqUpsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, 1, 1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class VqDecoder(nn.Module):
    """The decoder of VQGAN and of latent diffusion: group normalisation, SiLU, spatial attention."""

    def __init__(self, z_channels=4, ch=8):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(z_channels, ch * 2, 3, 1, 1),
            VqResnetBlock(ch * 2, ch * 2),
            VqAttnBlock(ch * 2),
            VqUpsample(ch * 2),
            VqResnetBlock(ch * 2, ch),
            VqUpsample(ch),
            nn.GroupNorm(4, ch, eps=1e-5),
            nn.SiLU(),
            nn.Conv2d(ch, 3, 3, 1, 1),
        )

    def forward(self, latent):
        return self.main(latent)


# --------------------------------------------------------------------------------------------- Vision transformer


class VitBlock(nn.Module):
    def __init__(self, dim, heads, approximate):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.qkv = nn.Linear(dim, dim * 3)
        self.proj = nn.Linear(dim, dim)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = nn.Sequential(
            nn.Linear(dim, dim * 4), nn.GELU(approximate=approximate), nn.Linear(dim * 4, dim)
        )

    def attention(self, x, mask):
        batch, length, dim = x.shape
        qkv = self.qkv(x).reshape(batch, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        x = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.proj(x.transpose(1, 2).reshape(batch, length, dim))

    def forward(self, x, mask):
        x = x + self.attention(self.norm1(x), mask)
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """A feature network as timm and DINO write it: class token, position embedding, pre-norm blocks."""

    def __init__(self, size=16, patch=4, dim=16, heads=2, depth=2, approximate="none"):
        super().__init__()
        self.patch_embed = nn.Conv2d(3, dim, patch, patch)
        self.cls_token = nn.Parameter(torch.randn(1, 1, dim) * 0.5)
        self.pos_embed = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, dim) * 0.5)
        self.blocks = nn.ModuleList([VitBlock(dim, heads, approximate) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim, eps=1e-6)

    def embed_positions(self, x):
        return x + self.pos_embed

    def attention_mask(self, x):
        return None

    def forward(self, image):
        x = self.patch_embed(image).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], dim=1)
        x = self.embed_positions(x)
        mask = self.attention_mask(x)
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)[:, 0]


class VisionTransformerWithPositionIds(VisionTransformer):
    """The transformer with positions looked up by number and a mask of ones, as Hugging Face models do it."""

    def __init__(self, positions=24, **options):
        super().__init__(**options)
        self.position_embeddings = nn.Embedding(positions, self.pos_embed.shape[2])
        del self.pos_embed

    def embed_positions(self, x):
        position_ids = torch.arange(x.shape[1], dtype=torch.long, device=x.device).unsqueeze(0)
        return x + self.position_embeddings(position_ids)

    def attention_mask(self, x):
        mask = torch.ones(x.shape[0], x.shape[1], dtype=x.dtype, device=x.device)
        return (1.0 - mask[:, None, None, :]) * -10000.0


# --------------------------------------------------------------------------------- Equivalents of hand-built graphs


class NhwcGenerator(nn.Module):
    """What the hand-built NHWC generator of hand_built.py computes: a Keras DCGAN with channels last."""

    def __init__(self, nz=16, ngf=8):
        super().__init__()
        self.dense = nn.Linear(nz, 4 * 4 * ngf)
        self.bn1 = nn.BatchNorm2d(ngf, eps=1e-3)
        self.conv_transpose = nn.ConvTranspose2d(ngf, ngf, 4, 2, 1)
        self.bn2 = nn.BatchNorm2d(ngf, eps=1e-3)
        self.conv = nn.Conv2d(ngf, 3, 3, 1, 1)

    def forward(self, z):
        x = self.dense(z).view(z.shape[0], 4, 4, -1).permute(0, 3, 1, 2)
        x = F.leaky_relu(self.bn1(x), 0.3)
        x = F.leaky_relu(self.bn2(self.conv_transpose(x)), 0.3)
        x = self.conv(F.interpolate(x, scale_factor=2, mode="nearest"))
        return torch.tanh(x.permute(0, 2, 3, 1))


class SquaredProduct(nn.Module):
    """What the model with Gradient operators in hand_built.py computes: y = sum((x * w) ** 2)."""

    def forward(self, x, w):
        return ((x * w) ** 2).sum()
