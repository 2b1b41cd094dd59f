"""Converts the checkpoint of ConversionTest with MLX itself, on a CPU: mlx_conversions.py FOLDER."""
import sys

import mlx.core as mx
from safetensors.numpy import load_file

FOLDER = sys.argv[1]
MODEL = {name: mx.array(values) for name, values in load_file(FOLDER + "/original.safetensors").items()}


def converted(file, **how):
    tensors = {}
    for name, values in MODEL.items():
        if values.ndim < 2:
            tensors[name] = values
            continue
        codes, scales, *biases = mx.quantize(values, **how)
        tensors[name] = codes
        layer = name[: -len("weight")]
        tensors[layer + "scales"] = scales
        if biases:
            tensors[layer + "biases"] = biases[0]
    mx.save_safetensors(f"{FOLDER}/{file}.safetensors", tensors)


for bits in (2, 3, 4, 6, 8):
    converted(f"mlx-int{bits}", group_size=64, bits=bits)
converted("mlx-mxfp4", mode="mxfp4", group_size=32, bits=4)
converted("mlx-mxfp8", mode="mxfp8", group_size=32, bits=8)
converted("mlx-nvfp4", mode="nvfp4", group_size=16, bits=4)
