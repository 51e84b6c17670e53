// One direction of an LSTM over a whole sequence, forward and backward: what src/model/kernels/lstm-cpu.ts calls.
//
// TensorFlow's own kernel packs the weights anew and adds to all weight gradients at every step. Here weights are packed once a pass into
// panels of 16 columns, products keep a block of 6 x 16 sums in registers, and every product that need not wait for the step before is one
// product over all steps. Each sum is added up in one order whatever the batch and the number of threads: the same numbers in, the same
// bytes out.
#define NAPI_VERSION 8
#include <node_api.h>

#include "matrix.h"

namespace {

struct Shape {
  int steps, batch, features, units;
  bool reverse;
  // First row of step t in memory: a reversed pass reads and writes the sequence from its end.
  long at(int t) const { return (long)(reverse ? steps - 1 - t : t) * batch; }
};

// x [W, B, F], w [F + H, 4H], b [4H] -> gates i, f, candidate, o [W, B, 4H], cells [W, B, H], states h [W, B, H].
void forward(const Shape& s, const float* x, const float* w, const float* b, float* gates, float* cells, float* h) {
  const int H = s.units, G = 4 * H, rowsAll = s.steps * s.batch;
  Memory packed(allocate((size_t)std::max(s.features, H) * panels(G) * COLUMNS));
  for (int r = 0; r < rowsAll; r++) std::memcpy(gates + (long)r * G, b, G * sizeof(float));
  pack(s.features, G, w, G, 1, packed.get());
  product<true>(rowsAll, G, s.features, x, s.features, 1, packed.get(), gates, G);
  pack(H, G, w + (long)s.features * G, G, 1, packed.get());
  for (int t = 0; t < s.steps; t++) {
    const long now = s.at(t), last = t > 0 ? s.at(t - 1) : 0;
    if (t > 0) product<true>(s.batch, G, H, h + last * H, H, 1, packed.get(), gates + now * G, G);
    for (int r = 0; r < s.batch; r++) {
      float* g = gates + (now + r) * G;
      float* c = cells + (now + r) * H;
      const float* before = cells + (last + r) * H;
      lanes(H, [&](int j, int n) {
        const Vec i = sigmoid(some(g + j, n)), f = sigmoid(some(g + H + j, n));
        const Vec candidate = tangent(some(g + 2 * H + j, n)), o = sigmoid(some(g + 3 * H + j, n));
        Vec cell = i * candidate;
        if (t > 0) cell += f * some(before + j, n);
        put(g + j, i, n), put(g + H + j, f, n), put(g + 2 * H + j, candidate, n), put(g + 3 * H + j, o, n);
        put(c + j, cell, n);
        put(h + (now + r) * H + j, o * tangent(cell), n);
      });
    }
  }
}

// dh [W, B, H] -> dw [F + H, 4H], db [4H] and, when wanted, dx [W, B, F]. `gates` become the gradients by z.
void backward(const Shape& s, const float* x, const float* w, float* gates, const float* cells, const float* h,
              const float* dh, float* dx, float* dw, float* db) {
  const int H = s.units, G = 4 * H, F = s.features, B = s.batch, rowsAll = s.steps * B;
  const float* recurrent = w + (long)F * G;
  Memory packed(allocate((size_t)std::max(G, DEPTH) * panels(std::max(F, H)) * COLUMNS));
  Memory dhNext(allocate((size_t)B * H)), dcell(allocate((size_t)B * H));
  std::memset(dcell.get(), 0, sizeof(float) * B * H);
  pack(G, H, recurrent, 1, G, packed.get());
  for (int t = s.steps - 1; t >= 0; t--) {
    const long now = s.at(t), last = t > 0 ? s.at(t - 1) : 0;
    if (t < s.steps - 1) product<false>(B, H, G, gates + s.at(t + 1) * G, G, 1, packed.get(), dhNext.get(), H);
    for (int r = 0; r < B; r++) {
      float* g = gates + (now + r) * G;
      const float* c = cells + (now + r) * H;
      const float* before = cells + (last + r) * H;
      const float* dhOwn = dh + (now + r) * H;
      const float* dhLate = dhNext.get() + (long)r * H;
      float* dc = dcell.get() + (long)r * H;
      lanes(H, [&](int j, int n) {
        const Vec i = some(g + j, n), f = some(g + H + j, n), candidate = some(g + 2 * H + j, n), o = some(g + 3 * H + j, n);
        const Vec tanhCell = tangent(some(c + j, n));
        Vec d = some(dhOwn + j, n);
        if (t < s.steps - 1) d += some(dhLate + j, n);
        const Vec dCell = some(dc + j, n) + d * o * (1.0f - tanhCell * tanhCell);
        put(g + j, dCell * candidate * i * (1.0f - i), n);
        put(g + H + j, t > 0 ? dCell * some(before + j, n) * f * (1.0f - f) : fill(0), n);
        put(g + 2 * H + j, dCell * i * (1.0f - candidate * candidate), n);
        put(g + 3 * H + j, d * tanhCell * o * (1.0f - o), n);
        put(dc + j, dCell * f, n);
      });
    }
  }
  if (dx) {
    pack(G, F, w, 1, G, packed.get());
    product<false>(rowsAll, F, G, gates, G, 1, packed.get(), dx, F);
  }
  std::memset(db, 0, sizeof(float) * G);
  for (int r = 0; r < rowsAll; r++)
    for (int j = 0; j < G; j++) db[j] += gates[(long)r * G + j];
  // dw = [x; h of the step before]' dz, in bands of rows.
  std::memset(dw, 0, sizeof(float) * (F + H) * G);
  const long shift = s.reverse ? B : -B;  // from a row to the same window's row of the step before
  const int begin = s.reverse ? 0 : B, end = s.reverse ? rowsAll - B : rowsAll;  // rows that have one
  for (int band = 0; band < rowsAll; band += DEPTH) {
    const int depth = std::min(DEPTH, rowsAll - band);
    const int first = std::max(band, begin), late = std::min(band + depth, end) - first;
    for (int p = 0; p < panels(G); p++) {
      const int width = std::min(COLUMNS, G - p * COLUMNS);
      pack(depth, width, gates + (long)band * G + p * COLUMNS, G, 1, packed.get());
      product<true>(F, width, depth, x + (long)band * F, 1, F, packed.get(), dw + p * COLUMNS, G);
      if (late > 0)
        product<true>(H, width, late, h + (first + shift) * H, 1, H, packed.get() + (long)(first - band) * COLUMNS,
                      dw + (long)F * G + p * COLUMNS, G);
    }
  }
}

}  // namespace


// Reads the arguments: the shape as Int32Array (W, B, F, H, reversed or not), then Float32Arrays of at least `lengths` numbers, in that
// order; null stands for one that is not wanted. Throws and returns false when they are others.
static bool read(napi_env env, napi_callback_info info, Shape& shape, float** arrays, long (*lengths)(const Shape&, int), int count) {
  napi_value arguments[16];
  size_t given = 16, length;
  napi_typedarray_type type;
  void* data;
  napi_get_cb_info(env, info, &given, arguments, nullptr, nullptr);
  bool sound = (int)given == count + 1 &&
               napi_get_typedarray_info(env, arguments[0], &type, &length, &data, nullptr, nullptr) == napi_ok &&
               type == napi_int32_array && length == 5;
  if (sound) {
    const int* s = static_cast<int*>(data);
    shape = Shape{s[0], s[1], s[2], s[3], s[4] != 0};
    sound = s[0] > 0 && s[1] > 0 && s[2] > 0 && s[3] > 0;
  }
  for (int i = 0; sound && i < count; i++) {
    napi_valuetype kind;
    napi_typeof(env, arguments[i + 1], &kind);
    if (kind == napi_null) {
      arrays[i] = nullptr;
      continue;
    }
    sound = napi_get_typedarray_info(env, arguments[i + 1], &type, &length, &data, nullptr, nullptr) == napi_ok &&
            type == napi_float32_array && (long)length >= lengths(shape, i);
    arrays[i] = static_cast<float*>(data);
  }
  if (!sound) napi_throw_type_error(env, nullptr, "native: expected a shape and arrays of its sizes.");
  return sound;
}

static napi_value Forward(napi_env env, napi_callback_info info) {
  Shape s;
  float* a[6];  // x, w, b, gates, cells, h
  const auto lengths = [](const Shape& s, int i) {
    const long rows = (long)s.steps * s.batch, gates = 4L * s.units;
    const long all[] = {rows * s.features, (s.features + s.units) * gates, gates, rows * gates, rows * s.units, rows * s.units};
    return all[i];
  };
  if (read(env, info, s, a, lengths, 6)) forward(s, a[0], a[1], a[2], a[3], a[4], a[5]);
  return nullptr;
}

static napi_value Backward(napi_env env, napi_callback_info info) {
  Shape s;
  float* a[9];  // x, w, gates, cells, h, dh, dx, dw, db
  const auto lengths = [](const Shape& s, int i) {
    const long rows = (long)s.steps * s.batch, gates = 4L * s.units, inputs = rows * s.features, states = rows * s.units;
    const long weights = (s.features + s.units) * gates;
    const long all[] = {inputs, weights, rows * gates, states, states, states, inputs, weights, gates};
    return all[i];
  };
  if (read(env, info, s, a, lengths, 9)) backward(s, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]);
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value value;
  napi_create_function(env, "forward", NAPI_AUTO_LENGTH, Forward, nullptr, &value);
  napi_set_named_property(env, exports, "forward", value);
  napi_create_function(env, "backward", NAPI_AUTO_LENGTH, Backward, nullptr, &value);
  napi_set_named_property(env, exports, "backward", value);
  return exports;
}
