"""Converts a checkpoint with compressed-tensors, bitsandbytes and AutoAWQ on a CPU: vendor_conversions.py ORIGINAL FOLDER.

ORIGINAL is a safetensors file; matrices whose name does not have "embed" are converted. Made with compressed-tensors
0.20.1 (Apache 2.0), bitsandbytes 0.50.2 (MIT), AutoAWQ 0.2.9 (MIT) and PyTorch 2.15.0. AWQ_SOURCE is the folder
of AutoAWQ's source distribution.
"""
import json
import os
import sys
import textwrap
import traceback
import types

import bitsandbytes.functional as bnb
import torch
from compressed_tensors.compressors import ModelCompressor
from compressed_tensors.quantization import QuantizationConfig, apply_quantization_config
from compressed_tensors.quantization.utils import calculate_qparams
from safetensors.torch import load_file, save_file

ORIGINAL, FOLDER = sys.argv[1:3]
MODEL = {name: value.float() for name, value in load_file(ORIGINAL).items()}


def is_converted(name, width):
    return MODEL[name].ndim == 2 and "embed" not in name and MODEL[name].shape[1] % width == 0


def write(file, tensors, config=None):
    folder = f"{FOLDER}/{file}"
    os.makedirs(folder, exist_ok=True)
    save_file({n: t.contiguous().clone() for n, t in tensors.items()}, folder + "/model.safetensors", {"format": "pt"})
    try:
        known = json.load(open(os.path.dirname(ORIGINAL) + "/config.json"))
    except FileNotFoundError:
        known = {}
    if config:
        known["quantization_config"] = config
    json.dump(known, open(folder + "/config.json", "w"))


def bitsandbytes(file, kind, nested, blocksize=64):
    out = {}
    for name, value in MODEL.items():
        if not is_converted(name, 64):
            out[name] = value
            continue
        codes, state = bnb.quantize_4bit(value, blocksize=blocksize, quant_type=kind, compress_statistics=nested)
        out[name] = codes
        for key, part in state.as_dict(packed=True).items():
            out[f"{name}.{key}"] = part
    write(file, out, {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": kind})


def int8(file):
    out = {}
    for name, value in MODEL.items():
        if not is_converted(name, 1):
            out[name] = value
            continue
        codes, scales, _ = bnb.int8_vectorwise_quant(value.half())
        out[name] = codes
        out[name[:-len("weight")] + "SCB"] = scales
        out[name[:-len("weight")] + "weight_format"] = torch.tensor(0, dtype=torch.uint8)
    write(file, out, {"quant_method": "bitsandbytes", "load_in_8bit": True})


def compressed(file, weights, width, fmt=None):
    layers = torch.nn.ModuleDict()
    names = [n for n in MODEL if is_converted(n, width)]
    for i, name in enumerate(names):
        layer = torch.nn.Linear(MODEL[name].shape[1], MODEL[name].shape[0], bias=False)
        layer.weight.data = MODEL[name].clone()
        layers[str(i)] = layer
    config = {"config_groups": {"group_0": {"targets": ["Linear"], "weights": weights}}, "quant_method": "compressed-tensors"}
    if fmt:
        config["format"] = fmt
        config["config_groups"]["group_0"]["format"] = fmt
    config = QuantizationConfig.model_validate(config)
    apply_quantization_config(layers, config)
    for layer in layers.values():
        args = layer.quantization_scheme.weights
        w = layer.weight.data
        strategy = str(getattr(args.strategy, "value", args.strategy))
        g = None
        if strategy == "tensor":
            low, high = w.min().reshape(1), w.max().reshape(1)
        elif strategy == "channel":
            low, high = w.amin(1, keepdim=True), w.amax(1, keepdim=True)
        elif strategy == "block":
            a, b = args.block_structure
            blocks = w.reshape(w.shape[0] // a, a, w.shape[1] // b, b)
            low, high = blocks.amin((1, 3)), blocks.amax((1, 3))
        else:
            groups = w.reshape(w.shape[0], -1, args.group_size)
            low, high = groups.amin(2), groups.amax(2)
        if strategy == "tensor_group":
            from compressed_tensors.quantization.utils import generate_gparam
            g = generate_gparam(w.min(), w.max())
            layer.weight_global_scale.data = g.reshape(layer.weight_global_scale.shape)
        scale, zero = calculate_qparams(low, high, args, global_scale=g)
        layer.weight_scale.data = scale.reshape(layer.weight_scale.shape).to(layer.weight_scale.dtype)
        if hasattr(layer, "weight_zero_point"):
            layer.weight_zero_point.data = zero.reshape(layer.weight_zero_point.shape).to(layer.weight_zero_point.dtype)
    compressor = ModelCompressor.from_pretrained_model(layers, quantization_format=fmt)
    compressor.compress_model(layers)
    out = {n: v for n, v in MODEL.items() if n not in names}
    for key, value in layers.state_dict().items():
        index, rest = key.split(".", 1)
        out[names[int(index)][:-len("weight")] + rest] = value
    written = json.loads(compressor.quantization_config.model_dump_json(exclude_none=True))
    write(file, out, written)


def tried(what, *args, **kw):
    try:
        what(*args, **kw)
        print("made", args[0])
    except Exception as e:
        traceback.print_exc(limit=-3)
        print("FAILED", args[0], type(e).__name__, str(e)[:300])


tried(bitsandbytes, "bnb-nf4", "nf4", False)
tried(bitsandbytes, "bnb-nf4-nested", "nf4", True)
tried(bitsandbytes, "bnb-fp4", "fp4", False)
tried(bitsandbytes, "bnb-fp4-nested", "fp4", True)
tried(int8, "bnb-int8")
W = lambda **kw: dict(dict(num_bits=8, type="int", symmetric=True, strategy="channel"), **kw)
tried(compressed, "ct-int8-channel", W(), 1, "int-quantized")
tried(compressed, "ct-int8-tensor", W(strategy="tensor"), 1, "int-quantized")
tried(compressed, "ct-int8-packed", W(strategy="group", group_size=32), 32, "pack-quantized")
tried(compressed, "ct-int4", W(num_bits=4, strategy="group", group_size=32), 32, "pack-quantized")
tried(compressed, "ct-int4-channel", W(num_bits=4), 32, "pack-quantized")
tried(compressed, "ct-int4-asym", W(num_bits=4, strategy="group", group_size=32, symmetric=False), 32, "pack-quantized")
tried(compressed, "ct-int8-naive", W(symmetric=False), 32, "naive-quantized")
tried(compressed, "ct-fp8-channel", W(type="float"), 1, "float-quantized")
tried(compressed, "ct-fp8-tensor", W(type="float", strategy="tensor"), 1, "float-quantized")
tried(compressed, "ct-fp8-block", W(type="float", strategy="block", block_structure=[8, 32]), 32, "float-quantized")
tried(compressed, "ct-nvfp4", W(num_bits=4, type="float", strategy="tensor_group", group_size=16, scale_dtype="torch.float8_e4m3fn"), 16, "nvfp4-pack-quantized")
tried(compressed, "ct-mxfp4", W(num_bits=4, type="float", strategy="group", group_size=32, scale_dtype="torch.uint8"), 32, "mxfp4-pack-quantized")
tried(compressed, "ct-mxfp8", W(num_bits=8, type="float", strategy="group", group_size=32, scale_dtype="torch.uint8"), 32, "mxfp8-quantized")


def awq(file):
    """AutoAWQ's own rounding and packing, without its search for factors of inputs."""
    root = os.environ["AWQ_SOURCE"]
    for name in ("awq", "awq.modules", "awq.modules.linear", "awq.utils", "awq.quantize"):
        package = types.ModuleType(name)
        package.__path__ = [root + "/" + name.replace(".", "/")]
        sys.modules[name] = package
    # The parts of it that need a GPU or a model of transformers are left out.
    for name, parts in {"awq.utils.module": {"try_import": lambda _: (None, "")},
                        "awq.utils.utils": {"get_best_device": lambda: "cpu"},
                        "awq.utils.packing_utils": {"dequantize_gemm": None}}.items():
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__dict__.update(parts)
    from awq.modules.linear.gemm import WQLinear_GEMM
    source = open(root + "/awq/quantize/quantizer.py").read()
    start = source.index("    def pseudo_quantize_tensor")
    scope = {"torch": torch}
    exec(textwrap.dedent(source[start:source.index("    def pseudo_dequantize_tensor")]), scope)
    settings = types.SimpleNamespace(group_size=64, zero_point=True, w_bit=4)
    out = {}
    for name, value in MODEL.items():
        if not is_converted(name, 64) or value.shape[0] % 8:
            out[name] = value
            continue
        layer = torch.nn.Linear(value.shape[1], value.shape[0], bias=False)
        layer.weight.data, scales, zeros = scope["pseudo_quantize_tensor"](settings, value.clone())
        packed = WQLinear_GEMM.from_linear(layer, 4, 64, False, scales.t().contiguous(), zeros.t().contiguous())
        for key, part in packed.state_dict().items():
            out[name[:-len("weight")] + key] = part
    write(file, out, {"quant_method": "awq", "bits": 4, "group_size": 64, "zero_point": True, "version": "gemm"})


tried(awq, "awq-int4")
