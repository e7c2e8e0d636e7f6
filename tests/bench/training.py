#!/usr/bin/env python3
"""An epoch of the trainer against the same in PyTorch, in one run, taking turns.

usage: tests/bench/training.py [--trainer build/bin/trainer] [--data PATH] [--head fcn] [--input-size S] [--rounds 5]
                               [--threads 1] [--json FILE]

Both train the same network on the same number of pictures with the same batch, optimiser, flips and loss: PyTorch in the
channels-last format with everything in memory. The trainer's figure is what it writes to metrics.json: training without
evaluation. Needs python3-torch (Debian's, with libopenblas0-openmp) and python3-numpy.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trainer", default=str(ROOT / "build/bin/trainer"))
    parser.add_argument("--data", default="", help="as of trainer train; default: the embedded scenes")
    parser.add_argument("--head", choices=["fcn", "dense"], default="fcn")
    parser.add_argument("--input-size", type=int, default=0, help="default: 96 for fcn, 192 for dense")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", default="")
    options = parser.parse_args()
    options.input_size = options.input_size or (96 if options.head == "fcn" else 192)
    return options


OPTIONS = arguments()
os.environ["OMP_NUM_THREADS"] = str(OPTIONS.threads)

import torch  # noqa: E402  (reads OMP_NUM_THREADS when it is loaded)
import torch.nn.functional as F  # noqa: E402


class Net(torch.nn.Module):
    """The network of the design, layer by layer."""

    def __init__(self, head, size):
        super().__init__()
        channels = [3, 16, 16, 64, 32]
        self.convs = torch.nn.ModuleList(torch.nn.Conv2d(a, b, 2) for a, b in zip(channels, channels[1:]))
        self.norms = torch.nn.ModuleList(torch.nn.BatchNorm2d(c, eps=1e-3) for c in (16, 64, 32))
        units = [32 if head == "fcn" else 32 * (size // 8) ** 2, 128, 128, 64, 32, 1]
        kind = (lambda a, b: torch.nn.Conv2d(a, b, 1)) if head == "fcn" else torch.nn.Linear
        self.fc = torch.nn.ModuleList(kind(a, b) for a, b in zip(units, units[1:]))
        self.head = head

    def features(self, x):
        x = self.convs[0](F.pad(x, (0, 1, 0, 1)))
        for conv, norm in zip(self.convs[1:], self.norms):
            x = F.max_pool2d(norm(conv(F.pad(x, (0, 1, 0, 1)))), 2)
        return F.relu(x)

    def logits(self, features):
        x = features if self.head == "fcn" else features.flatten(1)
        for i, layer in enumerate(self.fc):
            x = layer(x)
            if i < 4:
                x = F.relu(x)
        return x.flatten(1)  # fcn: one logit a cell

    def loss(self, x, y, kernel, centre):
        """kernel is None: cross-entropy alone; else split evidence."""
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
        return F.binary_cross_entropy_with_logits(cells @ centre + beta, y) + (cells.abs() * kernel).mean()


def centre_kernel(cells):
    at = (torch.arange(cells) + 0.5) / cells - 0.5
    bell = torch.exp(-(at[:, None] ** 2 + at[None, :] ** 2) / (2 * 0.25**2)).flatten()
    return 1 - bell, bell / bell.sum()


class PyTorchRun:
    def __init__(self, recipe, pictures, batch):
        torch.manual_seed(1)
        size = OPTIONS.input_size
        self.net = Net(OPTIONS.head, size).to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9)
        self.kernels = centre_kernel(size // 8) if recipe == "camloss" else (None, None)
        self.images = torch.rand(pictures, 3, size, size) * 255
        self.labels = (torch.arange(pictures) % 2).float()
        self.batch = batch

    def epoch(self):
        start = time.perf_counter()
        order = torch.randperm(len(self.images))
        for first in range(0, len(order), self.batch):
            index = order[first : first + self.batch]
            x = self.images[index]
            flip = torch.rand(len(index)) < 0.5
            x[flip] = x[flip].flip(3)
            x = ((x / 255 - 0.5) / 0.25).contiguous(memory_format=torch.channels_last)
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.net.loss(x, self.labels[index], *self.kernels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1)
            self.optimizer.step()
            if not torch.isfinite(loss):
                sys.exit("PyTorch's loss is not finite")
        return time.perf_counter() - start


def trainer_epochs(folder, recipe, epochs):
    """Seconds of each epoch, its pictures, and the batch."""
    fields = {"name": recipe, "head": OPTIONS.head, "input_size": OPTIONS.input_size, "batch": 32, "init": "glorot",
              "loss": "split" if recipe == "camloss" else "bce", "epochs": epochs, "calibrate": False}
    file = folder / f"{recipe}.json"
    file.write_text(json.dumps(fields))
    out = folder / f"out-{recipe}"
    command = [OPTIONS.trainer, "train", "--recipe", str(file), "--threads", str(OPTIONS.threads), "--perturbed", "0",
               "--quiet", "--out", str(out)]
    if OPTIONS.data:
        command += ["--data", OPTIONS.data]
    subprocess.run(command, check=True)
    run = json.loads((out / "metrics.json").read_text())["runs"][0]
    return [epoch["seconds"] for epoch in run["epochs"]], run["epochs"][0]["pictures"]


def main():
    torch.set_num_threads(OPTIONS.threads)
    torch.set_flush_denormal(True)
    recipes = ["baseline", "camloss"]
    seconds = {(who, recipe): [] for who in ("trainer", "PyTorch") for recipe in recipes}
    runs = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for turn in range(OPTIONS.rounds):
            for recipe in recipes:
                # Two epochs each: the first one warms caches up and is not counted.
                ours, pictures = trainer_epochs(folder, recipe, 2)
                seconds["trainer", recipe].append(ours[1])
                if recipe not in runs:
                    runs[recipe] = PyTorchRun(recipe, pictures, 32)
                    runs[recipe].epoch()
                seconds["PyTorch", recipe].append(runs[recipe].epoch())
            print(f"round {turn + 1}/{OPTIONS.rounds}", file=sys.stderr)

    def median(who, recipe):
        return statistics.median(seconds[who, recipe])

    result = {"head": OPTIONS.head, "input_size": OPTIONS.input_size, "threads": OPTIONS.threads, "pictures": pictures,
              "pytorch": torch.__version__,
              "seconds": {f"{who} {recipe}": values for (who, recipe), values in seconds.items()},
              "trainer_over_pytorch": {r: median("trainer", r) / median("PyTorch", r) for r in recipes},
              "camloss_over_baseline": median("trainer", "camloss") / median("trainer", "baseline")}
    print(f"{OPTIONS.head} head, {OPTIONS.input_size} x {OPTIONS.input_size}, {pictures} pictures an epoch, "
          f"{OPTIONS.threads} thread(s), PyTorch {torch.__version__}, median and range of {OPTIONS.rounds}")
    for (who, recipe), values in seconds.items():
        print(f"  {who:8} {recipe:9} {median(who, recipe):6.2f} s   ({min(values):.2f} – {max(values):.2f})")
    for recipe in recipes:
        print(f"  trainer / PyTorch, {recipe}: {result['trainer_over_pytorch'][recipe]:.2f}   (at most 1)")
    print(f"  camloss / baseline: {result['camloss_over_baseline']:.2f}   (at most 1.15 for fcn)")
    if OPTIONS.json:
        pathlib.Path(OPTIONS.json).write_text(json.dumps(result, indent=2) + "\n")


main()
