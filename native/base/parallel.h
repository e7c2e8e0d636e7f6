// A loop over independent items on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace camloss::train {

/// That many threads; 0: as many as the machine has.
[[nodiscard]] inline int threads_or_all(int threads) {
  return threads > 0 ? threads
                     : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// Calls body(i) for every i < count on up to `threads` threads (0: as many as the machine has),
/// the calling one included. Items are taken in any order. The first exception is thrown again once
/// all threads have ended.
template <class Body>
void parallel_for(std::size_t count, int threads, const Body& body) {
  const auto wanted = static_cast<std::size_t>(threads_or_all(threads));
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_lock;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard<std::mutex> guard(failure_lock);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t t = 1; t < std::min(wanted, count); ++t) helpers.emplace_back(work);
  work();
  helpers.clear();  // joins
  if (failure) std::rethrow_exception(failure);
}

}  // namespace camloss::train
