// A model in each thread: they are not shared, since each has buffers of its own.
#pragma once

#include <algorithm>
#include <cstddef>

#include "native/base/parallel.h"
#include "shared/model.h"

namespace camloss::train {

/// Calls body(model, i) for every i < count; each thread has a model of its own.
template <class Body>
void for_each_with_model(const CheckedWeights& weights, std::size_t count, int threads,
                         const Body& body) {
  const std::size_t workers =
      std::max<std::size_t>(1, std::min(count, static_cast<std::size_t>(std::max(threads, 1))));
  parallel_for(workers, static_cast<int>(workers), [&](std::size_t worker) {
    Model model(weights);
    for (std::size_t i = worker; i < count; i += workers) body(model, i);
  });
}

}  // namespace camloss::train
