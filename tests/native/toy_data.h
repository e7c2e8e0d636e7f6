// A data set made in memory: bright squares on the left or the right, with a colour that gives the
// class away.
#pragma once

#include <cstdint>
#include <string>

#include "native/base/rng.h"
#include "native/data/dataset.h"
#include "shared/picture/packed.h"

namespace camloss::test {

/// @param per_class  pictures of each class in train; val has half as many
inline train::Dataset toy_data(int side, int per_class, std::uint64_t seed = 1) {
  train::Dataset data;
  data.name = "toy";
  data.description = "squares";
  data.classes = {"left", "right"};
  data.input_size = side;
  data.has_parts = true;
  const auto n = static_cast<std::size_t>(side);
  for (int i = 0; i < per_class * 3; ++i) {
    train::Sample sample;
    sample.name = "picture-" + std::to_string(i);
    sample.label = i % 2;
    sample.part = i < per_class * 2 ? train::Part::train : train::Part::val;
    sample.hash = static_cast<std::uint64_t>(i) + seed;
    sample.packed.resize(3 * n * n);
    train::CounterRng rng(seed, train::Purpose::order, static_cast<std::uint64_t>(i));
    for (std::size_t k = 0; k < sample.packed.size(); ++k) {
      const bool warm = (k / (n * n) == 0) == (sample.label == 1);
      sample.packed[k] = packed(static_cast<float>(rng.uniform(0, 120) + (warm ? 100 : 0)));
    }
    data.samples.push_back(std::move(sample));
  }
  return data;
}

}  // namespace camloss::test
