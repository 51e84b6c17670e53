"""The same model in Keras 3 on TensorFlow: python keras_peer.py train|infer BATCH STEPS -> one line of JSON."""
import json, os, pathlib, resource, sys, time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

what, batch, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
S = json.loads((pathlib.Path(__file__).parent / "shape.json").read_text())
W, F, L, K = S["window"], S["features"], S["heads"], S["classes"]
layers = keras.layers
x = inputs = layers.Input((W, F))
x = layers.Bidirectional(layers.LSTM(S["units"][0], return_sequences=True))(x)
x = layers.BatchNormalization()(x)
x = layers.Bidirectional(layers.LSTM(S["units"][1], return_sequences=True))(x)
x = layers.Dropout(S["dropout"])(x)
x = layers.TimeDistributed(layers.Dense(L * K, activation="relu"))(x)
x = layers.BatchNormalization()(x)
x = layers.Softmax()(layers.Reshape((W, L, K))(x))
model = keras.Model(inputs, x)
model.compile(optimizer=keras.optimizers.Adam(S["learningRate"]), loss=keras.losses.CategoricalFocalCrossentropy(alpha=0.25, gamma=2))

rng = np.random.default_rng(7)
data = tf.constant(rng.standard_normal((batch, W, F), dtype="float32"))
target = tf.constant(np.eye(K, dtype="float32")[rng.integers(0, K, (batch, W, L))])
step = (lambda: model.train_on_batch(data, target)) if what == "train" else (lambda: model.predict_on_batch(data))
times = []
for i in range(steps + 2):
    start = time.perf_counter()
    step()
    if i >= 2:
        times.append(1000 * (time.perf_counter() - start))
print(json.dumps({"milliseconds": times, "rssBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "version": keras.__version__}))
