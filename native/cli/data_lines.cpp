// The lines' words and counts.
#include "native/cli/data_lines.h"

#include <fmt/format.h>

#include <array>

namespace camloss::train {

std::string data_line(const Dataset& data) {
  std::string counts;
  for (const Part part : kDataParts) {
    counts += fmt::format("{}{} {} + {}", counts.empty() ? "" : ", ", to_string(part),
                          data.count(part, 0), data.count(part, 1));
  }
  std::string line =
      fmt::format("{}: {} and {} ({})", data.name, data.classes[0], data.classes[1], counts);
  if (!data.duplicates.empty()) {
    line += fmt::format(", {} group{} that look alike", data.duplicates.size(),
                        data.duplicates.size() == 1 ? "" : "s");
  }
  if (!data.unreadable.empty()) line += fmt::format(", {} unreadable", data.unreadable.size());
  return line;
}

std::string subjects_line(const Dataset& data) {
  std::array<std::size_t, 2> found{};
  for (const Sample* sample : data.part(Part::train)) {
    if (sample->cut_out) ++found[static_cast<std::size_t>(sample->label)];
  }
  return fmt::format("  train: subjects {} for {} of {} {} and {} of {} {}",
                     data.has_masks ? "given or found" : "found", found[0],
                     data.count(Part::train, 0), data.classes[0], found[1],
                     data.count(Part::train, 1), data.classes[1]);
}

std::string shift_line(const ShiftRecord& shift) {
  const std::string overlap =
      shift.border_overlap ? fmt::format("{:.0f} %", 100 * *shift.border_overlap) : "unknown";
  return fmt::format(
      "  shift was chosen by border colour; {} of its {} pictures contradict their "
      "class, and the borders of the classes overlap by {}",
      shift.contradicting.value_or(0), shift.of.value_or(0), overlap);
}

std::string no_contradiction_text(const Dataset& data) {
  return fmt::format(
      "no picture of {} has a border in the colours of {}, or the other way round: the part "
      "shift does not show whether a model goes by the background — look at the part swapped, "
      "or give a shift part of your own",
      data.classes[0], data.classes[1]);
}

}  // namespace camloss::train
