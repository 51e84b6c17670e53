"""The paper's procedure in Keras 3 on TensorFlow: python keras_procedure.py FOLDER EPOCHS -> keras.json, keras.classes in FOLDER.

Reads what procedure.ts wrote: encoded rows, targets, first rows of the windows of each part, settings. Trains with the paper's callbacks, or
with the learning rates of the fast configuration, and predicts the test windows with the best weights. EPOCHS 0: until it ends by itself.
"""
import json, math, os, pathlib, sys, time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np

folder, epochs = pathlib.Path(sys.argv[1]), int(sys.argv[2])
S = json.loads((folder / "settings.json").read_text())
W, F, L, K, T = S["window"], S["features"], S["heads"], S["classes"], S["training"]
CROP = T["crop"]
matrix = np.fromfile(folder / "matrix", "float32").reshape(-1, F)
targets = np.fromfile(folder / "targets", "int32").reshape(-1, L)
starts = {part: np.fromfile(folder / part, "int32") for part in ("train", "validation", "test")}
one_hot = np.eye(K, dtype="float32")
keras.utils.set_random_seed(S["seed"])


class Windows(keras.utils.PyDataset):
    """Batches of windows, in a new order every epoch when asked to, or drawn anew by their factors (src/windows/sampling.ts), some
    of them cropped (src/windows/crop.ts)."""

    def __init__(self, part, shuffle):
        super().__init__()
        self.starts, self.shuffle = starts[part].copy(), shuffle
        self.all, self.factors = starts[part], None
        if shuffle and T["sampling"] == "repeat-factor":
            self.factors = np.fromfile(folder / "factors", "float64")
        self.random = np.random.default_rng(S["seed"])
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.starts) / T["batchSize"])

    def __getitem__(self, i):
        first, lines = self.starts[i * T["batchSize"] : (i + 1) * T["batchSize"], None], W
        if self.shuffle and math.floor((i + 1) * CROP["batches"]) > math.floor(i * CROP["batches"]):
            lines = W - CROP["cut"]
            first = first + self.random.integers(0, CROP["cut"] + 1, first.shape)
        rows = first + np.arange(lines)
        return matrix[rows], one_hot[targets[rows]]

    def on_epoch_end(self):
        if self.factors is not None:
            order = self.random.permutation(len(self.all))
            due = np.cumsum(self.factors[order]) * len(self.all) / self.factors.sum()
            at = np.searchsorted(due, np.arange(len(self.all)) + self.random.random())
            self.starts = self.all[order[np.minimum(at, len(self.all) - 1)]]
        if self.shuffle:
            self.random.shuffle(self.starts)


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """src/training/one-cycle.ts."""

    def __init__(self, steps):
        self.steps = float(steps)
        self.top = max(1.0, round(T["oneCycle"]["warmup"] * steps))

    def __call__(self, step):
        step = keras.ops.cast(step, "float32") + 1.0
        peak, cycle = T["learningRate"], T["oneCycle"]
        cosine = lambda a, b, share: b + (a - b) * (1 + keras.ops.cos(math.pi * share)) / 2
        up = cosine(peak / cycle["startFactor"], peak, (step - 1) / max(1.0, self.top - 1))
        share, end = (step - self.top) / (self.steps - self.top), peak / cycle["endFactor"]
        down = peak + (end - peak) * share if cycle["descent"] == "linear" else cosine(peak, end, share)
        return keras.ops.where(step <= self.top, up, down)

    def get_config(self):
        return {"steps": self.steps}


class Clock(keras.callbacks.Callback):
    """Wall time and CPU time of every epoch, validation included."""

    def __init__(self):
        super().__init__()
        self.seconds, self.cpu = [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.start, self.used = time.perf_counter(), time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)
        self.cpu.append(time.process_time() - self.used)


layers = keras.layers
x = inputs = layers.Input((None if CROP["batches"] else W, F))
x = layers.Bidirectional(layers.LSTM(S["units"][0], return_sequences=True))(x)
x = layers.BatchNormalization()(x)
x = layers.Bidirectional(layers.LSTM(S["units"][1], return_sequences=True))(x)
x = layers.Dropout(S["dropout"])(x)
x = layers.TimeDistributed(layers.Dense(L * K, activation="relu"))(x)
x = layers.BatchNormalization()(x)
x = layers.Softmax()(layers.Reshape((-1, L, K))(x))
model = keras.Model(inputs, x)
train, cycle = Windows("train", True), T["schedule"] == "one-cycle"
model.compile(
    optimizer=keras.optimizers.Adam(OneCycle(T["epochs"] * len(train)) if cycle else T["learningRate"]),
    loss=keras.losses.CategoricalFocalCrossentropy(alpha=T["focal"]["alpha"], gamma=T["focal"]["gamma"]),
)
clock, stop, plateau = Clock(), T["earlyStopping"], T["reduceOnPlateau"]
callbacks = [
    clock,
    keras.callbacks.EarlyStopping(
        patience=T["epochs"] if cycle else stop["patience"], min_delta=stop["minDelta"], restore_best_weights=True
    ),
]
if not cycle:
    callbacks.append(
        keras.callbacks.ReduceLROnPlateau(factor=plateau["factor"], patience=plateau["patience"], min_delta=plateau["minDelta"])
    )
model.fit(
    train, validation_data=Windows("validation", False), epochs=epochs or T["epochs"], callbacks=callbacks, verbose=0
)
classes = [model.predict_on_batch(matrix[s[:, None] + np.arange(W)]).argmax(-1) for s in np.array_split(starts["test"], math.ceil(len(starts["test"]) / 128))]
np.concatenate(classes).astype("int32").tofile(folder / "keras.classes")
(folder / "keras.json").write_text(json.dumps({"seconds": clock.seconds, "cpu": clock.cpu, "version": f"Keras {keras.__version__}"}))
