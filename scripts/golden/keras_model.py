"""Golden numbers of the model, made once by Keras 3: python scripts/golden/keras_model.py > test/golden/model/keras.json

A small model of the paper's shape, with given inputs and weights and no dropout: its loss and gradients in training, without and with a
weight for each line, the losses of five steps of Adam and of weighted SGD, the moving statistics after them, and its probabilities. Weights are named by Keras path, as in src/model/bilstm/shape.ts.
Needs keras==3.13.2, numpy==2.2.6, tensorflow-cpu==2.21.0 (test/bench/requirements.txt).
"""
import json, os, sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

W, B, F, L, K, UNITS = 7, 4, 5, 5, 7, (6, 4)
rng = np.random.default_rng(7)
layers = keras.layers
first = layers.Bidirectional(layers.LSTM(UNITS[0], return_sequences=True))
norm = layers.BatchNormalization()
second = layers.Bidirectional(layers.LSTM(UNITS[1], return_sequences=True))
dense = layers.TimeDistributed(layers.Dense(L * K, activation="relu"))
norm_1 = layers.BatchNormalization()
inputs = layers.Input((W, F))
outputs = layers.Softmax()(layers.Reshape((W, L, K))(norm_1(dense(second(norm(first(inputs)))))))
model = keras.Model(inputs, outputs)

names = []
for path, hidden in (("bidirectional", None), ("bidirectional_1", None)):
    for direction in ("forward_lstm", "backward_lstm"):
        names.append([f"{path}/{direction}/{part}" for part in ("kernel", "recurrent_kernel", "bias")])
trainable = [
    (first, names[0] + names[1]),
    (norm, [f"batch_normalization/{part}" for part in ("gamma", "beta")]),
    (second, names[2] + names[3]),
    (dense, ["time_distributed/kernel", "time_distributed/bias"]),
    (norm_1, [f"batch_normalization_1/{part}" for part in ("gamma", "beta")]),
]
moving = [
    (norm, [f"batch_normalization/{part}" for part in ("moving_mean", "moving_variance")]),
    (norm_1, [f"batch_normalization_1/{part}" for part in ("moving_mean", "moving_variance")]),
]
variables = {name: v for layer, own in trainable for name, v in zip(own, layer.trainable_variables, strict=True)}
statistics = {name: v for layer, own in moving for name, v in zip(own, layer.non_trainable_variables, strict=True)}


def pack(array):
    array = np.asarray(array, dtype="float32")
    return {"shape": list(array.shape), "data": [float(f"{x:.9g}") for x in array.reshape(-1)]}


for name, variable in variables.items():
    value = rng.normal(0, 0.4, variable.shape)
    variable.assign((1 + value) if name.endswith("gamma") else value)
start = {name: pack(v) for name, v in {**variables, **statistics}.items()}
x = rng.normal(0, 1.5, (B, W, F)).astype("float32")
targets = rng.integers(0, K, (B, W, L))
y = np.eye(K, dtype="float32")[targets]
loss_of = keras.losses.CategoricalFocalCrossentropy(alpha=0.25, gamma=2)

with tf.GradientTape() as tape:
    loss = loss_of(y, model(x, training=True))
gradients = tape.gradient(loss, [v.value for v in variables.values()])

def restart():
    for name, variable in {**variables, **statistics}.items():
        variable.assign(np.array(start[name]["data"]).reshape(variable.shape))


def train(optimizer, sample_weight=None):
    losses = []
    for _ in range(5):
        with tf.GradientTape() as tape:
            step_loss = loss_of(y, model(x, training=True), sample_weight)
        optimizer.apply(tape.gradient(step_loss, [v.value for v in variables.values()]), list(variables.values()))
        losses.append(float(step_loss))
    return losses


line_weights = rng.uniform(0, 4, (B, W, 1)).astype("float32")  # the same for the L label parts of a line
with tf.GradientTape() as tape:
    weighted_loss = loss_of(y, model(x, training=True), line_weights)
weighted_gradients = tape.gradient(weighted_loss, [v.value for v in variables.values()])
restart()
sgd_losses = train(keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), line_weights)
sgd_after = {name: pack(v) for name, v in {**variables, **statistics}.items()}
restart()
losses = train(keras.optimizers.Adam(0.004))

json.dump(
    {
        "madeBy": f"Keras {keras.__version__}, TensorFlow {tf.__version__}",
        "config": {"window": W, "features": F, "heads": L, "classes": K, "units": list(UNITS), "dropout": 0},
        "batch": B,
        "x": pack(x.transpose(1, 0, 2)),
        "targets": targets.transpose(1, 0, 2).reshape(-1).tolist(),
        "weights": start,
        "loss": float(loss),
        "gradients": {name: pack(g) for name, g in zip(variables, gradients)},
        "lineWeights": pack(line_weights[..., 0].transpose())["data"],
        "weightedLoss": float(weighted_loss),
        "weightedGradients": {name: pack(g) for name, g in zip(variables, weighted_gradients)},
        "sgd": {"learningRate": 0.1, "losses": sgd_losses, "after": sgd_after},
        "adam": {"learningRate": 0.004, "losses": losses},
        "after": {name: pack(v) for name, v in {**variables, **statistics}.items()},
        "probabilities": pack(np.asarray(model(x, training=False)).transpose(1, 0, 2, 3)),
    },
    sys.stdout,
)
print()
