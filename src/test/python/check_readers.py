"""Compares what ftl reads of every checkpoint in a folder with what each format's own reader reads.

Optional, not part of the build. Needs torch, h5py, onnx, safetensors, ai-edge-litert and a built
project. Usage: check_readers.py PROJECT FOLDER. A tensor counts as equal if its shape and packed
row-major bytes are, whatever the two call it; names are compared too and differences are told.
Exit code 1 if any file differs or is read by one side only.
"""
import collections
import glob
import hashlib
import os
import subprocess
import sys

import numpy


def torch_tensors(path):
    import torch

    def walk(value, name, seen):
        if isinstance(value, torch.nn.Module):
            value = value.state_dict()
        if isinstance(value, torch.Tensor):
            if value.is_quantized:
                value = value.int_repr()
            yield name, value.detach().contiguous().view(value.shape).numpy()
        elif isinstance(value, (dict, list, tuple)) and id(value) not in seen:
            seen.add(id(value))
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, item in items:
                yield from walk(item, '%s.%s' % (name, key) if name else str(key), seen)

    yield from walk(torch.load(path, map_location='cpu', weights_only=True), '', set())


def hdf5_tensors(path):
    import h5py
    found = []
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.append((name, item[()]))
                        if isinstance(item, h5py.Dataset) else None)
    return [(n, v) for n, v in found if isinstance(v, (numpy.ndarray, numpy.generic))]


def onnx_tensors(path):
    import onnx
    import onnx.numpy_helper
    model = onnx.load(path)

    def graphs(graph):
        yield graph
        for node in graph.node:
            for attribute in node.attribute:
                for inner in [attribute.g, *attribute.graphs]:
                    if inner.node:
                        yield from graphs(inner)

    for graph in graphs(model.graph):
        for tensor in graph.initializer:
            yield tensor.name, onnx.numpy_helper.to_array(tensor)
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.name == 'value' and node.op_type in ('Constant', 'ConstantOfShape'):
                    yield node.output[0], onnx.numpy_helper.to_array(attribute.t)


def safetensors_tensors(path):
    import safetensors.numpy
    return safetensors.numpy.load_file(path).items()


def tflite_tensors(path):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model_path=path)
    for detail in interpreter.get_tensor_details():
        try:
            yield detail['name'], interpreter.tensor(detail['index'])()
        except ValueError:
            pass  # computed when the network runs


def llama2c_tensors(path):
    header = numpy.fromfile(path, '<i4', 7)
    dim, hidden, layers, heads, kv_heads, vocabulary, sequence = (int(abs(x)) for x in header)
    kv = dim // heads * kv_heads
    at = 28
    for name, shape in [
            ('token_embedding', (vocabulary, dim)), ('rms_att', (layers, dim)),
            ('wq', (layers, dim, dim)), ('wk', (layers, kv, dim)), ('wv', (layers, kv, dim)),
            ('wo', (layers, dim, dim)), ('rms_ffn', (layers, dim)), ('w1', (layers, hidden, dim)),
            ('w2', (layers, dim, hidden)), ('w3', (layers, hidden, dim)), ('rms_final', (dim,))]:
        count = int(numpy.prod(shape))
        values = numpy.fromfile(path, '<f4', count, offset=at).reshape(shape)
        at += 4 * count
        if shape[0] == layers and name != 'token_embedding':
            yield from ((name, layer) for layer in values)
        else:
            yield name, values
    for half in range(2):  # cosines and sines of the rotary embedding, which follow
        values = numpy.fromfile(path, '<f4', sequence * dim // heads // 2, offset=at)
        yield 'rotary', values.reshape(sequence, -1)
        at += values.nbytes


READERS = {'.pth': torch_tensors, '.pt': torch_tensors, '.th': torch_tensors, '.h5': hdf5_tensors,
           '.onnx': onnx_tensors, '.safetensors': safetensors_tensors, '.tflite': tflite_tensors,
           '.bin': llama2c_tensors}


def packed(value):
    return hashlib.sha256(numpy.asarray(value).tobytes()).hexdigest(), tuple(numpy.shape(value))


project, folder = sys.argv[1:]
files = sorted(f for f in glob.glob(folder + '/**/*', recursive=True)
               if os.path.splitext(f)[1] in READERS)
classes = ':'.join(os.path.join(project, 'target', part)
                   for part in ('test-classes', 'ftl.jar', 'jars/*'))
listing = subprocess.run(['java', '-cp', classes, 'org.findthelady.checkpoint.TensorList', *files],
                         check=True, capture_output=True, text=True).stdout
ours = {}
for line in listing.splitlines():
    if line.startswith('# '):
        path = line[2:]
        current = ours.setdefault(path, [])
    else:
        digest, _, shape, name = line.split('\t', 3)
        if name.endswith(('/scale', '/zero_point')) and path.endswith('.tflite'):
            continue  # ftl lists what integers stand for as tensors
        current.append((name, (digest, tuple(int(x) for x in shape[1:-1].split(',') if x.strip()))))
bad = 0
for path in files:
    theirs = [(name, packed(value)) for name, value in READERS[os.path.splitext(path)[1]](path)]
    here = collections.Counter(key for _, key in ours[path])
    there = collections.Counter(key for _, key in theirs)
    # Which constants of a graph count as tensors is a matter of taste; what ftl lists must be there.
    missing = here - there
    told = [name for name, key in ours[path] if key in missing]
    extra = sum((there - here).values())
    names = dict(theirs)
    same = sum(names.get(name) == key for name, key in ours[path])
    bad += bool(missing)
    print('%-60s ftl %4d, its own reader %4d, not in the other %d and %d, same name too %d' % (
        os.path.relpath(path, folder), len(ours[path]), len(theirs), sum(missing.values()), extra,
        same), *told[:5])
sys.exit(1 if bad else 0)
