// Prints and logs epochs.
#include "native/cli/run_observer.h"

#include <fmt/format.h>

#include <algorithm>

#include "native/cli/console.h"
#include "native/cli/interrupt.h"
#include "native/record/epoch.h"

namespace camloss::train {
namespace {

constexpr int kMostRows = 120;  // of the table of epochs; the files have them all

}  // namespace

std::string JobClock::left_text(const Recipe& recipe, double epochs) const {
  const auto passed = std::chrono::steady_clock::now() - start_;
  return left_text(recipe, epochs, std::chrono::duration<double>(passed).count());
}

std::string JobClock::left_text(const Recipe& recipe, double epochs, double seconds) const {
  const double position = before_ + epochs * cost(recipe);
  const double done = position - skipped_;
  if (done <= 0) return {};
  return clock_text(seconds / done * std::max(0.0, work_ - position)) + " left";
}

void RunObserver::resumed(const std::vector<EpochRecord>& records, std::size_t batches) {
  for (const EpochRecord& record : records) {
    folder_.log_without_writing(recipe_.name, seed_, record);
    if (tracked_ != nullptr) tracked_->log_epoch(record, milliseconds_now());
  }
  job_.skip(static_cast<double>(records.size()) * JobClock::cost(recipe_));
  folder_.write_log();
  if (quiet_) return;
  print_line(out_, fmt::format("    resumed after epoch {}{}", records.size(),
                               batches > 0 ? fmt::format(" and {} batches", batches) : ""));
}

void RunObserver::batch_done(int epoch, std::size_t done, std::size_t total, double loss) {
  if (quiet_) return;
  const double epochs = epoch - 1 + static_cast<double>(done) / static_cast<double>(total);
  bar_.update(epochs / recipe_.epochs,
              fmt::format("epoch {}/{}  loss {:.4f}  {}", epoch, recipe_.epochs, loss,
                          job_.left_text(recipe_, epochs)));
}

void RunObserver::epoch_done(const EpochRecord& record) {
  folder_.log_epoch(recipe_.name, seed_, record);
  if (tracked_ != nullptr) tracked_->log_epoch(record, milliseconds_now());
  if (quiet_) return;
  const int every = (recipe_.epochs + kMostRows - 1) / kMostRows;
  if (record.epoch % every != 0 && record.epoch != recipe_.epochs) return;
  bar_.clear();
  print_line(out_, epoch_table_row(record, recipe_.epochs));
}

bool RunObserver::stop_requested() const { return interrupt_signal() != 0; }

}  // namespace camloss::train
