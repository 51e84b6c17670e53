// The mask of inverted dropout, by the numbers of TensorFlow's StatelessRandomUniform: Philox 4x32-10 [SALMON2011].
#pragma once

#include <cstdint>
#include <cstring>

namespace {

struct Philox {
  uint32_t key[2], counter[4];

  static Philox from(uint32_t seed0, uint32_t seed1) {
    Philox scramble{{0x3ec8f720, 0x02461e29}, {seed0, 0, seed1, 0}};
    uint32_t mixed[4];
    scramble.draw(0, mixed);
    return Philox{{mixed[0], mixed[1]}, {0, 0, mixed[2], mixed[3]}};
  }

  // The four numbers of group `index`.
  void draw(uint32_t index, uint32_t* out) const {
    uint32_t c[4] = {counter[0] + index, counter[1], counter[2], counter[3]}, k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
      const uint64_t low = (uint64_t)0xD2511F53 * c[0], high = (uint64_t)0xCD9E8D57 * c[2];
      const uint32_t next[4] = {(uint32_t)(high >> 32) ^ c[1] ^ k0, (uint32_t)high, (uint32_t)(low >> 32) ^ c[3] ^ k1, (uint32_t)low};
      std::memcpy(c, next, sizeof c);
      k0 += 0x9E3779B9, k1 += 0xBB67AE85;
    }
    std::memcpy(out, c, sizeof c);
  }
};

// 0 with probability `rate`, else 1 / (1 - rate).
inline void dropoutMask(long count, float rate, uint32_t seed0, uint32_t seed1, float* mask) {
  const Philox random = Philox::from(seed0, seed1);
  const float kept = 1 / (1 - rate);
  for (long i = 0; i < count; i += 4) {
    uint32_t bits[4];
    random.draw(i / 4, bits);
    for (int j = 0; j < 4 && i + j < count; j++) {
      const uint32_t ones = 0x3f800000 | (bits[j] & 0x7fffff);
      float uniform;
      std::memcpy(&uniform, &ones, sizeof uniform);
      mask[i + j] = uniform - 1.0f >= rate ? kept : 0;
    }
  }
}

}  // namespace
