"""Checks with Keras itself that a shuffled copy of a Keras model computes the same.

Optional, not part of the build. Usage: check_keras.py MODEL.h5|MODEL.keras SHUFFLED.safetensors,
where ftl permute wrote the second from the first. Prints the largest relative difference of the
outputs on random inputs, and the same with one layer left as it was, which must be large.
"""
import sys

import h5py
import keras
import numpy
import safetensors.numpy


def slots(model, path):
    """Every variable of the model with the name that ftl gives it."""
    if path.endswith('.keras'):
        used = {}
        for layer in model.layers:
            kind = keras.src.utils.naming.to_snake_case(type(layer).__name__)
            used[kind] = used.get(kind, -1) + 1
            place = 'layers/' + kind + ('_%d' % used[kind] if used[kind] else '')
            for i, variable in enumerate(layer.weights):
                yield variable, '%s/vars/%d' % (place, i)
        return
    with h5py.File(path) as file:
        for layer in model.layers:
            group = file['model_weights'][layer.name]
            names = [n if isinstance(n, str) else n.decode() for n in group.attrs['weight_names']]
            assert len(names) == len(layer.weights), layer.name
            for variable, name in zip(layer.weights, names):
                yield variable, layer.name + '/' + name


path, shuffled = sys.argv[1:]


class DepthwiseConv2D(keras.layers.DepthwiseConv2D):
    """Keras 3 refuses a setting that Keras 2 wrote."""

    def __init__(self, groups=1, **settings):
        super().__init__(**settings)


known = {'DepthwiseConv2D': DepthwiseConv2D} if path.endswith('.h5') else None
model = keras.models.load_model(path, custom_objects=known, compile=False)
tensors = safetensors.numpy.load_file(shuffled)
random = numpy.random.default_rng(1)
inputs = [random.uniform(-1, 1, [d or 1 for d in x.shape]).astype('float32') for x in model.inputs]


# The last softmax may saturate, so what goes into it is compared.
def run():
    last = model.layers[-1]
    if getattr(last, 'activation', None) is keras.activations.softmax:
        last.activation = keras.activations.linear
    outputs = keras.tree.flatten(model(inputs))
    return numpy.concatenate([numpy.ravel(keras.ops.convert_to_numpy(y)) for y in outputs])


before = run()
moved = []
for variable, name in slots(model, path):
    if not numpy.array_equal(keras.ops.convert_to_numpy(variable), tensors[name]):
        moved.append((variable, keras.ops.convert_to_numpy(variable)))
    variable.assign(tensors[name])
after = run()
print('%d tensors moved, relative difference %.2g'
      % (len(moved), numpy.abs(before - after).max() / numpy.abs(before).max()))
moved[0][0].assign(moved[0][1])
print('one of them put back: %.2g' % (numpy.abs(before - run()).max() / numpy.abs(before).max()))
