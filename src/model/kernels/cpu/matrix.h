// Products of matrices. The right-hand one is packed into panels of COLUMNS columns; a block of ROWS x COLUMNS sums stays in registers. A sum
// begins with what is there, or 0, and runs over k upwards: its bytes depend on neither the block nor the width of vectors.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "vector.h"

namespace {

constexpr int COLUMNS = 2 * LANES, ROWS = LANES == 16 ? 12 : 6, BAND = 96, DEPTH = 256;

// C[R x COLUMNS] (+)= A[R x K] B[K x COLUMNS]; A is read at a[r * ra + k * ka], B at b[k * COLUMNS].
template <int R, bool ADD>
inline void block(int K, const float* a, long ra, long ka, const float* b, float* c, long ldc, int columns) {
  const int left = std::min(columns, LANES), right = columns - left;
  Vec s[R][2];
  for (int r = 0; r < R; r++) {
    s[r][0] = ADD ? some(c + r * ldc, left) : fill(0);
    s[r][1] = ADD && right > 0 ? some(c + r * ldc + LANES, right) : fill(0);
  }
  for (int k = 0; k < K; k++) {
    const Vec b0 = load(b + k * COLUMNS), b1 = load(b + k * COLUMNS + LANES);
    for (int r = 0; r < R; r++) {
      const Vec x = fill(a[r * ra + k * ka]);
      s[r][0] += x * b0;
      s[r][1] += x * b1;
    }
  }
  for (int r = 0; r < R; r++) {
    put(c + r * ldc, s[r][0], left);
    if (right > 0) put(c + r * ldc + LANES, s[r][1], right);
  }
}

template <int R, bool ADD>
inline void rows(int count, int K, const float* a, long ra, long ka, const float* b, float* c, long ldc, int columns) {
  if (count == R) return block<R, ADD>(K, a, ra, ka, b, c, ldc, columns);
  if constexpr (R > 1) rows<R - 1, ADD>(count, K, a, ra, ka, b, c, ldc, columns);
}

inline int panels(int n) { return (n + COLUMNS - 1) / COLUMNS; }
inline size_t packedSize(int K, int N) { return (size_t)K * panels(N) * COLUMNS; }

// Panels of B[K x N], read at b[k * kb + n * nb]; what is beyond N is 0.
inline void pack(int K, int N, const float* b, long kb, long nb, float* to) {
  for (int p = 0; p < panels(N); p++, to += (long)K * COLUMNS) {
    const int width = std::min(COLUMNS, N - p * COLUMNS);
    if (width < COLUMNS) std::memset(to, 0, sizeof(float) * K * COLUMNS);
    if (nb == 1) {
      for (int k = 0; k < K; k++)
        lanes(width, [&](int j, int n) { put(to + k * COLUMNS + j, some(b + k * kb + p * COLUMNS + j, n), n); });
    } else {
      constexpr int TILE = 16;  // of both, so that what is read and what is written stay in the cache
      for (int first = 0; first < K; first += TILE)
        for (int j = 0; j < width; j++) {
          const float* from = b + (p * COLUMNS + j) * nb;
          for (int k = first; k < std::min(K, first + TILE); k++) to[k * COLUMNS + j] = from[k * kb];
        }
    }
  }
}

// C[M x N] (+)= A[M x K] times packed B, in bands of rows of A that stay in the cache, and these in blocks of like size: a block of few
// rows waits for its sums.
template <bool ADD>
void product(int M, int N, int K, const float* a, long ra, long ka, const float* b, float* c, long ldc) {
  for (int band = 0; band < M; band += BAND) {
    const int end = std::min(M, band + BAND), blocks = (end - band + ROWS - 1) / ROWS, each = (end - band + blocks - 1) / blocks;
    for (int p = 0; p < panels(N); p++) {
      const int width = std::min(COLUMNS, N - p * COLUMNS);
      for (int i = band; i < end; i += each)
        rows<ROWS, ADD>(std::min(each, end - i), K, a + i * ra, ra, ka, b + (long)p * K * COLUMNS, c + i * ldc + p * COLUMNS, ldc,
                        width);
    }
  }
}

// What rows `from` to `to` of another matrix are multiplied with: row r with row r + shift of A [., M], the products added to C [M x N].
struct Factor {
  int M;
  const float* a;
  long lda;
  float* c;
  int from, to, shift;
};

// C += A' D for each factor, over `count` rows of D [., N] in bands, each packed once: the gradients of weights.
inline void addOuter(int count, int N, const float* d, long ldd, std::initializer_list<Factor> factors, Memory& scratch) {
  float* packed = scratch.at_least((size_t)DEPTH * COLUMNS);
  for (int band = 0; band < count; band += DEPTH) {
    const int end = std::min(count, band + DEPTH);
    for (int p = 0; p < panels(N); p++) {
      const int width = std::min(COLUMNS, N - p * COLUMNS);
      pack(end - band, width, d + (long)band * ldd + p * COLUMNS, ldd, 1, packed);
      for (const Factor& f : factors) {
        const int first = std::max(band, f.from), depth = std::min(end, f.to) - first;
        if (depth > 0)
          product<true>(f.M, width, depth, f.a + (long)(first + f.shift) * f.lda, 1, f.lda, packed + (long)(first - band) * COLUMNS,
                        f.c + p * COLUMNS, N);
      }
    }
  }
}

// total[j] = sum over rows of term(row, first column, how many), in doubles by runs of 64 rows, which stay in the cache.
template <typename F> void columnSums(int rowsAll, int columns, double* total, F term) {
  constexpr int RUN = 64;
  std::fill(total, total + columns, 0.0);
  for (int r = 0; r < rowsAll; r += RUN)
    lanes(columns, [&](int j, int n) {
      Vec run = fill(0);
      for (int q = r; q < std::min(rowsAll, r + RUN); q++) run += term(q, j, n);
      for (int i = 0; i < n; i++) total[j + i] += run[i];
    });
}

}  // namespace
