"""AWQ with scaled inputs for ConversionTest: awq_conversions.py FOLDER.

A gated layer with seeded weights. As in AutoAWQ, inputs are scaled by a power of what they measure, which is searched;
the normalisation, or the rows of the matrix before, are divided by the same; then all is rounded to nearest.
"""
import sys

import numpy as np
from safetensors.numpy import save_file

FOLDER = sys.argv[1]
GROUP, HIDDEN, INNER = 32, 64, 96
rng = np.random.default_rng(4)


def matrix(rows, columns):
    spread = np.exp(rng.normal(0, 0.3, (rows, 1))) * np.exp(rng.normal(0, 0.2, (1, columns)))
    return (rng.standard_t(5, (rows, columns)) * spread / np.sqrt(columns)).astype("f4")


def rounded(weights):
    blocks = weights.reshape(weights.shape[0], -1, GROUP)
    low, high = blocks.min(2), blocks.max(2)
    scale = (np.maximum(high - low, 1e-5) / 15).astype("f2").astype("f8")
    zero = np.clip(-np.rint(low / scale), 0, 15)
    codes = np.clip(np.rint(blocks / scale[..., None]) + zero[..., None], 0, 15)
    return codes.reshape(weights.shape), scale, zero


def search(weights, read):
    size, wanted, best = np.abs(read).mean(0), read @ weights.T, (np.inf, None)
    for power in np.arange(20) / 20:
        factor = np.maximum(size**power, 1e-4)
        factor /= np.sqrt(factor.max() * factor.min())
        codes, scale, zero = rounded(weights * factor)
        made = np.repeat(scale, GROUP, 1) * (codes - np.repeat(zero, GROUP, 1)) / factor
        best = min(best, (((read @ made.T - wanted) ** 2).mean(), power), key=lambda pair: pair[0])
    factor = np.maximum(size ** best[1], 1e-4)
    return (factor / np.sqrt(factor.max() * factor.min())).astype("f2").astype("f8")


def words(codes):
    codes = codes.astype("u4").reshape(codes.shape[0], -1, 8)[..., [0, 2, 4, 6, 1, 3, 5, 7]]
    return sum(codes[..., i] << np.uint32(4 * i) for i in range(8)).astype("u4").view("i4")


original = {
    "norm.weight": np.exp(rng.normal(0, 0.3, HIDDEN)).astype("f4"),
    "gate.weight": matrix(INNER, HIDDEN),
    "up.weight": matrix(INNER, HIDDEN),
    "down.weight": matrix(HIDDEN, INNER),
}
save_file(original, f"{FOLDER}/scaled-original.safetensors")
model = {name: values.astype("f8") for name, values in original.items()}
x = rng.normal(0, 1, (512, HIDDEN)) * np.exp(rng.normal(0, 1, HIDDEN)) * model["norm.weight"]
factor = search(np.concatenate([model["gate.weight"], model["up.weight"]]), x)
gate = x @ model["gate.weight"].T
inner = gate / (1 + np.exp(-gate)) * (x @ model["up.weight"].T)
model["norm.weight"] /= factor
model["gate.weight"] *= factor
model["up.weight"] *= factor
factor = search(model["down.weight"], inner)
model["up.weight"] /= factor[:, None]
model["down.weight"] *= factor
packed = {"norm.weight": model.pop("norm.weight").astype("f2")}
for name, weights in model.items():
    codes, scale, zero = rounded(weights.astype("f2").astype("f8"))
    layer = name[: -len("weight")]
    parts = {"qweight": words(codes.T), "qzeros": words(zero.T), "scales": scale.T.astype("f2")}
    packed.update({layer + part: np.ascontiguousarray(values) for part, values in parts.items()})
save_file(packed, f"{FOLDER}/scaled-awq-int4.safetensors")
