// Vectors of eight or sixteen floats, and the functions of gates and losses on them. Each lane computes what it would alone: the width
// changes speed, not a bit of a result. Compiled twice, with AVX2 and FMA and with AVX-512.
#pragma once

#include <immintrin.h>

#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

#ifdef __AVX512F__
constexpr int LANES = 16;
#else
constexpr int LANES = 8;
#endif
typedef float Vec __attribute__((vector_size(LANES * 4)));
typedef int Int __attribute__((vector_size(LANES * 4)));

inline Vec load(const float* p) { Vec v; std::memcpy(&v, p, sizeof v); return v; }
inline void store(float* p, Vec v) { std::memcpy(p, &v, sizeof v); }
inline Vec pick(Int mask, Vec yes, Vec no) { return (Vec)(((Int)yes & mask) | ((Int)no & ~mask)); }

// The first n lanes; the others are read as 0 and not written.
#ifdef __AVX512F__
inline Vec fill(float x) { return (Vec)_mm512_set1_ps(x); }
inline Vec some(const float* p, int n) { return n == LANES ? load(p) : (Vec)_mm512_maskz_loadu_ps((1 << n) - 1, p); }
inline void put(float* p, Vec v, int n) {
  if (n == LANES) store(p, v);
  else _mm512_mask_storeu_ps(p, (1 << n) - 1, (__m512)v);
}
#else
inline Vec fill(float x) { return (Vec)_mm256_set1_ps(x); }
inline __m256i first(int n) { return (__m256i)(Int{0, 1, 2, 3, 4, 5, 6, 7} < (Int{} + n)); }
inline Vec some(const float* p, int n) { return n == LANES ? load(p) : (Vec)_mm256_maskload_ps(p, first(n)); }
inline void put(float* p, Vec v, int n) {
  if (n == LANES) store(p, v);
  else _mm256_maskstore_ps(p, first(n), (__m256)v);
}
#endif

// Runs `work(first, how many)` over `count` numbers that lie side by side.
template <typename F> inline void lanes(int count, F work) {
  int j = 0;
  for (; j + LANES <= count; j += LANES) work(j, LANES);
  if (j < count) work(j, count - j);
}

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

// Natural logarithm to about 1 ulp for normal x > 0 (Cephes).
inline Vec logarithm(Vec x) {
  Int bits = (Int)x;
  Vec e = __builtin_convertvector((bits >> 23) - 126, Vec);
  x = (Vec)((bits & 0x007fffff) | 0x3f000000);  // in [0.5, 1)
  const Int low = x < fill(0.707106781186547524f);
  e -= pick(low, fill(1.0f), fill(0.0f));
  x = pick(low, x + x, x) - 1.0f;
  const Vec z = x * x;
  Vec y = fill(7.0376836292e-2f);
  y = y * x - 1.1514610310e-1f;
  y = y * x + 1.1676998740e-1f;
  y = y * x - 1.2420140846e-1f;
  y = y * x + 1.4249322787e-1f;
  y = y * x - 1.6668057665e-1f;
  y = y * x + 2.0000714765e-1f;
  y = y * x - 2.4999993993e-1f;
  y = y * x + 3.3333331174e-1f;
  y = y * x * z;
  y = y + e * -2.12194440e-4f;
  y = y - 0.5f * z;
  return x + y + e * 0.693359375f;
}

// Memory that only grows: what a pass needs is made once.
class Memory {
 public:
  float* at_least(size_t floats) {
    if (floats > size_) {
      data_.reset(static_cast<float*>(std::aligned_alloc(64, (floats * sizeof(float) + 63) / 64 * 64)));
      size_ = data_ ? floats : 0;
      if (!data_) throw std::bad_alloc();
    }
    return data_.get();
  }
  float* get() const { return data_.get(); }

 private:
  struct Free { void operator()(float* p) const { std::free(p); } };
  std::unique_ptr<float, Free> data_;
  size_t size_ = 0;
};

}  // namespace
