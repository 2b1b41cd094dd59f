"""GPTQ with error feedback for ConversionTest: gptq_conversions.py STORIES FOLDER.

STORIES is the folder of stories260K in Hugging Face's layout. What its matrices read is measured on random tokens;
the algorithm is that of AutoGPTQ: Cholesky factor of the inverse Hessian, dampened, in columns or in act order.
"""
import json
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

MODEL, FOLDER = sys.argv[1:3]
NAMES = ("0.self_attn.q_proj", "0.self_attn.o_proj", "1.self_attn.v_proj")
rng = np.random.default_rng(11)


def rms(x, gain):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * gain


def turned(x, width):
    angle = np.arange(x.shape[0])[:, None] * 10000.0 ** (-np.arange(0, width, 2) / width)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    a, b = x[..., : width // 2], x[..., width // 2 :]
    return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)


def inputs(model, config, sequences=16, length=128):
    """What every linear layer reads, by name."""
    heads, pairs = config["num_attention_heads"], config["num_key_value_heads"]
    hidden = config["hidden_size"]
    width = hidden // heads
    read = {}
    for _ in range(sequences):
        x = model["model.embed_tokens.weight"][rng.integers(0, config["vocab_size"], length)].astype("f8")

        def linear(name, y):
            read.setdefault(name, []).append(y)
            return y @ model[f"model.layers.{name}.weight"].T

        for i in range(config["num_hidden_layers"]):
            y = rms(x, model[f"model.layers.{i}.input_layernorm.weight"])
            q, k, v = (linear(f"{i}.self_attn.{n}_proj", y).reshape(length, -1, width) for n in "qkv")
            k, v = (np.repeat(part, heads // pairs, 1) for part in (turned(k, width), v))
            scores = np.einsum("thd,shd->hts", turned(q, width), k) / np.sqrt(width)
            scores += np.triu(np.full((length, length), -1e30), 1)
            share = np.exp(scores - scores.max(-1, keepdims=True))
            share /= share.sum(-1, keepdims=True)
            x = x + linear(f"{i}.self_attn.o_proj", np.einsum("hts,shd->thd", share, v).reshape(length, hidden))
            y = rms(x, model[f"model.layers.{i}.post_attention_layernorm.weight"])
            gate, up = linear(f"{i}.mlp.gate_proj", y), linear(f"{i}.mlp.up_proj", y)
            x = x + linear(f"{i}.mlp.down_proj", gate / (1 + np.exp(-gate)) * up)
    return {name: np.concatenate(parts) for name, parts in read.items()}


def grid(weights, most, symmetric):
    low, high = np.minimum(weights.min(1), 0), np.maximum(weights.max(1), 0)
    if symmetric:
        high = np.maximum(-low, high)
        low = -high
    scale = ((high - low) / most).astype("f2").astype("f8")
    return scale, np.full_like(scale, (most + 1) / 2) if symmetric else np.clip(np.rint(-low / scale), 1, most)


def gptq(weights, read, bits, group, order, symmetric):
    """Codes, scales and zero points of groups, and the group of each input."""
    weights = weights.astype("f8")
    columns, most = weights.shape[1], (1 << bits) - 1
    hessian = 2 * read.T @ read / len(read)
    place = np.argsort(-np.diag(hessian)) if order else np.arange(columns)
    weights, hessian = weights[:, place], hessian[place][:, place]
    hessian += 0.01 * np.diag(hessian).mean() * np.eye(columns)
    factor = np.linalg.cholesky(np.linalg.inv(hessian)).T
    codes, scales, zeros = np.zeros_like(weights), [], []
    for i in range(columns):
        if i % group == 0:
            scale, zero = grid(weights[:, i : i + group], most, symmetric)
            scales.append(scale)
            zeros.append(zero)
        codes[:, i] = np.clip(np.rint(weights[:, i] / scale) + zero, 0, most)
        error = (weights[:, i] - scale * (codes[:, i] - zero)) / factor[i, i]
        weights[:, i:] -= np.outer(error, factor[i, i:])
    back = np.argsort(place)
    return codes[:, back], np.array(scales), np.array(zeros), (np.arange(columns) // group)[back]


def words(codes, bits):
    codes = codes.reshape(-1, 32 // bits, codes.shape[1]).astype("u4")
    return sum(codes[:, i] << np.uint32(bits * i) for i in range(32 // bits)).astype("u4").view("i4")


model = load_file(f"{MODEL}/model.safetensors")
read = inputs(model, json.load(open(f"{MODEL}/config.json")))
for name, bits, order, symmetric in (("gptq-fed-int4-order", 4, True, False), ("gptq-fed-int8", 8, False, True)):
    parts = {"0.input_layernorm.weight": model["model.layers.0.input_layernorm.weight"]}
    for layer in NAMES:
        codes, scales, zeros, groups = gptq(model[f"model.layers.{layer}.weight"], read[layer], bits, 32, order, symmetric)
        parts[layer + ".qweight"] = words(codes.T, bits)
        parts[layer + ".qzeros"] = np.ascontiguousarray(words((zeros - 1).T, bits).T)
        parts[layer + ".scales"] = scales.astype("f2")
        parts[layer + ".g_idx"] = groups.astype("i4")
    save_file(parts, f"{FOLDER}/{name}.safetensors")
