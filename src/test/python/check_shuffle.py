"""Checks with PyTorch itself that a rewritten file holds the moved tensors of a trusted original.

Optional, not part of the build. Usage: check_shuffle.py ORIGINAL REWRITTEN GATHERS, where GATHERS
is what TensorShuffle printed. Prints the number of tensors that are equal.
"""
import ast
import sys
import zipfile

import torch


def names(value, path=()):
    if isinstance(value, torch.nn.Module):
        value = value.state_dict()
    if isinstance(value, torch.Tensor):
        yield '.'.join(path), value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from names(item, path + (str(key),))
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            yield from names(item, path + (str(place),))


def find(tensors, name):
    """The tensor of that path, or the first whose path ends so below a wrapper."""
    if name in tensors:
        return tensors[name]
    return next(t for path, t in tensors.items() if path.endswith('.' + name) or path == '')


original, rewritten, gathers = sys.argv[1:]
before = dict(names(torch.load(original, map_location='cpu')))
after = dict(names(torch.load(rewritten, map_location='cpu')))
assert list(before) == list(after)
count = 0
for line in open(gathers):
    name, text = line.rstrip('\n').split('\t')
    if name.endswith('.scale') or name.endswith('.zero_point'):
        continue
    expected = find(before, name)
    actual = find(after, name)
    if expected.is_quantized:
        expected, actual = expected.int_repr(), actual.int_repr()
    for axis, gather in enumerate(ast.literal_eval(text)):
        expected = expected.index_select(axis, torch.tensor(gather, dtype=torch.long))
    same = torch.equal(expected.contiguous().reshape(-1), actual.contiguous().reshape(-1))
    assert same, name
    assert actual.dtype == expected.dtype and actual.stride() == find(after, name).stride()
    count += 1
with zipfile.ZipFile(original) as old, zipfile.ZipFile(rewritten) as new:
    assert new.testzip() is None
    assert [(i.filename, i.extra, i.header_offset) for i in old.infolist()] == [
        (i.filename, i.extra, i.header_offset) for i in new.infolist()]
    pickled = [n for n in old.namelist() if n.endswith('data.pkl')][0]
    assert old.read(pickled) == new.read(pickled)
print(count, 'tensors equal')
