// Two threads that take the same steps, each for its half, and meet after every step. With one thread the steps run one half after the other.
#pragma once

#include <immintrin.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace {

class Team {
 public:
  typedef std::vector<std::function<void(int half)>> Steps;

  explicit Team(int threads) {
    if (threads > 1) other_ = std::thread([this] { serve(); });
  }
  ~Team() {
    if (!other_.joinable()) return;
    send(nullptr);
    other_.join();
  }

  // A step must not throw.
  void run(const Steps& steps) {
    if (!other_.joinable()) {
      for (const auto& step : steps)
        for (int half : {0, 1}) step(half);
      return;
    }
    send(&steps);
    walk(steps, 0);
  }

 private:
  void send(const Steps* steps) {
    std::lock_guard<std::mutex> lock(mutex_);
    steps_ = steps;
    orders_++;
    woken_.notify_one();
  }

  void serve() {
    for (long done = 0;; done++) {
      const Steps* steps;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        woken_.wait(lock, [&] { return orders_ > done; });
        steps = steps_;
      }
      if (!steps) return;
      walk(*steps, 1);
    }
  }

  void walk(const Steps& steps, int half) {
    for (const auto& step : steps) {
      step(half);
      meet();
    }
  }

  // Spins for as long as the halves commonly differ, then lets others have the core.
  void meet() {
    const long round = round_.load();
    if (arrived_.fetch_add(1) == 1) {
      arrived_.store(0);
      round_.store(round + 1);
      return;
    }
    for (int spins = 0; round_.load() == round; spins++) {
      if (spins < 20000) _mm_pause();
      else std::this_thread::yield();
    }
  }

  std::thread other_;
  std::mutex mutex_;
  std::condition_variable woken_;
  const Steps* steps_ = nullptr;
  long orders_ = 0;
  std::atomic<int> arrived_{0};
  std::atomic<long> round_{0};
};

}  // namespace
