// Softmax, focal loss and its gradient for groups of K logits side by side. Equations: src/model/kernels/focal.ts.
#pragma once

#include "matrix.h"

namespace {

struct Focal {
  float alpha, gamma;
  Memory p, weight;  // of each group: probability of the true class; factor of the loss, then of the gradient

  // Logits [groups, K] become their softmax. `target` and `factor` give a group's true class and weight. Returns the sum of losses.
  template <typename T, typename W> double forward(int groups, int K, float* logits, T target, W factor) {
    float* truth = p.at_least(groups);
    float* slope = weight.at_least(groups);
    for (int g = 0; g < groups; g++) {
      float* y = logits + (long)g * K;
      softmax(K, y);
      truth[g] = y[target(g)];
      slope[g] = factor(g);
    }
    double loss = 0;
    lanes(groups, [&](int g, int n) {
      Vec q = some(truth + g, n);
      q = pick(q < fill(1e-7f), fill(1e-7f), q);
      q = pick(q > fill(1 - 1e-7f), fill(1 - 1e-7f), q);
      const Vec logP = logarithm(q), rest = 1.0f - q;
      const bool square = gamma == 2;
      const Vec eased = square ? rest * rest : exponential(gamma * logarithm(rest));
      const Vec less = square ? rest : exponential((gamma - 1) * logarithm(rest));
      const Vec w = some(slope + g, n) * alpha, losses = w * eased * logP;
      for (int i = 0; i < n; i++) loss -= losses[i];
      put(slope + g, w * (gamma * less * q * logP - eased), n);
    });
    return loss;
  }

  // After `forward`: the softmax becomes the gradient by the logits, times `scale`.
  template <typename T> void backward(int groups, int K, float* softmaxes, float scale, T target) {
    for (int g = 0; g < groups; g++) {
      float* y = softmaxes + (long)g * K;
      const float own = weight.get()[g] * scale;
      const int truth = target(g);
      const float right = (1 - y[truth]) * own;
      lanes(K, [&](int j, int n) { put(y + j, -some(y + j, n) * own, n); });
      y[truth] = right;
    }
  }

 private:
  // The sum runs in sixteen parts, whatever the width of vectors.
  static void softmax(int K, float* y) {
    constexpr int PARTS = 16, VECS = PARTS / LANES;
    float most = y[0];
    for (int j = 1; j < K; j++) most = y[j] > most ? y[j] : most;
    Vec sums[VECS];
    for (Vec& s : sums) s = fill(0);
    lanes(K, [&](int j, int n) {
      put(y + j, exponential(some(y + j, n) - most), n);
      sums[j / LANES % VECS] += some(y + j, n);
    });
    float part[PARTS];
    for (int v = 0; v < VECS; v++) store(part + v * LANES, sums[v]);
    for (int half = PARTS / 2; half > 0; half /= 2)
      for (int i = 0; i < half; i++) part[i] += part[i + half];
    lanes(K, [&](int j, int n) { put(y + j, some(y + j, n) / part[0], n); });
  }
};

}  // namespace
