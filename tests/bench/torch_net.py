"""The network of the design in PyTorch, layer by layer, and the kernel of its loss: what evaluate.py and training.py race."""
import json
import pathlib
import struct

import numpy
import torch
import torch.nn.functional as F


class Net(torch.nn.Module):
    """head: "fcn" or "dense"; size: S, pixels; context: K x K taps of the fcn head's first layer, `dilation` cells apart."""

    def __init__(self, head, size, context=1, dilation=1):
        super().__init__()
        channels = [3, 16, 16, 64, 32]
        self.convs = torch.nn.ModuleList(torch.nn.Conv2d(a, b, 2) for a, b in zip(channels, channels[1:]))
        self.norms = torch.nn.ModuleList(torch.nn.BatchNorm2d(c, eps=1e-3) for c in (16, 64, 32))
        units = [32 if head == "fcn" else 32 * (size // 8) ** 2, 128, 128, 64, 32, 1]

        def layer(i, a, b):
            if head == "dense":
                return torch.nn.Linear(a, b)
            k, d = (context, dilation) if i == 0 else (1, 1)
            return torch.nn.Conv2d(a, b, k, dilation=d, padding=d * (k - 1) // 2)

        self.fc = torch.nn.ModuleList(layer(i, a, b) for i, (a, b) in enumerate(zip(units, units[1:])))
        self.head = head

    def features(self, x):
        x = self.convs[0](F.pad(x, (0, 1, 0, 1)))
        for conv, norm in zip(self.convs[1:], self.norms):
            x = F.max_pool2d(norm(conv(F.pad(x, (0, 1, 0, 1)))), 2)
        return F.relu(x)

    def logits(self, features):
        """fcn: (B, N), one of each cell; dense: (B, 1)."""
        x = features if self.head == "fcn" else features.flatten(1)
        for i, layer in enumerate(self.fc):
            x = layer(x)
            if i < 4:
                x = F.relu(x)
        return x.flatten(1)

    def loss(self, x, y, kernel, centre, yielding):
        """kernel is None: cross-entropy alone; else split evidence. yielding: see lambda_yields of the recipes."""
        features = self.features(x)
        if kernel is None:
            return F.binary_cross_entropy_with_logits(self.logits(features).mean(1), y)
        if self.head == "fcn":
            cells, beta = self.logits(features), 0
        else:
            z = self.logits(features).squeeze(1)
            gradient = torch.autograd.grad(z.sum(), features, create_graph=True)[0]
            cells = (features * gradient).sum(1).flatten(1) * kernel.numel()
            beta = z - cells.mean(1)
        cost = F.binary_cross_entropy_with_logits(cells @ centre + beta, y, reduction="none")
        yields = (1 - cost.detach() / 0.6931471805599453).clamp(min=0) if yielding else 1
        return cost.mean() + (yields * (cells.abs() * kernel).mean(1)).mean()


def centre_kernel(cells):
    """K and W, (N): what lies off the centre, and the weights of the centre's answer."""
    at = (torch.arange(cells) + 0.5) / cells - 0.5
    bell = torch.exp(-(at[:, None] ** 2 + at[None, :] ** 2) / (2 * 0.25**2)).flatten()
    return 1 - bell, bell / bell.sum()


def load(file):
    """A fcn network of a weights file, ready to be asked, and the file's metadata."""
    data = pathlib.Path(file).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    about = header.pop("__metadata__")
    kinds = {"F32": numpy.float32, "F16": numpy.float16}
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(data[begin:end], dtype=kinds[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.astype(numpy.float32))
    net = Net("fcn", int(about["camloss.input_size"]), tensors["fc0.weight"].shape[-1],
              int(about.get("camloss.context_dilation", "1")))
    names = {f"convs.{i}": f"conv{i}" for i in range(4)}
    names |= {f"norms.{i}": f"bn{i + 1}" for i in range(3)} | {f"fc.{i}": f"fc{i}" for i in range(5)}
    state = net.state_dict()
    for key in state:
        layer, field = key.rsplit(".", 1)
        if field != "num_batches_tracked":
            state[key] = tensors[f"{names[layer]}.{field}"].reshape(state[key].shape)
    net.load_state_dict(state)
    return net.eval(), about
