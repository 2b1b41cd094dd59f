"""Makes the Keras models that KerasLayersTest reads. Optional; usage: make_keras.py FOLDER."""
import sys

import keras
from keras import layers

folder = sys.argv[1]
keras.utils.set_random_seed(1)


def randomise(model):
    for variable in model.variables:
        if 'variance' not in variable.path and len(variable.shape) == 1:
            variable.assign(variable + keras.random.uniform(variable.shape, -0.5, 0.5))
    return model


image = keras.Input((12, 12, 3))
x = layers.ZeroPadding2D(((0, 1), (2, 0)))(image)
x = layers.Conv2D(8, 3, strides=2, use_bias=False)(x)
x = layers.BatchNormalization(scale=False)(x)
x = layers.ReLU(max_value=6.0)(x)
x = layers.SeparableConv2D(12, 3, padding='same', activation='swish')(x)
y = layers.DepthwiseConv2D(3, padding='same', depth_multiplier=2)(x)
y = layers.BatchNormalization(center=False)(y)
y = layers.Activation('hard_sigmoid')(y)
z = layers.Conv2D(24, 3, padding='same', groups=2, activation='elu')(x)
y = layers.Multiply()([y, z])
y = layers.Concatenate()([y, x])
inner = keras.Sequential([layers.Conv2D(10, 1), layers.PReLU(shared_axes=[1, 2])])
y = inner(y)
y = layers.Conv2DTranspose(6, 2, strides=2, padding='same', activation='softplus')(y)
y = layers.MaxPooling2D()(y)
y = layers.UpSampling2D()(y)
y = layers.LeakyReLU()(y)
y = layers.Dense(7, activation='gelu')(y)
y = layers.LayerNormalization()(y)
y = layers.AveragePooling2D(4)(y)
y = layers.Reshape((-1, 7))(y)
y = layers.Conv1D(9, 2, padding='causal', activation='tanh')(y)
y = layers.Flatten()(y)
y = layers.Dropout(0.5)(y)
y = layers.Dense(11, activation='selu')(y)
y = layers.Dense(4, activation='softmax')(y)
model = randomise(keras.Model(image, y))
model.save(folder + '/layers.keras')
model.save(folder + '/layers.h5')

text = keras.Sequential(
    [
        keras.Input((9,)),
        layers.Embedding(13, 6),
        layers.Dense(8, activation='mish'),
        layers.GlobalMaxPooling1D(),
        layers.Dense(5),
    ]
)
randomise(text).save(folder + '/text.keras')

steps = keras.Input((9, 5))
h = layers.Dense(6, activation='relu')(steps)
h = layers.GRU(7)(h)
h = layers.Dense(8, activation='relu')(h)
randomise(keras.Model(steps, layers.Dense(3)(h))).save(folder + '/recurrent.keras')
