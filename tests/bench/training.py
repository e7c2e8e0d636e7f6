#!/usr/bin/env python3
"""An epoch of the trainer against the same in PyTorch, in one run, taking turns.

usage: tests/bench/training.py [--trainer build/bin/trainer] [--data PATH] [--head fcn] [--input-size S] [--rounds 5]
                               [--threads 1] [--engine core] [--json FILE]

Both train the same network on the same number of pictures with the same batch, optimiser, changes of pictures and loss: the
built-in recipes for the fcn head, with context, cut-outs and masks that are found before. PyTorch works in the channels-last
format with everything in memory. The trainer's figure is what it writes to metrics.json: training without evaluation.
Needs python3-torch (Debian's, with libopenblas0-openmp) and python3-numpy.
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
    parser.add_argument("--engine", choices=["torch", "core"], default="torch", help="of the trainer")
    parser.add_argument("--json", default="")
    options = parser.parse_args()
    options.input_size = options.input_size or (96 if options.head == "fcn" else 192)
    return options


OPTIONS = arguments()
os.environ["OMP_NUM_THREADS"] = str(OPTIONS.threads)

import torch  # noqa: E402  (reads OMP_NUM_THREADS when it is loaded)

from torch_net import Net, centre_kernel  # noqa: E402


def recipe_fields(recipe):
    """The built-in recipe; for the dense head, which those are not for, plain training with the same losses."""
    if OPTIONS.head == "fcn":
        fields = json.loads((ROOT / f"native/recipes/{recipe}.json").read_text())
        return fields | {"epochs": EPOCHS, "least_steps": 0, "input_size": OPTIONS.input_size, "calibrate": False}
    return {"name": recipe, "head": OPTIONS.head, "input_size": OPTIONS.input_size, "batch": 32, "init": "glorot",
            "loss": "split" if recipe == "camloss" else "bce", "epochs": EPOCHS, "calibrate": False}


class PyTorchRun:
    """The recipe's changes of pictures and its loss, on whole batches of tensors in memory."""

    def __init__(self, recipe, pictures):
        torch.manual_seed(1)
        size = OPTIONS.input_size
        self.recipe = recipe_fields(recipe)
        self.net = Net(OPTIONS.head, size, self.recipe.get("context", 1), self.recipe.get("context_dilation", 1))
        self.net = self.net.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9)
        self.kernels = centre_kernel(size // 8) if recipe == "camloss" else (None, None)
        self.images = torch.rand(pictures, 3, size, size) * 255
        self.backgrounds = torch.rand(pictures, 3, size, size) * 255
        self.masks = (torch.rand(pictures, 1, size, size) < 0.3).float()
        self.labels = (torch.arange(pictures) % 2).float()

    def changed(self, x, mask=None):
        """Mirrored half of the time, each channel made weaker or stronger. (B, 3, S, S)"""
        flip = torch.rand(len(x)) < 0.5
        x[flip] = x[flip].flip(3)
        if mask is not None:
            mask[flip] = mask[flip].flip(3)
        strength = self.recipe.get("jitter", {}).get("channels", 0)
        if strength > 0:
            x = (x * (1 + strength * (2 * torch.rand(len(x), 3, 1, 1) - 1))).clamp(0, 255)
        return x

    def recoloured(self, x, cut):
        """A part of the pictures with a cut-out, in colours of its own. (B, 3, S, S)"""
        strength, grey = self.recipe.get("cut_out_channels", 0), self.recipe.get("cut_out_grey", 0)
        if strength == 0 and grey == 0:
            return x
        changed = x * (1 + strength * (2 * torch.rand(len(x), 3, 1, 1) - 1))
        luma = (changed * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
        changed = torch.where(torch.rand(len(x), 1, 1, 1) < grey, luma.expand_as(changed), changed).clamp(0, 255)
        return torch.where(cut, changed, x)

    def bells(self, count):
        """1 - K of the kernels that join two pictures, of a width and middle of their own. (B, 1, S, S)"""
        r = self.recipe
        sigma = r["mix_sigma"] + r["mix_sigma_spread"] * (2 * torch.rand(count, 1, 1, 1) - 1)
        at = (torch.arange(OPTIONS.input_size) + 0.5) / OPTIONS.input_size - 0.5
        dx, dy = (r["mix_offset"] * (2 * torch.rand(count, 1, 1, 1) - 1) for _ in range(2))
        return torch.exp(-((at.view(1, 1, 1, -1) - dx) ** 2 + (at.view(1, 1, -1, 1) - dy) ** 2) / (2 * sigma**2))

    def batch(self, index):
        x, y = self.images[index], self.labels[index]
        if self.recipe.get("mix", 0) == 0:
            return self.changed(x), y
        mask = self.masks[index]
        x = self.changed(x, mask)
        lender = torch.randint(len(self.images), (len(index),))
        cut = torch.rand(len(index), 1, 1, 1) < self.recipe["cut_outs"]
        whole = torch.rand(len(index), 1, 1, 1) < self.recipe.get("cut_out_whole", 0)
        other = self.changed(torch.where(cut & ~whole, self.backgrounds[lender], self.images[lender]))
        x, other = self.recoloured(x, cut), self.recoloured(other, cut)
        x = other + torch.where(cut, mask, self.bells(len(index))) * (x - other)
        empty = torch.rand(len(index)) < self.recipe["negatives"]
        x[empty] = self.changed(self.backgrounds[index][empty])
        return x, torch.where(empty, torch.tensor(0.5), y)

    def epoch(self):
        start = time.perf_counter()
        order = torch.randperm(len(self.images))
        for first in range(0, len(order), self.recipe["batch"]):
            x, y = self.batch(order[first : first + self.recipe["batch"]])
            x = ((x / 255 - 0.5) / 0.25).contiguous(memory_format=torch.channels_last)
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.net.loss(x, y, *self.kernels, self.recipe.get("lambda_yields", False))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1)
            self.optimizer.step()
            if not torch.isfinite(loss):
                sys.exit("PyTorch's loss is not finite")
        return time.perf_counter() - start


EPOCHS = 2  # of each turn; the first one warms caches up and is not counted


def trainer_epochs(folder, recipe):
    """Seconds of each epoch, and its pictures."""
    file = folder / f"{recipe}.json"
    file.write_text(json.dumps(recipe_fields(recipe)))
    out = folder / f"out-{recipe}"
    command = [OPTIONS.trainer, "train", "--recipe", str(file), "--threads", str(OPTIONS.threads), "--perturbed", "0",
               "--quiet", "--overwrite", "--engine", OPTIONS.engine, "--out", str(out)]
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
                ours, pictures = trainer_epochs(folder, recipe)
                seconds["trainer", recipe].append(ours[1])
                if recipe not in runs:
                    runs[recipe] = PyTorchRun(recipe, pictures)
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
          f"{OPTIONS.threads} thread(s), engine {OPTIONS.engine}, PyTorch {torch.__version__}, median and range of {OPTIONS.rounds}")
    for (who, recipe), values in seconds.items():
        print(f"  {who:8} {recipe:9} {median(who, recipe):6.2f} s   ({min(values):.2f} – {max(values):.2f})")
    for recipe in recipes:
        print(f"  trainer / PyTorch, {recipe}: {result['trainer_over_pytorch'][recipe]:.2f}   (at most 0.45)")
    print(f"  camloss / baseline: {result['camloss_over_baseline']:.2f}   (at most 1.15 for fcn)")
    if OPTIONS.json:
        pathlib.Path(OPTIONS.json).write_text(json.dumps(result, indent=2) + "\n")


main()
