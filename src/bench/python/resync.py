#!/usr/bin/env python3
"""What a researcher would write: re-synchronise a Llama-shaped pair with NumPy and SciPy.

Needs numpy and scipy; used by src/bench/run for ratios only. Layer by layer it multiplies whole
N x N cosine matrices with OpenBLAS on all cores and solves whole assignments.

  resync.py REFERENCE SUSPECT [--out FOLDER]
"""

import argparse
import json
import pathlib
import resource
import time

import numpy as np
from scipy.optimize import linear_sum_assignment


class Checkpoint:
    """bf16 safetensors, one file or shards, mapped."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.config = json.loads((self.folder / "config.json").read_text())
        self.files, self.tensors = {}, {}
        for path in sorted(self.folder.glob("*.safetensors")):
            with open(path, "rb") as file:
                length = int.from_bytes(file.read(8), "little")
                header = file.read(length)
            self.files[path.name] = (length, header)
            data = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)
            for name, entry in json.loads(header).items():
                if name != "__metadata__":
                    begin, end = entry["data_offsets"]
                    self.tensors[name] = (path.name, data[begin:end].view(np.uint16).reshape(entry["shape"]))

    def stored(self, name):
        return self.tensors[name][1]

    def floats(self, name):
        return (self.stored(name).astype(np.uint32) << 16).view(np.float32)


def normalised(rows):
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(norms > 0, norms, 1)


def assigned(similarity):
    """For every reference row the suspect row."""
    return linear_sum_assignment(similarity, maximize=True)[1]


def matched(reference, suspect):
    return assigned(normalised(reference) @ normalised(suspect).T)


def heads(reference, suspect, count, order):
    """Heads whose rows keep their places, by the mean cosine of their rows."""
    size = reference.shape[0] // count
    ours = normalised(reference).reshape(count, -1)
    theirs = normalised(suspect[:, order]).reshape(count, -1)
    return assigned(ours @ theirs.T / size)


def expanded(units, size):
    return (np.asarray(units)[:, None] * size + np.arange(size)).ravel()


def resync(reference, suspect):
    """Returns for every tensor the orders (rows, columns) that put the suspect's back."""
    config = reference.config
    queries, keys = config["num_attention_heads"], config["num_key_value_heads"]
    size, ratio = config["hidden_size"] // queries, queries // keys
    embed = "model.embed_tokens.weight"
    hidden = matched(reference.floats(embed).T, suspect.floats(embed).T)
    orders = {embed: (None, hidden), "lm_head.weight": (None, hidden), "model.norm.weight": (hidden, None)}
    for layer in range(config["num_hidden_layers"]):
        prefix = f"model.layers.{layer}."
        for norm in ("input_layernorm", "post_attention_layernorm"):
            orders[f"{prefix}{norm}.weight"] = (hidden, None)
        gate, up, down = (f"{prefix}mlp.{part}_proj.weight" for part in ("gate", "up", "down"))
        units = matched(
            np.hstack([reference.floats(gate), reference.floats(up), reference.floats(down).T]),
            np.hstack([suspect.floats(gate)[:, hidden], suspect.floats(up)[:, hidden], suspect.floats(down)[hidden].T]),
        )
        orders.update({gate: (units, hidden), up: (units, hidden), down: (hidden, units)})
        q, k, v, o = (f"{prefix}self_attn.{part}_proj.weight" for part in "qkvo")
        pairs = heads(reference.floats(k), suspect.floats(k), keys, hidden)
        query_rows, value_rows, output_columns = [], [], []
        for ours, theirs in enumerate(pairs):
            span, other = slice(ours * ratio * size, (ours + 1) * ratio * size), slice(theirs * ratio * size, (theirs + 1) * ratio * size)
            inner = heads(reference.floats(q)[span], suspect.floats(q)[other], ratio, hidden)
            query_rows.append(theirs * ratio * size + expanded(inner, size))
            mine, yours = slice(ours * size, (ours + 1) * size), slice(theirs * size, (theirs + 1) * size)
            values = matched(reference.floats(v)[mine], suspect.floats(v)[yours][:, hidden])
            value_rows.append(theirs * size + values)
            for head in inner:
                output_columns.append((theirs * ratio + head) * size + values)
        orders[q] = (np.concatenate(query_rows), hidden)
        orders[k] = (expanded(pairs, size), hidden)
        orders[v] = (np.concatenate(value_rows), hidden)
        orders[o] = (hidden, np.concatenate(output_columns))
    return orders


def ordered(tensor, orders):
    rows, columns = orders
    tensor = tensor if rows is None else tensor[rows]
    return tensor if columns is None else tensor[:, columns]


def compared(reference, suspect, orders):
    """Cosine and relative difference over all tensors, back in order."""
    dot = ours = theirs = difference = 0.0
    for name, order in orders.items():
        a = reference.floats(name).ravel()
        b = (np.ascontiguousarray(ordered(suspect.stored(name), order)).astype(np.uint32) << 16).view(np.float32).ravel()
        dot, ours, theirs = dot + float(a @ b), ours + float(a @ a), theirs + float(b @ b)
        difference += float(np.sum((a - b) ** 2))
    return dot / (ours * theirs) ** 0.5, (difference / ours) ** 0.5


def write(suspect, orders, out):
    out.mkdir()
    for file, (length, header) in suspect.files.items():
        with open(out / file, "wb") as target:
            target.write(length.to_bytes(8, "little"))
            target.write(header)
            entries = json.loads(header)
            entries.pop("__metadata__", None)
            for name, _ in sorted(entries.items(), key=lambda entry: entry[1]["data_offsets"]):
                target.write(np.ascontiguousarray(ordered(suspect.stored(name), orders[name])).data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference")
    parser.add_argument("suspect")
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    started = time.perf_counter()
    reference, suspect = Checkpoint(arguments.reference), Checkpoint(arguments.suspect)
    orders = resync(reference, suspect)
    solved = time.perf_counter() - started
    cosine, difference = compared(reference, suspect, orders)
    report = time.perf_counter() - started
    if arguments.out:
        write(suspect, orders, arguments.out)
    print(
        json.dumps(
            {
                "cosine": round(cosine, 6),
                "relative_difference": round(difference, 6),
                "seconds_matching": round(solved, 1),
                "seconds_report": round(report, 1),
                "seconds": round(time.perf_counter() - started, 1),
                "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
