// Batch normalization of each channel over all rows. Equations: src/model/kernels/batch-norm.ts.
#pragma once

#include <cmath>
#include <vector>

#include "matrix.h"

namespace {

constexpr float NORM_EPSILON = 1e-3f, NORM_MOMENTUM = 0.99f;

struct Norm {
  int channels;
  std::vector<float> mean, scale;  // of the batch; scale = 1 / sqrt(variance + epsilon)
  std::vector<double> sums, more;

  explicit Norm(int channels) : channels(channels), mean(channels), scale(channels), sums(channels), more(channels) {}

  // y = gamma (x - mean) scale + beta, by the batch's statistics, which the moving ones follow. y may be x.
  void forward(int rowsAll, const float* x, const float* gamma, const float* beta, float* movingMean, float* movingVariance,
               float* y, long ldy) {
    columnSums(rowsAll, channels, sums.data(), [&](int r, int j, int n) { return some(x + (long)r * channels + j, n); });
    for (int j = 0; j < channels; j++) mean[j] = sums[j] / rowsAll;
    columnSums(rowsAll, channels, sums.data(), [&](int r, int j, int n) {
      const Vec d = some(x + (long)r * channels + j, n) - some(mean.data() + j, n);
      return d * d;
    });
    for (int j = 0; j < channels; j++) {
      const float variance = sums[j] / rowsAll;
      scale[j] = 1.0f / std::sqrt(variance + NORM_EPSILON);
      movingMean[j] = movingMean[j] * NORM_MOMENTUM + mean[j] * (1 - NORM_MOMENTUM);
      movingVariance[j] = movingVariance[j] * NORM_MOMENTUM + variance * (1 - NORM_MOMENTUM);
    }
    apply(rowsAll, x, gamma, beta, y, ldy);
  }

  // The same by the moving statistics.
  void infer(int rowsAll, const float* x, const float* gamma, const float* beta, const float* movingMean, const float* movingVariance,
             float* y, long ldy) {
    for (int j = 0; j < channels; j++) {
      mean[j] = movingMean[j];
      scale[j] = 1.0f / std::sqrt(movingVariance[j] + NORM_EPSILON);
    }
    apply(rowsAll, x, gamma, beta, y, ldy);
  }

  // dy -> dx, which may be dy; dgamma, dbeta. x is what `forward` was given.
  void backward(int rowsAll, const float* x, const float* gamma, const float* dy, float* dx, float* dgamma, float* dbeta) {
    columnSums(rowsAll, channels, sums.data(), [&](int r, int j, int n) { return some(dy + (long)r * channels + j, n); });
    columnSums(rowsAll, channels, more.data(), [&](int r, int j, int n) {
      return some(dy + (long)r * channels + j, n) * normal(x, r, j, n);
    });
    for (int j = 0; j < channels; j++) dbeta[j] = sums[j], dgamma[j] = more[j];
    const float share = 1.0f / rowsAll;
    for (int r = 0; r < rowsAll; r++)
      lanes(channels, [&](int j, int n) {
        const long at = (long)r * channels + j;
        const Vec rest = some(dy + at, n) - (some(dbeta + j, n) + normal(x, r, j, n) * some(dgamma + j, n)) * share;
        put(dx + at, some(gamma + j, n) * some(scale.data() + j, n) * rest, n);
      });
  }

 private:
  Vec normal(const float* x, int r, int j, int n) const {
    return (some(x + (long)r * channels + j, n) - some(mean.data() + j, n)) * some(scale.data() + j, n);
  }

  void apply(int rowsAll, const float* x, const float* gamma, const float* beta, float* y, long ldy) {
    for (int r = 0; r < rowsAll; r++)
      lanes(channels, [&](int j, int n) {
        put(y + r * ldy + j, normal(x, r, j, n) * some(gamma + j, n) + some(beta + j, n), n);
      });
  }
};

}  // namespace
