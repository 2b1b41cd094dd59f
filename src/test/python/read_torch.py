"""Lists the tensors of a trusted PyTorch file, using only Python's own pickle, zipfile and struct.

An independent reader to compare ours with; not part of the build. One line for each tensor:
path, dtype, shape and SHA-256 of its packed row-major bytes. Usage: read_torch.py FILE...
"""
import collections
import hashlib
import io
import pickle
import struct
import sys
import zipfile

WIDTH = {'Double': ('F64', 8), 'Float': ('F32', 4), 'Half': ('F16', 2), 'BFloat16': ('BF16', 2),
         'Long': ('I64', 8), 'Int': ('I32', 4), 'Short': ('I16', 2), 'Char': ('I8', 1),
         'Byte': ('U8', 1), 'Bool': ('BOOL', 1)}


class Tensor:
    def __init__(self, storage, offset, shape, strides):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def packed(self, data):
        width = WIDTH[self.storage[0]][1]
        places = [self.offset]
        for length, stride in zip(self.shape, self.strides):
            places = [p + i * stride for p in places for i in range(length)]
        return b''.join(data[p * width:(p + 1) * width] for p in places)


class Reader(pickle.Unpickler):
    def find_class(self, module, name):
        if module == 'collections' and name == 'OrderedDict':
            return collections.OrderedDict
        if module == 'torch._utils' and name.startswith('_rebuild_tensor'):
            return lambda storage, offset, shape, strides, *rest: Tensor(
                storage, offset, shape, strides)
        if module == 'torch._utils' and name == '_rebuild_parameter':
            return lambda tensor, *rest: tensor
        if module == 'torch' and name.endswith('Storage'):
            return name[:-len('Storage')]
        return type(name, (), {'__init__': lambda self, *args: None})

    def persistent_load(self, key):
        return key[1], str(key[2]), key[4]


def walk(path, value):
    if isinstance(value, Tensor):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from walk(path + [str(key)], item)
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            yield from walk(path + [str(place)], item)


def load(name):
    if zipfile.is_zipfile(name):
        with zipfile.ZipFile(name) as archive:
            assert archive.testzip() is None
            pickled = [n for n in archive.namelist() if n.endswith('/data.pkl')][0]
            top = pickled[:-len('data.pkl')]
            data = {n[len(top) + 5:]: archive.read(n)
                    for n in archive.namelist() if n.startswith(top + 'data/')}
            return Reader(io.BytesIO(archive.read(pickled))).load(), data
    with open(name, 'rb') as stream:
        for _ in range(3):
            pickle.load(stream)
        found = {}

        class Noting(Reader):
            def persistent_load(self, key):
                found[str(key[2])] = key[1]
                return super().persistent_load(key)
        tree = Noting(stream).load()
        data = {}
        for key in pickle.load(stream):
            count, = struct.unpack('<q', stream.read(8))
            data[key] = stream.read(count * WIDTH[found[key]][1])
        return tree, data


for file in sys.argv[1:]:
    tree, data = load(file)
    print('#', file)
    for path, tensor in walk([], tree):
        digest = hashlib.sha256(tensor.packed(data[tensor.storage[1]])).hexdigest()
        print('.'.join(path), WIDTH[tensor.storage[0]][0], list(tensor.shape), digest, sep='\t')
