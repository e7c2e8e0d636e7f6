// What the loops of both engines share: how lambda rises, what stops a training, the figures of val, and how a
// checkpoint is gone on from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "native/base/error.h"
#include "native/train/checkpoint.h"
#include "native/train/epoch_sums.h"
#include "native/train/trainer.h"

namespace camloss::train {

/// Share of lambda at a batch: rises from 0 to 1 over the recipe's lambda_ramp_epochs.
/// @param epoch, batch  from 0
/// @param batches       of an epoch
[[nodiscard]] double lambda_ramp(const Recipe& recipe, int epoch, std::int64_t batch,
                                 std::int64_t batches);

/// The error of a number that is not finite.
/// @param what          "loss" or "gradient's norm"
/// @param epoch, batch  from 0
[[nodiscard]] UserError not_finite(const TrainingSettings& settings, const std::string& what,
                                   double value, int epoch, std::int64_t batch,
                                   std::int64_t batches);

/// Sums over the pictures of val.
struct ValSums {
  double loss = 0, off_centre = 0;
  std::size_t pictures = 0, right = 0, with_map = 0;

  void add(double logit, int label, std::optional<float> off_centre_mass);
  /// Writes their means; nothing where there are no pictures.
  void write(EpochRecord& record) const;
};

/// The checkpoint to go on from; nothing where none is asked for or there.
/// Throws UserError: damaged, or of another training.
[[nodiscard]] std::optional<Checkpoint> checkpoint_to_resume(const TrainingSettings& settings,
                                                             const std::string& fingerprint);

/// The epochs that are done and the sums of the one under way, as a checkpoint keeps them.
[[nodiscard]] std::string progress_json(const std::vector<EpochRecord>& records,
                                        const EpochSums& sums);
/// Reads them again. Throws UserError or nlohmann::json::exception.
/// @param file  for messages
void read_progress(const std::string& json, const std::string& file,
                   std::vector<EpochRecord>& records, EpochSums& sums);

}  // namespace camloss::train
