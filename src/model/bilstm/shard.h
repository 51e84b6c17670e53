// One half of the paper's model: a direction of both LSTM layers, its channels of the first batch norm, and its heads. The halves meet where
// a comment says so; they share no weight. The readable twins are src/model/bilstm/shard.ts and src/model/bilstm/step.ts.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dropout.h"
#include "focal.h"
#include "lstm.h"
#include "norm.h"
#include "update.h"

namespace {

constexpr int SHARDS = 2;

struct Config {
  int window, features, heads, classes, units1, units2;
  float dropout;

  // Heads of a half: the first has the larger one.
  int headsOf(int half) const { return half == 0 ? (heads + 1) / 2 : heads / 2; }
};

// The weights of a half in the order of src/model/bilstm/layout.ts, trainable ones first: name there, rows, columns. F features a line,
// H1 and H2 units of the layers, C logits of the half's heads.
#define WEIGHTS_OF_A_HALF(WEIGHT)                             \
  WEIGHT(LSTM1_W, "lstm1.w", F + H1, 4 * H1)                  \
  WEIGHT(LSTM1_B, "lstm1.b", 1, 4 * H1)                       \
  WEIGHT(NORM1_GAMMA, "norm1.gamma", 1, H1)                   \
  WEIGHT(NORM1_BETA, "norm1.beta", 1, H1)                     \
  WEIGHT(LSTM2_W, "lstm2.w", 2 * H1 + H2, 4 * H2)             \
  WEIGHT(LSTM2_B, "lstm2.b", 1, 4 * H2)                       \
  WEIGHT(DENSE_KERNEL, "dense.kernel", 2 * H2, C)             \
  WEIGHT(DENSE_BIAS, "dense.bias", 1, C)                      \
  WEIGHT(NORM2_GAMMA, "norm2.gamma", 1, C)                    \
  WEIGHT(NORM2_BETA, "norm2.beta", 1, C)                      \
  WEIGHT(NORM1_MEAN, "norm1.mean", 1, H1)                     \
  WEIGHT(NORM1_VARIANCE, "norm1.variance", 1, H1)             \
  WEIGHT(NORM2_MEAN, "norm2.mean", 1, C)                      \
  WEIGHT(NORM2_VARIANCE, "norm2.variance", 1, C)

#define NAME(own, name, rows, columns) own,
enum Weight { WEIGHTS_OF_A_HALF(NAME) WEIGHTS };
#undef NAME
constexpr int TRAINABLE = NORM2_BETA + 1;

#define NAME(own, name, rows, columns) name,
constexpr const char* WEIGHT_NAMES[WEIGHTS] = {WEIGHTS_OF_A_HALF(NAME)};
#undef NAME

// How many numbers a weight has.
inline size_t sizeOf(int weight, const Config& c, int half) {
  const size_t F = c.features, H1 = c.units1, H2 = c.units2, C = (size_t)c.headsOf(half) * c.classes;
#define SIZE(own, name, rows, columns) (rows) * (columns),
  const size_t sizes[WEIGHTS] = {WEIGHTS_OF_A_HALF(SIZE)};
#undef SIZE
  return sizes[weight];
}

// What both halves see of a batch. Activations and partial gradients of a meeting lie here, rows apart by both halves' channels.
struct Batch {
  const float* matrix;     // [N, F]
  const int32_t* targets;  // [N, L]
  const float* weights;    // [N], or null
  const int32_t* starts;
  int size, window;  // windows, and the lines of each
  Memory h1, h2, dh2[SHARDS], dh1[SHARDS];
};

class Shard {
 public:
  double loss = 0;

  // Arrays in the order of Weight, then the optimizer's slots of the trainable ones.
  Shard(const Config& c, int index, float* const* arrays, int slots)
      : c_(c), index_(index), norm1_(c.units1), norm2_(heads() * c.classes), focal_() {
    std::copy(arrays, arrays + WEIGHTS, weight_);
    for (int i = 0; i < TRAINABLE; i++) {
      first_[i] = slots > 0 ? arrays[WEIGHTS + i] : nullptr;
      second_[i] = slots > 1 ? arrays[WEIGHTS + TRAINABLE + i] : nullptr;
    }
    lstm1_.features = c.features, lstm1_.units = c.units1;
    lstm2_.features = 2 * c.units1, lstm2_.units = c.units2;
    lstm1_.reverse = lstm2_.reverse = index == 1;
  }

  int firstHead() const { return index_ == 0 ? 0 : c_.headsOf(0); }
  int heads() const { return c_.headsOf(index_); }

  // First layer -> own channels of h1.
  void layer1(Batch& batch, bool training) {
    const int rowsAll = batch.window * batch.size, F = c_.features, H = c_.units1;
    lstm1_.steps = lstm2_.steps = batch.window, lstm1_.batch = lstm2_.batch = batch.size;
    float* x = x_.at_least((size_t)rowsAll * F);
    for (int t = 0; t < batch.window; t++)
      for (int b = 0; b < batch.size; b++)
        std::memcpy(x + ((long)t * batch.size + b) * F, batch.matrix + (long)(batch.starts[b] + t) * F, F * sizeof(float));
    lstm1_.forward(x, F, weight_[LSTM1_W], weight_[LSTM1_B], training);
    float* y = batch.h1.get() + index_ * H;
    float *gamma = weight_[NORM1_GAMMA], *beta = weight_[NORM1_BETA], *mean = weight_[NORM1_MEAN], *variance = weight_[NORM1_VARIANCE];
    if (training) norm1_.forward(rowsAll, lstm1_.h.get(), gamma, beta, mean, variance, y, 2 * H);
    else norm1_.infer(rowsAll, lstm1_.h.get(), gamma, beta, mean, variance, y, 2 * H);
  }

  // After a meeting: second layer and dropout -> own channels of h2.
  void layer2(Batch& batch, bool training, uint32_t seed, uint32_t step) {
    const int rowsAll = batch.window * batch.size, H = c_.units2;
    lstm2_.forward(batch.h1.get(), 2 * c_.units1, weight_[LSTM2_W], weight_[LSTM2_B], training);
    const float* h = lstm2_.h.get();
    const bool drops = training && c_.dropout > 0;
    float* mask = drops ? mask_.at_least((size_t)rowsAll * H) : nullptr;
    if (drops) dropoutMask((long)rowsAll * H, c_.dropout, (seed ^ (index_ * 0x5bd1e995u)) & 0x7fffffffu, step, mask);
    for (int r = 0; r < rowsAll; r++) {
      float* y = batch.h2.get() + (2L * r + index_) * H;
      for (int j = 0; j < H; j++) y[j] = drops ? h[(long)r * H + j] * mask[(long)r * H + j] : h[(long)r * H + j];
    }
  }

  // After a meeting: own heads and their loss; when training, back through them to a partial gradient by h2.
  void top(Batch& batch, bool training, float alpha, float gamma, int32_t* classes) {
    const int rowsAll = batch.window * batch.size, K = c_.classes, own = heads(), C = own * K, D = 2 * c_.units2;
    float* packed = packed_.at_least(std::max(packedSize(D, C), packedSize(C, D)));
    float* z = z_.at_least((size_t)rowsAll * C);
    float* y = y_.at_least((size_t)rowsAll * C);
    pack(D, C, weight_[DENSE_KERNEL], C, 1, packed);
    for (int r = 0; r < rowsAll; r++) std::memcpy(z + (long)r * C, weight_[DENSE_BIAS], C * sizeof(float));
    product<true>(rowsAll, C, D, batch.h2.get(), D, 1, packed, z, C);
    for (long i = 0; i < (long)rowsAll * C; i++) z[i] = z[i] > 0 ? z[i] : 0;
    float *gain = weight_[NORM2_GAMMA], *beta = weight_[NORM2_BETA], *mean = weight_[NORM2_MEAN], *variance = weight_[NORM2_VARIANCE];
    if (training) norm2_.forward(rowsAll, z, gain, beta, mean, variance, y, C);
    else norm2_.infer(rowsAll, z, gain, beta, mean, variance, y, C);
    if (classes) mostProbable(rowsAll, y, classes);

    const auto line = [&](int g) { return batch.starts[g / own % batch.size] + g / own / batch.size; };
    const auto target = [&](int g) { return batch.targets[(long)line(g) * c_.heads + firstHead() + g % own]; };
    const auto factor = [&](int g) { return training && batch.weights ? batch.weights[line(g)] : 1.0f; };
    const float scale = 1.0f / ((float)rowsAll * c_.heads);
    focal_.alpha = alpha, focal_.gamma = gamma;
    loss = focal_.forward(rowsAll * own, K, y, target, factor) * scale;
    if (!training) return;
    focal_.backward(rowsAll * own, K, y, scale, target);
    norm2_.backward(rowsAll, z, gain, y, y, gradient(NORM2_GAMMA), gradient(NORM2_BETA));
    for (long i = 0; i < (long)rowsAll * C; i++) y[i] = z[i] > 0 ? y[i] : 0;
    std::vector<double> sums(C);
    columnSums(rowsAll, C, sums.data(), [&](int r, int j, int n) { return some(y + (long)r * C + j, n); });
    float *bias = gradient(DENSE_BIAS), *kernel = gradient(DENSE_KERNEL);
    for (int j = 0; j < C; j++) bias[j] = sums[j];
    std::memset(kernel, 0, sizeOf(DENSE_KERNEL, c_, index_) * sizeof(float));
    addOuter(rowsAll, C, y, C, {{D, batch.h2.get(), D, kernel, 0, rowsAll, 0}}, scratch_);
    pack(C, D, weight_[DENSE_KERNEL], 1, C, packed);
    product<false>(rowsAll, D, C, y, C, 1, packed, batch.dh2[index_].get(), D);
  }

  // After a meeting: back through dropout and the second layer, to a partial gradient by h1.
  void layer2Backward(Batch& batch) {
    const int rowsAll = batch.window * batch.size, H = c_.units2;
    float* dh = meet(batch.dh2, rowsAll, H);
    if (c_.dropout > 0)
      for (long i = 0; i < (long)rowsAll * H; i++) dh[i] *= mask_.get()[i];
    lstm2_.backward(batch.h1.get(), 2 * c_.units1, weight_[LSTM2_W], dh, batch.dh1[index_].get(), gradient(LSTM2_W),
                    gradient(LSTM2_B));
  }

  // After a meeting: back through the first batch norm and layer.
  void layer1Backward(Batch& batch) {
    const int rowsAll = batch.window * batch.size, H = c_.units1;
    float* dh = meet(batch.dh1, rowsAll, H);
    norm1_.backward(rowsAll, lstm1_.h.get(), weight_[NORM1_GAMMA], dh, dh, gradient(NORM1_GAMMA), gradient(NORM1_BETA));
    lstm1_.backward(x_.get(), c_.features, weight_[LSTM1_W], dh, nullptr, gradient(LSTM1_W), gradient(LSTM1_B));
  }

  void update(const Update& rule) {
    for (int i = 0; i < TRAINABLE; i++) rule.apply(sizeOf(i, c_, index_), gradient(i), weight_[i], first_[i], second_[i]);
  }

 private:
  float* gradient(int weight) { return gradient_[weight].at_least(sizeOf(weight, c_, index_)); }

  // The sum of both halves' partial gradients, own channels only.
  float* meet(const Memory (&parts)[SHARDS], int rowsAll, int H) {
    float* dh = dh_.at_least((size_t)rowsAll * H);
    for (int r = 0; r < rowsAll; r++) {
      const long at = (2L * r + index_) * H;
      for (int j = 0; j < H; j++) dh[(long)r * H + j] = parts[0].get()[at + j] + parts[1].get()[at + j];
    }
    return dh;
  }

  // Own columns of classes [W, B, L]: the first of the greatest logits.
  void mostProbable(int rowsAll, const float* y, int32_t* classes) const {
    const int K = c_.classes;
    for (int g = 0; g < rowsAll * heads(); g++) {
      const float* z = y + (long)g * K;
      int best = 0;
      for (int k = 1; k < K; k++)
        if (z[k] > z[best]) best = k;
      classes[(long)(g / heads()) * c_.heads + firstHead() + g % heads()] = best;
    }
  }

  const Config c_;
  const int index_;
  float *weight_[WEIGHTS], *first_[TRAINABLE], *second_[TRAINABLE];
  Memory gradient_[TRAINABLE], x_, mask_, z_, y_, dh_, packed_, scratch_;
  Lstm lstm1_, lstm2_;
  Norm norm1_, norm2_;
  Focal focal_;
};

}  // namespace
