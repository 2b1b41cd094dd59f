"""Converts the checkpoint of ConversionTest with ggml itself: ggml_conversions.py FOLDER LIBRARY.

FOLDER has original.safetensors and receives ggml-TYPE.gguf; LIBRARY is libggml-base.so, such as the npm package
@node-llama-cpp/linux-x64 brings. BLOCKS as a third argument receives random blocks of types that the Python package
gguf does not decode, and what ggml decodes them to.
"""
import ctypes
import sys

import gguf
import numpy as np
from safetensors.numpy import load_file

FOLDER, LIBRARY = sys.argv[1:3]
TYPES = "Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K IQ4_NL IQ4_XS TQ1_0 TQ2_0 MXFP4 NVFP4 Q1_0".split()
WITHOUT_GGUF = ("Q1_0", "Q2_0")  # Q8_K has no decoder in ggml either


class Traits(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("block", ctypes.c_int64),
        ("interleaved", ctypes.c_int64),
        ("size", ctypes.c_size_t),
        ("quantised", ctypes.c_bool),
        ("to_float", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)),
    ]


ggml = ctypes.CDLL(LIBRARY)
ggml.ggml_type_name.restype = ctypes.c_char_p
ggml.ggml_get_type_traits.restype = ctypes.POINTER(Traits)
ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
ggml.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
NUMBERS = {}
for kind in gguf.GGMLQuantizationType:
    name = ggml.ggml_type_name(kind.value)
    if name and name.decode().upper() == kind.name:
        NUMBERS[kind.name] = kind.value
if ggml.ggml_type_name(42) == b"q2_0":
    NUMBERS["Q2_0"] = 42


def traits(name):
    return ggml.ggml_get_type_traits(NUMBERS[name]).contents


def quantised(name, values):
    kind = traits(name)
    rows, columns = values.shape
    packed = np.zeros(rows * columns // kind.block * kind.size, "u1")
    source = np.ascontiguousarray(values, "f4")
    ggml.ggml_quantize_init(NUMBERS[name])
    done = ggml.ggml_quantize_chunk(NUMBERS[name], source.ctypes.data, packed.ctypes.data, 0, rows, columns, None)
    assert done == packed.size, (name, done, packed.size)
    return packed


def decoded(name, packed):
    kind = traits(name)
    values = np.zeros(packed.size // kind.size * kind.block, "f4")
    kind.to_float(packed.ctypes.data, values.ctypes.data, values.size)
    return values


def main():
    model = load_file(FOLDER + "/original.safetensors")
    for name in TYPES:
        if name not in NUMBERS:
            print("no type", name)
            continue
        writer = gguf.GGUFWriter(f"{FOLDER}/ggml-{name}.gguf", "llama")
        for tensor, values in model.items():
            if values.ndim < 2:
                writer.add_tensor(tensor, values)
                continue
            packed = quantised(name, values).reshape(values.shape[0], -1)
            writer.add_tensor(tensor, packed, raw_dtype=gguf.GGMLQuantizationType(NUMBERS[name]))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    if len(sys.argv) > 3:
        random = np.random.default_rng(7)
        for name in WITHOUT_GGUF:
            if name in NUMBERS:
                packed = random.integers(0, 256, (16, traits(name).size), "u1")
                scale = random.normal(0, 1, 16)
                packed[:, :2] = scale.astype("<f2").view("u1").reshape(16, 2)
                packed = np.ascontiguousarray(packed.reshape(-1))
                packed.tofile(f"{sys.argv[3]}/{name}.blocks")
                decoded(name, packed).astype("<f4").tofile(f"{sys.argv[3]}/{name}.floats")


main()
