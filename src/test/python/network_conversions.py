"""Converts real networks with the ecosystem's own converters, on a CPU: network_conversions.py WHAT MODELS FOLDER.

MODELS holds the networks of ../shared/models; FOLDER receives a folder a network with original.* and what converters
make of it. WHAT is one of tensors (PyTorch, bitsandbytes, MLX, gguf and ggml, which convert tensor by tensor), onnx
(ONNX Runtime's quantiser), and tflite (TensorFlow's converter). GGML is the path of libggml-base.so, as in
ggml_conversions.py.
"""
import os
import sys

import numpy as np

WHAT, MODELS, FOLDER = sys.argv[1:4]
PYTORCH = {
    "resnet20": "resnet-cifar10/resnet20-12fca82f.th",
    "rfb-320": "face-rfb/epochs/rfb-epoch-499.pth",
    "blazeface": "blazeface/blazeface.pth",
    "cifar-base": "abcrown/cifar_base.pth",
}
SAFETENSORS = {"silero": "silero-vad/silero_vad_16k.safetensors", "stories260k": "llama-stories/hf/model.safetensors"}
ONNX = {
    "rfb-320": "face-rfb/onnx/version-RFB-320_simplified.onnx",
    "cifar-base": "abcrown/cifar_base_kw.onnx",
    "fastestdet": "fastestdet/FastestDet.onnx",
    "yolox-nano": "yolox/yolox_nano.onnx",
    "silero": "silero-vad/silero_vad_16k_op15.onnx",
}
EPOCHS = {"rfb-320": ("face-rfb/epochs/rfb-epoch-480.pth", "face-rfb/epochs/rfb-epoch-400.pth")}
KERAS = {"tiny-resnet": "mlperf-tiny/pretrainedResnet.h5", "tiny-autoencoder": "mlperf-tiny/ad01.h5",
         "tiny-mobilenet": "mlperf-tiny/vww_96.h5", "tiny-keyword": "mlperf-tiny/str_ww_ref_model.h5"}


def folder(network):
    path = f"{FOLDER}/{network}"
    os.makedirs(path, exist_ok=True)
    return path


def tried(network, name, what, *rest):
    try:
        what(*rest)
        print("made", network, name)
    except Exception as e:  # A scheme that does not apply is told, and the next is tried.
        print("NOT MADE", network, name, type(e).__name__, str(e)[:160].replace("\n", " "))


def loaded(file):
    import torch

    state = torch.load(f"{MODELS}/{file}", map_location="cpu", weights_only=False)
    state = state.get("state_dict", state)
    state = state[0] if isinstance(state, list) else state
    return {n.removeprefix("module."): v for n, v in state.items() if hasattr(v, "shape")}


def networks():
    from safetensors.torch import load_file

    for network, file in PYTORCH.items():
        yield network, loaded(file)
    for network, file in SAFETENSORS.items():
        yield network, load_file(f"{MODELS}/{file}")


def is_weight(value):
    return value.is_floating_point() and value.ndim > 1


def tensors():
    import torch
    from safetensors.torch import save_file

    for network, model in networks():
        path = folder(network)

        def saved(name, change):
            parts = {}
            for tensor, value in model.items():
                made = change(tensor, value) if is_weight(value) else None
                parts.update(made or {tensor: value})
            assert parts.keys() != model.keys() or any(parts[n].dtype != model[n].dtype for n in model), "applies to none"
            save_file({n: t.contiguous().clone() for n, t in parts.items()}, f"{path}/{name}.safetensors", {"format": "pt"})

        save_file({n: t.contiguous().clone() for n, t in model.items()}, f"{path}/original.safetensors", {"format": "pt"})
        for file in EPOCHS.get(network, ()):  # The same training earlier.
            epoch = {n: t.contiguous().clone() for n, t in loaded(file).items()}
            save_file(epoch, f"{path}/original-epoch-{file[:-4].split('-')[-1]}.safetensors", {"format": "pt"})
        for kind in ("float16", "bfloat16"):
            tried(network, kind, saved, "torch-" + kind, lambda n, v: {n: v.to(getattr(torch, kind))})

        def fp8(kind, top):
            def change(n, v):
                scale = (v.abs().amax(tuple(range(1, v.ndim)), keepdim=True) / top).clamp(min=1e-12)
                return {n: (v / scale).to(kind), n + "_scale": scale}
            return change

        tried(network, "e4m3", saved, "torch-e4m3-rows", fp8(torch.float8_e4m3fn, 448))
        tried(network, "e5m2", saved, "torch-e5m2-rows", fp8(torch.float8_e5m2, 57344))
        if "bnb" not in os.environ.get("WITHOUT", ""):
            import bitsandbytes.functional as bnb

            def four(kind, nested):
                def change(n, v):
                    if v.numel() % 64:
                        return None
                    codes, state = bnb.quantize_4bit(v.contiguous(), blocksize=64, quant_type=kind, compress_statistics=nested)
                    return {n: codes, **{f"{n}.{k}": p for k, p in state.as_dict(packed=True).items()}}
                return change

            def eight(n, v):
                if v.ndim != 2 or not n.endswith(".weight"):
                    return None
                codes, scales, _ = bnb.int8_vectorwise_quant(v.half())
                layer = n[:-len("weight")]
                return {n: codes, layer + "SCB": scales, layer + "weight_format": torch.tensor(0, dtype=torch.uint8)}

            for kind in ("nf4", "fp4"):
                for nested in (False, True):
                    name = f"bnb-{kind}" + ("-nested" if nested else "")
                    tried(network, name, saved, name, four(kind, nested))
            tried(network, "bnb-int8", saved, "bnb-int8", eight)
        for bits in (4, 8):  # What MLX says of them stands in a configuration beside the file.
            os.makedirs(f"{path}/mlx-int{bits}", exist_ok=True)
            with open(f"{path}/mlx-int{bits}/config.json", "w") as config:
                config.write('{"quantization": {"group_size": 32, "bits": %d}}' % bits)
            tried(network, f"mlx-int{bits}", saved, f"mlx-int{bits}/model", mlx(group_size=32, bits=bits))
        tried(network, "mlx-mxfp4", saved, "mlx-mxfp4", mlx(mode="mxfp4", group_size=32, bits=4))
        tried(network, "mlx-nvfp4", saved, "mlx-nvfp4", mlx(mode="nvfp4", group_size=16, bits=4))
        for kind in ("F16", "BF16", "Q8_0", "Q4_0", "Q5_1", "IQ4_NL", "MXFP4", "Q4_K", "Q6_K"):
            tried(network, kind, ggml, path, kind, model)


def mlx(**how):
    import mlx.core as mx
    import torch

    def change(name, value):
        if value.ndim != 2 or value.shape[-1] % how["group_size"] or not name.endswith("weight"):
            return None
        made = [torch.from_numpy(np.array(part)) for part in mx.quantize(mx.array(value.numpy()), **how)]
        layer = name[:-len("weight")]
        return dict(zip((name, layer + "scales", layer + "biases"), made))

    return change


def ggml(path, kind, model):
    import gguf

    block, _ = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]]
    writer = gguf.GGUFWriter(f"{path}/ggml-{kind}.gguf", "none")
    converted = 0
    for name, value in model.items():
        values = value.numpy()
        if values.dtype != np.float32:
            continue  # Counters of batches: GGUF's writers leave them out.
        if values.ndim > 1 and values.shape[-1] % block == 0:
            number = gguf.GGMLQuantizationType[kind]
            writer.add_tensor(name, quantised(number, values), raw_dtype=number)
            converted += 1
        else:
            writer.add_tensor(name, values)
    assert converted, f"no rows of whole blocks of {block}"
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def quantised(kind, values):
    import ctypes

    import gguf

    if kind.name in ("F16", "BF16"):
        return gguf.quants.quantize(values, kind)
    block, size = gguf.GGML_QUANT_SIZES[kind]
    library = ctypes.CDLL(os.environ["GGML"])
    library.ggml_quantize_chunk.restype = ctypes.c_size_t
    library.ggml_quantize_chunk.argtypes = [
        ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
    columns = values.shape[-1]
    rows = values.size // columns
    packed = np.zeros(values.size // block * size, "u1")
    source = np.ascontiguousarray(values)
    library.ggml_quantize_init(kind.value)
    done = library.ggml_quantize_chunk(kind.value, source.ctypes.data, packed.ctypes.data, 0, rows, columns, None)
    assert done == packed.size
    return packed.reshape(*values.shape[:-1], -1)


def onnx():
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    class Noise(CalibrationDataReader):
        def __init__(self, file):
            model = onnx.load(file)
            weights = {i.name for i in model.graph.initializer}
            rng = np.random.default_rng(3)
            feed = {}
            for value in model.graph.input:
                if value.name not in weights:
                    shape = [d.dim_value or 512 for d in value.type.tensor_type.shape.dim]
                    shape[:1] = [1] * len(shape[:1])  # A batch of one.
                    kind = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
                    feed[value.name] = (rng.normal(0, 1, shape) if kind == np.float32 else np.full(shape, 16000)).astype(kind)
            self.feeds = iter([feed] * 2)

        def get_next(self):
            return next(self.feeds, None)

    files = {n: f"{MODELS}/{f}" for n, f in ONNX.items()}
    if os.path.exists(f"{FOLDER}/resnet20/original.onnx"):
        files["resnet20"] = f"{FOLDER}/resnet20/original.onnx"
    for network, file in files.items():
        path = folder(network)
        if file != path + "/original.onnx":
            onnx.save(onnx.load(file), path + "/original.onnx")
        for channel in (False, True):
            for kind in (QuantType.QInt8, QuantType.QUInt8):
                name = f"ort-dynamic-{kind.name}" + ("-channel" if channel else "")
                tried(network, name, quantize_dynamic, file, f"{path}/{name}.onnx", None, channel, False, kind)
            for form in (QuantFormat.QDQ, QuantFormat.QOperator):
                name = f"ort-static-{form.name}" + ("-channel" if channel else "")
                tried(network, name, lambda: quantize_static(
                    file, f"{path}/{name}.onnx", Noise(file), quant_format=form, per_channel=channel,
                    weight_type=QuantType.QInt8))

        def four():
            quantiser = MatMulNBitsQuantizer(onnx.load(file), block_size=32, is_symmetric=True)
            quantiser.process()
            made = quantiser.model.model
            assert any(n.op_type == "MatMulNBits" for n in made.graph.node), "no MatMul"
            onnx.save(made, f"{path}/ort-MatMulNBits.onnx")

        tried(network, "MatMulNBits", four)


def export():
    """ResNet-20 as PyTorch exports it."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Block(nn.Module):
        def __init__(self, before, after, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(after)
            self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(after)
            self.pad = (after - before) // 2
            self.stride = stride

        def forward(self, x):
            y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            if self.pad:
                x = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.pad, self.pad))
            return F.relu(x + y)

    class ResNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(16)
            for i, (before, after) in enumerate(((16, 16), (16, 32), (32, 64))):
                blocks = [Block(before if b == 0 else after, after, 2 if b == 0 and i else 1) for b in range(3)]
                setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
            self.linear = nn.Linear(64, 10)

        def forward(self, x):
            x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
            return self.linear(x.mean((2, 3)))

    model = ResNet().eval()
    model.load_state_dict(dict(networks())["resnet20"])
    torch.onnx.export(model, torch.zeros(1, 3, 32, 32), folder("resnet20") + "/original.onnx", opset_version=17, dynamo=False)


def tflite():
    import tensorflow as tf

    for network, file in KERAS.items():
        path = folder(network)
        model = tf.keras.models.load_model(f"{MODELS}/{file}", compile=False)
        with open(f"{MODELS}/{file}", "rb") as source, open(path + "/original.h5", "wb") as target:
            target.write(source.read())
        shape = [1] + list(model.inputs[0].shape[1:])

        def converted(name, change):
            converter = tf.lite.TFLiteConverter.from_keras_model(model)
            change(converter)
            with open(f"{path}/{name}.tflite", "wb") as out:
                out.write(converter.convert())

        def half(converter):
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]

        def dynamic(converter):
            converter.optimizations = [tf.lite.Optimize.DEFAULT]

        def integers(converter):
            rng = np.random.default_rng(3)
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: ([rng.normal(0, 1, shape).astype("f4")] for _ in range(4))
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]

        for name, change in (("float32", lambda _: None), ("float16", half), ("dynamic", dynamic), ("int8", integers)):
            tried(network, name, converted, "tflite-" + name, change)


{"tensors": tensors, "onnx": onnx, "export": export, "tflite": tflite}[WHAT]()
