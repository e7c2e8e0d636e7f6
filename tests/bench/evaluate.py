#!/usr/bin/env python3
"""`trainer evaluate` against the same in PyTorch with its data loader, in one run, taking turns.

usage: tests/bench/evaluate.py [--trainer build/bin/trainer] [--weights FILE] [--pictures 10000] [--rounds 3] [--json FILE]

JPEG files of 128x128 are drawn. Both read them, resample them to the network's input, and say the same: accuracy, surely
right, undecided, surely wrong of each class, and the mean off-centre mass. The run stops where they disagree. Time is that
of the whole process, on all cores. Needs python3-torch, python3-numpy and python3-pil.
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
SIDE = 128


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trainer", default=str(ROOT / "build/bin/trainer"))
    parser.add_argument("--weights", default=str(ROOT / "web/weights/photos-camloss.safetensors"))
    parser.add_argument("--pictures", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", default="")
    parser.add_argument("--torch-on", default="", help=argparse.SUPPRESS)  # this file as the other process
    return parser.parse_args()


def draw(folder, classes, count):
    """A disc or a square of its own colours and place on a grainy ground, in either class's folder."""
    import numpy
    from PIL import Image

    v, u = numpy.mgrid[0:SIDE, 0:SIDE] / SIDE
    for label, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for i in range(count // 2):
            rng = numpy.random.default_rng(2 * i + label)
            x, y, r = rng.uniform(0.35, 0.65), rng.uniform(0.35, 0.65), rng.uniform(0.15, 0.3)
            inside = numpy.hypot(u - x, v - y) < r if label == 0 else numpy.maximum(abs(u - x), abs(v - y)) < r
            ground, figure = rng.uniform(20, 235, 3), rng.uniform(20, 235, 3)
            pixels = numpy.where(inside[:, :, None], figure, ground) + rng.normal(0, 12, (SIDE, SIDE, 3))
            Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8)).save(folder / name / f"{i}.jpg", quality=88)


def with_torch(weights, folder):
    """What PyTorch says, as JSON on stdout."""
    import numpy
    import torch
    from PIL import Image

    from torch_net import centre_kernel, load

    net, about = load(weights)
    classes = about["camloss.classes"].split(",")
    size = int(about["camloss.input_size"])
    mean, std = (torch.tensor([float(v) for v in about[f"camloss.{key}"].split(",")]).view(1, -1, 1, 1) for key in ("mean", "std"))
    files = [(path, label) for label, name in enumerate(classes) for path in sorted((folder / name).iterdir())]

    class Pictures(torch.utils.data.Dataset):
        def __len__(self):
            return len(files)

        def __getitem__(self, i):
            path, label = files[i]
            with Image.open(path) as picture:
                small = picture.convert("RGB").resize((size, size), Image.BILINEAR)
            return torch.from_numpy(numpy.asarray(small).transpose(2, 0, 1).copy()), label

    loader = torch.utils.data.DataLoader(Pictures(), batch_size=64, num_workers=os.cpu_count())
    kernel, _ = centre_kernel(size // 8)
    temperature = float(about["camloss.temperature"])
    right, sure, wrong, off = [], [], [], []
    with torch.no_grad():
        for pictures, labels in loader:
            x = ((pictures.float() / 255 - mean) / std).contiguous(memory_format=torch.channels_last)
            cells = net.logits(net.features(x))
            p = torch.sigmoid(cells.mean(1) / temperature)
            truth = torch.where(labels == 1, p, 1 - p)
            right += (truth > 0.5).tolist()
            sure += (truth > 0.65).tolist()
            wrong += (truth < 0.35).tolist()
            off += ((cells.abs() * kernel).sum(1) / cells.abs().sum(1)).tolist()
    per_class = {}
    for label, name in enumerate(classes):
        own = [i for i, (_, of) in enumerate(files) if of == label]
        per_class[name] = {"accuracy": sum(right[i] for i in own) / len(own), "sure_right": sum(sure[i] for i in own) / len(own),
                           "sure_wrong": sum(wrong[i] for i in own) / len(own)}
    print(json.dumps({"per_class": per_class, "off_centre_mass": statistics.fmean(off)}))


def timed(command, **settings):
    start = time.perf_counter()
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, **settings).stdout
    return time.perf_counter() - start, json.loads(output)


def ours(options, folder):
    seconds, result = timed([options.trainer, "evaluate", "--weights", options.weights, "--data", str(folder.parent), "--part", "val", "--json"],
                            stderr=subprocess.DEVNULL)
    part = result["runs"][0]
    per_class = {name: {"accuracy": part["per_class"][name], "sure_right": shares["sure_right"], "sure_wrong": shares["sure_wrong"]}
                 for name, shares in part["sure_per_class"].items()}
    return seconds, {"per_class": per_class, "off_centre_mass": part["off_centre_mass"]}


def check(a, b, pictures):
    """Rounding to whole grey levels, which Pillow does and the trainer does not, may turn a few answers: two of a class."""
    allowed = max(2.5 / (pictures / 2), 0.002)
    shares = [(a["per_class"][c][k], b["per_class"][c][k]) for c in a["per_class"] for k in a["per_class"][c]]
    if abs(a["off_centre_mass"] - b["off_centre_mass"]) > 0.002 or any(abs(x - y) > allowed for x, y in shares):
        sys.exit(f"trainer and PyTorch disagree: {a} {b}")


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


def main():
    options = arguments()
    if options.torch_on:
        with_torch(options.weights, pathlib.Path(options.torch_on))
        return
    header = pathlib.Path(options.weights).read_bytes()
    about = json.loads(header[8 : 8 + int.from_bytes(header[:8], "little")])["__metadata__"]
    times = {"trainer": [], "PyTorch": []}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "val"
        draw(folder, about["camloss.classes"].split(","), options.pictures)
        other = [sys.executable, __file__, "--torch-on", str(folder), "--weights", options.weights]
        for turn in range(options.rounds):
            seconds, said = ours(options, folder)
            times["trainer"].append(seconds)
            seconds, torch_said = timed(other)
            times["PyTorch"].append(seconds)
            check(said, torch_said, options.pictures)
            print(f"round {turn + 1}/{options.rounds}", file=sys.stderr)
    median = {who: statistics.median(values) for who, values in times.items()}
    ratio = median["trainer"] / median["PyTorch"]
    print(f"{processor()}, {os.cpu_count()} cores; {options.pictures} JPEG files of {SIDE}x{SIDE}, median and range of {options.rounds}")
    for who, values in times.items():
        print(f"  {who:8} {median[who]:6.2f} s   ({min(values):.2f} – {max(values):.2f})")
    print(f"  trainer / PyTorch: {ratio:.2f}   (at most 0.5)")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"seconds": times, "ratio": ratio, "said": said}, indent=2) + "\n")


main()
