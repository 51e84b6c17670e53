// Products of packed matrices and the functions of gates, eight numbers at a time. Included by lstm.cc.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

// To the end of the file that includes this one: templates are made there. Only machines
// that have these instructions may load what is made of it: see environment.cc.
#pragma GCC target("avx2,fma")

namespace {

typedef float Vec __attribute__((vector_size(32)));
typedef int Int __attribute__((vector_size(32)));
constexpr int LANES = 8, COLUMNS = 16, ROWS = 6, BAND = 96, DEPTH = 256;

inline Vec load(const float* p) { Vec v; std::memcpy(&v, p, sizeof v); return v; }
inline void store(float* p, Vec v) { std::memcpy(p, &v, sizeof v); }
inline Vec fill(float x) { return Vec{x, x, x, x, x, x, x, x}; }

// C[R x 16] (+)= A[R x K] B[K x 16]; A is read at a[r * ra + k * ka], B at b[k * 16].
template <int R, bool ADD>
inline void block(int K, const float* a, long ra, long ka, const float* b, float* c, long ldc, int columns) {
  Vec s[R][2];
  if (ADD && columns == COLUMNS) {
    for (int r = 0; r < R; r++) s[r][0] = load(c + r * ldc), s[r][1] = load(c + r * ldc + LANES);
  } else {
    for (int r = 0; r < R; r++) s[r][0] = s[r][1] = fill(0);
  }
  for (int k = 0; k < K; k++) {
    const Vec b0 = load(b + k * COLUMNS), b1 = load(b + k * COLUMNS + LANES);
    for (int r = 0; r < R; r++) {
      const Vec x = fill(a[r * ra + k * ka]);
      s[r][0] += x * b0;
      s[r][1] += x * b1;
    }
  }
  if (columns == COLUMNS) {
    for (int r = 0; r < R; r++) store(c + r * ldc, s[r][0]), store(c + r * ldc + LANES, s[r][1]);
    return;
  }
  for (int r = 0; r < R; r++) {
    float last[COLUMNS];
    store(last, s[r][0]), store(last + LANES, s[r][1]);
    for (int j = 0; j < columns; j++) c[r * ldc + j] = ADD ? c[r * ldc + j] + last[j] : last[j];
  }
}

template <bool ADD>
void rows(int R, int K, const float* a, long ra, long ka, const float* b, float* c, long ldc, int columns) {
  switch (R) {
    case 1: return block<1, ADD>(K, a, ra, ka, b, c, ldc, columns);
    case 2: return block<2, ADD>(K, a, ra, ka, b, c, ldc, columns);
    case 3: return block<3, ADD>(K, a, ra, ka, b, c, ldc, columns);
    case 4: return block<4, ADD>(K, a, ra, ka, b, c, ldc, columns);
    case 5: return block<5, ADD>(K, a, ra, ka, b, c, ldc, columns);
    default: return block<6, ADD>(K, a, ra, ka, b, c, ldc, columns);
  }
}

int panels(int n) { return (n + COLUMNS - 1) / COLUMNS; }

// Panels of B[K x N], read at b[k * kb + n * nb]; what is beyond N is 0.
void pack(int K, int N, const float* b, long kb, long nb, float* to) {
  for (int p = 0; p < panels(N); p++, to += (long)K * COLUMNS) {
    const int width = std::min(COLUMNS, N - p * COLUMNS);
    if (nb == 1) {
      for (int k = 0; k < K; k++) {
        const float* from = b + k * kb + p * COLUMNS;
        for (int j = 0; j < width; j++) to[k * COLUMNS + j] = from[j];
        for (int j = width; j < COLUMNS; j++) to[k * COLUMNS + j] = 0;
      }
    } else {
      if (width < COLUMNS) std::memset(to, 0, sizeof(float) * K * COLUMNS);
      for (int j = 0; j < width; j++) {
        const float* from = b + (p * COLUMNS + j) * nb;
        for (int k = 0; k < K; k++) to[k * COLUMNS + j] = from[k * kb];
      }
    }
  }
}

// C[M x N] (+)= A[M x K] times packed B, in bands of rows of A that stay in the cache.
template <bool ADD>
void product(int M, int N, int K, const float* a, long ra, long ka, const float* b, float* c, long ldc) {
  for (int band = 0; band < M; band += BAND)
    for (int p = 0; p < panels(N); p++) {
      const int width = std::min(COLUMNS, N - p * COLUMNS), end = std::min(M, band + BAND);
      for (int i = band; i < end; i += ROWS)
        rows<ADD>(std::min(ROWS, end - i), K, a + i * ra, ra, ka, b + (long)p * K * COLUMNS, c + i * ldc + p * COLUMNS, ldc, width);
    }
}

inline Vec pick(Int mask, Vec yes, Vec no) { return (Vec)(((Int)yes & mask) | ((Int)no & ~mask)); }

// e^x to about 1 ulp for x in [-87, 87], as Cephes has it.
inline Vec exponential(Vec x) {
  x = pick(x < fill(-87.0f), fill(-87.0f), x);
  x = pick(x > fill(87.0f), fill(87.0f), x);
  const Vec shifted = x * 1.44269504088896341f + 12582912.0f;  // rounds to the nearest integer in the low bits
  const Vec n = shifted - 12582912.0f;
  x = x - n * 0.693359375f;
  x = x - n * -2.12194440e-4f;
  Vec y = fill(1.9875691500e-4f);
  y = y * x + 1.3981999507e-3f;
  y = y * x + 8.3334519073e-3f;
  y = y * x + 4.1665795894e-2f;
  y = y * x + 1.6666665459e-1f;
  y = y * x + 5.0000001201e-1f;
  y = y * x * x + x + 1.0f;
  const Int power = ((Int)shifted + (127 - 0x4b400000)) << 23;
  return y * (Vec)power;
}

inline Vec sigmoid(Vec x) { return 1.0f / (1.0f + exponential(-x)); }

// By the exponential, and by a polynomial near 0 where that would lose digits (Cephes).
inline Vec tangent(Vec x) {
  const Vec small = x * x;
  Vec p = fill(-5.70498872745e-3f);
  p = p * small + 2.06390887954e-2f;
  p = p * small - 5.37397155531e-2f;
  p = p * small + 1.33314422036e-1f;
  p = p * small - 3.33332819422e-1f;
  p = p * small * x + x;
  const Vec wide = 1.0f - 2.0f / (exponential(x + x) + 1.0f);
  return pick(small < fill(0.625f * 0.625f), p, wide);
}

float* allocate(size_t floats) {
  return static_cast<float*>(std::aligned_alloc(64, (floats * sizeof(float) + 63) / 64 * 64));
}
struct Free { void operator()(float* p) const { std::free(p); } };
typedef std::unique_ptr<float, Free> Memory;

// Runs the gates of `count` units that lie side by side; the last few go through a padded copy.
template <typename F> inline void lanes(int count, F work) {
  int j = 0;
  for (; j + LANES <= count; j += LANES) work(j, LANES);
  if (j < count) work(j, count - j);
}
inline Vec some(const float* p, int n) {
  if (n == LANES) return load(p);
  float copy[LANES] = {0};
  std::memcpy(copy, p, n * sizeof(float));
  return load(copy);
}
inline void put(float* p, Vec v, int n) { std::memcpy(p, &v, n * sizeof(float)); }

}  // namespace
