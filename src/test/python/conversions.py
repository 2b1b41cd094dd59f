"""Writes conversions of one small checkpoint for ConversionTest: conversions.py FOLDER.

The packages gguf and ml_dtypes round for the types that they know; MXFP4, NVFP4, NF4 and GPTQ are rounded
here as their definitions say. ggml_conversions.py and mlx_conversions.py convert with ggml and MLX themselves.
"""
import json
import sys

import gguf
import ml_dtypes
import numpy as np
from gguf.quants import quantize
from safetensors.numpy import save_file

T = gguf.GGMLQuantizationType
OUT = sys.argv[1] + "/"
rng = np.random.default_rng(1)


def matrix(rows, columns):
    rows_scale = np.exp(rng.normal(0, 0.4, (rows, 1)))
    return (rng.standard_t(5, (rows, columns)) * rows_scale / np.sqrt(columns)).astype("f4")


MODEL = {
    "a.weight": matrix(16, 256),
    "b.weight": matrix(8, 256),
    "c.weight": matrix(8, 512),
    "n.weight": (1 + rng.normal(0, 0.1, 256)).astype("f4"),
}


def half(x):
    return x.astype("f2").astype("f4")


def write_gguf(name, kind):
    writer = gguf.GGUFWriter(OUT + name + ".gguf", "none")
    for tensor, x in MODEL.items():
        if x.ndim == 1:
            writer.add_tensor(tensor, x)
        else:
            writer.add_tensor(tensor, quantize(x, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write(name, convert, metadata=None):
    tensors = {}
    for tensor, x in MODEL.items():
        tensors.update({tensor: x} if x.ndim == 1 else convert(tensor, x))
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, OUT + name + ".safetensors", metadata)


E2M1 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6], "f4")
NF4 = np.array([-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0], "f4")


def nearest(x, levels):
    return np.abs(x[..., None] - levels).argmin(-1).astype("u1")


def pairs(codes, high_first=False):
    a, b = codes[..., 0::2], codes[..., 1::2]
    return (a << 4 | b) if high_first else (a | b << 4)


def mxfp4(name, x):
    b = x.reshape(x.shape[0], -1, 32)
    e = np.floor(np.log2(np.abs(b).max(2))) - 2
    codes = nearest(b / np.exp2(e)[..., None].astype("f4"), E2M1)
    return {name + "_blocks": pairs(codes), name + "_scales": (e + 127).astype("u1")}


def nvfp4(name, x):
    b = x.reshape(x.shape[0], -1, 16)
    whole = np.abs(x).max() / (6 * 448)
    s = (np.abs(b).max(2) / 6 / whole).astype(ml_dtypes.float8_e4m3fn)
    codes = nearest(b / (s.astype("f4") * whole)[..., None], E2M1)
    return {name: pairs(codes).reshape(x.shape[0], -1), name + "_scale": s, name + "_scale_2": np.float32(whole).reshape(1)}


def nf4(name, x):
    b = x.reshape(-1, 64)
    absmax = np.abs(b).max(1)
    codes = pairs(nearest(b / absmax[:, None], NF4), True).reshape(-1, 1)
    state = json.dumps({"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": list(x.shape)})
    return {name: codes, name + ".absmax": absmax, name + ".quant_map": NF4, name + ".quant_state.bitsandbytes__nf4": np.frombuffer(state.encode(), "u1")}


def gptq(feedback):
    """Columns are rounded one after another; a part of each error goes into the next column."""

    def convert(name, x):
        layer = name[: -len(".weight")]
        group = 64
        g = x.reshape(x.shape[0], -1, group)
        low, high = np.minimum(g.min(2), 0), np.maximum(g.max(2), 0)
        scale = half((high - low) / 15)
        zero = np.rint(-low / scale)
        left, q = x.copy(), np.zeros(x.shape, "u4")
        for j in range(x.shape[1]):
            s, z = scale[:, j // group], zero[:, j // group]
            q[:, j] = np.clip(np.rint(left[:, j] / s) + z, 0, 15)
            if j + 1 < x.shape[1]:
                left[:, j + 1] += feedback * (left[:, j] - (q[:, j] - z) * s)
        eight = np.arange(8, dtype="u4") * 4
        words = (q.T.reshape(-1, 8, x.shape[0]) << eight[None, :, None]).sum(1).astype("u4").view("i4")
        zeros = zero.T.astype("u4") - 1
        zeros = np.pad(zeros, ((0, 0), (0, -zeros.shape[1] % 8)))
        zeros = ((zeros & 15).reshape(zeros.shape[0], -1, 8) << eight).sum(2).astype("u4").view("i4")
        return {layer + ".qweight": words, layer + ".qzeros": zeros, layer + ".scales": scale.T.astype("f2")}

    return convert


def fp8(by_row):
    def convert(name, x):
        top = np.abs(x).max(1, keepdims=True) if by_row else np.abs(x).max().reshape(1)
        s = (top / 448).astype("f4")
        return {name: (x / s).astype(ml_dtypes.float8_e4m3fn), name + "_scale": s}

    return convert


save_file(MODEL, OUT + "original.safetensors")
for kind in (T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0, T.TQ1_0, T.TQ2_0):
    write_gguf(kind.name, kind)
write("F16", lambda name, x: {name: x.astype("f2")})
write("BF16", lambda name, x: {name: x.astype(ml_dtypes.bfloat16)})
write("fp8-tensor", fp8(False))
write("fp8-rows", fp8(True))
write("mxfp4", mxfp4)
write("nvfp4", nvfp4)
write("nf4", nf4)
write("rounded-int4", gptq(0))
write("gptq", gptq(0.7))
