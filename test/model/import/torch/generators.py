"""Writes the fixtures: one small DCGAN as PyTorch saves it in several ways, and generators.txt, what PyTorch draws with it.

    pip install torch numpy && python generators.py
"""

from pathlib import Path

import torch
from torch import nn

here = Path(__file__).parent
torch.serialization.get_source_lines_and_file = None  # old files would hold the source of each class, with its path
torch.manual_seed(1)


class Generator(nn.Module):
    """The generator of PyTorch's DCGAN tutorial, with 3 to 5 channels and images of 16 pixels."""

    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(6, 5, 4, 1, 0, bias=False),
            nn.BatchNorm2d(5),
            nn.ReLU(True),
            nn.ConvTranspose2d(5, 4, 4, 2, 1, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(True),
            nn.ConvTranspose2d(4, 3, 4, 2, 1, bias=True),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.main(z)


class Named(nn.Module):
    """The same with layers of other names, all convolutions before all batch norms."""

    def __init__(self, main):
        super().__init__()
        self.up1, self.up2, self.up3 = main[0], main[3], main[6]
        self.bn1, self.bn2 = main[1], main[4]


netG = Generator()
for layer in netG.modules():
    if isinstance(layer, nn.ConvTranspose2d):
        nn.init.normal_(layer.weight, 0, 0.3)
    if isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1, 0.2)
        nn.init.normal_(layer.bias, 0, 0.2)
        layer.running_mean.normal_(0, 0.3)
        layer.running_var.uniform_(0.5, 2)
netG.eval()
state = netG.state_dict()

torch.save(state, here / "state.pt")
torch.save(state, here / "legacy.pt", _use_new_zipfile_serialization=False)
torch.save({"epoch": 3, "optimizer": {"lr": [2e-4]}, "netG": nn.DataParallel(netG).state_dict()}, here / "checkpoint.tar")
torch.save(netG, here / "module.pt")
torch.save(netG, here / "module-legacy.pt", _use_new_zipfile_serialization=False)

z = torch.randn(2, 6, 1, 1)
with torch.no_grad():
    image = netG(z)
lines = [
    " ".join([name, ",".join(map(str, values.shape)), *(f"{v:.7g}" for v in values.flatten().tolist())])
    for name, values in [("z", z), ("image", image)]
]
(here / "generators.txt").write_text("\n".join(lines) + "\n")

torch.save(Named(netG.main).half().state_dict(), here / "named-half.pth")
