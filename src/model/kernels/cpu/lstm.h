// One direction of an LSTM over a whole sequence, forward and backward.
//
// Weights are packed once a pass; the products of a step run while its gates are in the cache. Equations: src/model/kernels/lstm.ts.
#pragma once

#include <vector>

#include "matrix.h"

namespace {

struct Lstm {
  int steps, batch, features, units;
  bool reverse;
  Memory packedX, packedH, packedBack, gates, cells, h, dhNext, dcell, scratch;
  std::vector<double> sums;

  // First row of step t in memory: a reversed pass reads and writes the sequence from its end.
  long at(int t) const { return (long)(reverse ? steps - 1 - t : t) * batch; }
  int rowsAll() const { return steps * batch; }

  // x [W, B, F], rows ldx apart; w [F + H, 4H]; b [4H] -> h [W, B, H], and gates i, f, candidate, o [W, B, 4H] when a backward pass
  // is to follow.
  void forward(const float* x, long ldx, const float* w, const float* b, bool keep) {
    const int H = units, G = 4 * H;
    float* wx = packedX.at_least(packedSize(features, G));
    float* wh = packedH.at_least(packedSize(H, G));
    pack(features, G, w, G, 1, wx);
    pack(H, G, w + (long)features * G, G, 1, wh);
    float* allGates = gates.at_least((size_t)(keep ? rowsAll() : batch) * G);
    float* c = cells.at_least((size_t)rowsAll() * H);
    float* out = h.at_least((size_t)rowsAll() * H);
    for (int t = 0; t < steps; t++) {
      const long now = at(t), last = t > 0 ? at(t - 1) : 0;
      float* z = allGates + (keep ? now * G : 0);
      for (int r = 0; r < batch; r++) std::memcpy(z + (long)r * G, b, G * sizeof(float));
      product<true>(batch, G, features, x + now * ldx, ldx, 1, wx, z, G);
      if (t > 0) product<true>(batch, G, H, out + last * H, H, 1, wh, z, G);
      for (int r = 0; r < batch; r++) {
        float* g = z + (long)r * G;
        const float* before = c + (last + r) * H;
        lanes(H, [&](int j, int n) {
          const Vec i = sigmoid(some(g + j, n)), f = sigmoid(some(g + H + j, n));
          const Vec candidate = tangent(some(g + 2 * H + j, n)), o = sigmoid(some(g + 3 * H + j, n));
          Vec cell = i * candidate;
          if (t > 0) cell += f * some(before + j, n);
          if (keep) put(g + j, i, n), put(g + H + j, f, n), put(g + 2 * H + j, candidate, n), put(g + 3 * H + j, o, n);
          put(c + (now + r) * H + j, cell, n);
          put(out + (now + r) * H + j, o * tangent(cell), n);
        });
      }
    }
  }

  // dh [W, B, H] -> dw [F + H, 4H], db [4H] and, when wanted, dx [W, B, F]. The gates become the gradients by z: a forward pass serves once.
  void backward(const float* x, long ldx, const float* w, const float* dh, float* dx, float* dw, float* db) {
    const int H = units, G = 4 * H, F = features, B = batch;
    float* back = packedBack.at_least(packedSize(G, H));
    pack(G, H, w + (long)F * G, 1, G, back);
    float* backX = dx ? packedX.at_least(packedSize(G, F)) : nullptr;
    if (dx) pack(G, F, w, 1, G, backX);
    float* late = dhNext.at_least((size_t)B * H);
    float* dc = dcell.at_least((size_t)B * H);
    std::memset(dc, 0, sizeof(float) * B * H);
    for (int t = steps - 1; t >= 0; t--) {
      const long now = at(t), last = t > 0 ? at(t - 1) : 0;
      for (int r = 0; r < B; r++) {
        float* g = gates.get() + (now + r) * G;
        const float* c = cells.get() + (now + r) * H;
        const float* before = cells.get() + (last + r) * H;
        lanes(H, [&](int j, int n) {
          const Vec i = some(g + j, n), f = some(g + H + j, n), candidate = some(g + 2 * H + j, n), o = some(g + 3 * H + j, n);
          const Vec tanhCell = tangent(some(c + j, n));
          Vec d = some(dh + (now + r) * H + j, n);
          if (t < steps - 1) d += some(late + (long)r * H + j, n);
          const Vec dCell = some(dc + (long)r * H + j, n) + d * o * (1.0f - tanhCell * tanhCell);
          put(g + j, dCell * candidate * i * (1.0f - i), n);
          put(g + H + j, t > 0 ? dCell * some(before + j, n) * f * (1.0f - f) : fill(0), n);
          put(g + 2 * H + j, dCell * i * (1.0f - candidate * candidate), n);
          put(g + 3 * H + j, d * tanhCell * o * (1.0f - o), n);
          put(dc + (long)r * H + j, dCell * f, n);
        });
      }
      const float* dz = gates.get() + now * G;
      if (t > 0) product<false>(B, H, G, dz, G, 1, back, late, H);
      if (dx) product<false>(B, F, G, dz, G, 1, backX, dx + now * F, F);
    }
    const float* dz = gates.get();
    sums.resize(G);
    columnSums(rowsAll(), G, sums.data(), [&](int r, int j, int n) { return some(dz + (long)r * G + j, n); });
    for (int j = 0; j < G; j++) db[j] = sums[j];
    std::memset(dw, 0, sizeof(float) * (F + H) * G);
    // h of the step before, beside dz: one step earlier in memory, or later when reversed.
    const int later = reverse ? 0 : B, earlier = reverse ? B : 0;
    addOuter(rowsAll(), G, dz, G,
             {{F, x, ldx, dw, 0, rowsAll(), 0}, {H, h.get(), H, dw + (long)F * G, later, rowsAll() - earlier, earlier - later}}, scratch);
  }
};

}  // namespace
