// Optimizer steps in place. Equations: src/model/optimizers/adam.ts, src/model/optimizers/sgd.ts.
#pragma once

#include <cmath>

namespace {

struct Update {
  bool adam;
  float rate;  // Adam: lr sqrt(1 - beta2^t) / (1 - beta1^t)
  float beta1, beta2, epsilon, momentum;

  void apply(long count, const float* gradient, float* weight, float* first, float* second) const {
    if (adam) {
      for (long i = 0; i < count; i++) {
        const float g = gradient[i];
        first[i] += (g - first[i]) * (1 - beta1);
        second[i] += (g * g - second[i]) * (1 - beta2);
        weight[i] -= first[i] * rate / (std::sqrt(second[i]) + epsilon);
      }
    } else {
      for (long i = 0; i < count; i++) {
        first[i] = momentum * first[i] - rate * gradient[i];
        weight[i] += momentum * first[i] - rate * gradient[i];
      }
    }
  }
};

}  // namespace
