// The state of an unfinished training on the disk: everything that a bit-identical continuation
// needs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace camloss::train {

/// The random generator has no state of its own (rng.h), so position and tensors are all there is.
struct Checkpoint {
  std::string fingerprint;  // of recipe, data and seed; see run_fingerprint
  int epoch = 0;            // epochs finished
  std::int64_t step = 0;    // batches finished of the next one
  std::string records;      // JSON: epochs so far, sums of the unfinished one

  struct Tensor {
    std::string name;  // e.g. "conv0.weight", "velocity/conv0.weight", "average/conv0.weight"
    std::vector<float> values;
  };
  std::vector<Tensor> tensors;
};

/// Written atomically, with a checksum.
/// Throws UserError.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Throws UserError: unreadable, not such a file, cut off or changed.
[[nodiscard]] Checkpoint read_checkpoint(const std::filesystem::path& path);

}  // namespace camloss::train
