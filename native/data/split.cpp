// The division into train, val and shift: given parts, border colour, a stratified draw; duplicates
// stay together.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

#include "native/base/error.h"
#include "native/base/rng.h"
#include "native/data/dataset.h"

namespace camloss::train {
namespace {

constexpr double kShiftShare = 0.15;
constexpr double kMostShiftShare = 1.0 / 3;
constexpr double kValShare = 0.15;

/// Samples that must not be parted: one picture, or a group of duplicates.
struct Unit {
  std::vector<std::size_t> members;  // indices of samples, ascending
  bool mixed = false;                // members of both classes
  float contradiction = 0;           // largest of its members
};

/// The units among some samples, ordered by their first member.
std::vector<Unit> units_of(const Dataset& dataset, const std::vector<std::size_t>& indices) {
  std::vector<Unit> units;
  std::map<int, std::size_t> of_group;
  for (const std::size_t i : indices) {
    const Sample& sample = dataset.samples[i];
    const auto known = sample.group < 0 ? of_group.end() : of_group.find(sample.group);
    if (known == of_group.end()) {
      if (sample.group >= 0) of_group[sample.group] = units.size();
      units.emplace_back();
    }
    Unit& unit = known == of_group.end() ? units.back() : units[known->second];
    unit.mixed = unit.mixed || (!unit.members.empty() &&
                                dataset.samples[unit.members.front()].label != sample.label);
    unit.contradiction = std::max(unit.contradiction, sample.contradiction);
    unit.members.push_back(i);
  }
  return units;
}

/// The units of one class alone; those of both classes stay in train.
std::vector<Unit> of_class(const Dataset& dataset, const std::vector<Unit>& units, int label) {
  std::vector<Unit> own;
  for (const Unit& unit : units) {
    if (!unit.mixed && dataset.samples[unit.members.front()].label == label) own.push_back(unit);
  }
  return own;
}

std::size_t size_of(const std::vector<Unit>& units) {
  std::size_t n = 0;
  for (const Unit& unit : units) n += unit.members.size();
  return n;
}

std::size_t rounded(double value) { return static_cast<std::size_t>(std::lround(value)); }

/// Moves units, in their order, to a part until it has `wanted` samples; a unit that would lead
/// beyond `most` is left.
void take(Dataset& dataset, const std::vector<Unit>& units, std::size_t wanted, std::size_t most,
          Part part) {
  std::size_t taken = 0;
  for (const Unit& unit : units) {
    if (taken >= wanted) break;
    if (taken + unit.members.size() > most) continue;
    for (const std::size_t i : unit.members) dataset.samples[i].part = part;
    taken += unit.members.size();
  }
}

std::vector<std::size_t> indices_in(const Dataset& dataset, Part part) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
    if (dataset.samples[i].part == part) indices.push_back(i);
  }
  return indices;
}

/// The most contradictory border colours of each class.
void choose_shift(Dataset& dataset) {
  const std::vector<Unit> all = units_of(dataset, indices_in(dataset, Part::train));
  for (int label = 0; label < 2; ++label) {
    std::vector<Unit> units = of_class(dataset, all, label);
    const std::size_t n = size_of(units);
    std::stable_sort(units.begin(), units.end(), [](const Unit& a, const Unit& b) {
      return a.contradiction > b.contradiction;
    });
    const auto most = static_cast<std::size_t>(static_cast<double>(n) * kMostShiftShare);
    const std::size_t wanted =
        std::min(most, std::max<std::size_t>(1, rounded(static_cast<double>(n) * kShiftShare)));
    take(dataset, units, wanted, most, Part::shift);
  }
}

/// A stratified draw from what is in train.
void draw_val(Dataset& dataset, std::uint64_t seed) {
  const std::vector<Unit> all = units_of(dataset, indices_in(dataset, Part::train));
  for (int label = 0; label < 2; ++label) {
    std::vector<Unit> units = of_class(dataset, all, label);
    CounterRng rng(seed, Purpose::split, static_cast<std::uint64_t>(label));
    shuffle(units, rng);
    const std::size_t n = size_of(units);
    if (n < 2) continue;
    const std::size_t wanted =
        std::max<std::size_t>(1, rounded(static_cast<double>(n) * kValShare));
    // Groups of duplicates may lead beyond the share, but never leave train without the class.
    take(dataset, units, wanted, std::min(n - 1, 2 * wanted), Part::val);
  }
}

}  // namespace

void assign_parts(Dataset& dataset, std::uint64_t seed) {
  dataset.split_seed = seed;
  bool val_given = false;
  for (Sample& sample : dataset.samples) {
    sample.part = sample.given.value_or(Part::train);
    val_given = val_given || sample.given == Part::val;
  }
  dataset.is_divided = true;
  dataset.shift_is_chosen = !dataset.has_parts;
  if (dataset.shift_is_chosen) choose_shift(dataset);
  if (!val_given) draw_val(dataset, seed);
}

std::vector<const Sample*> Dataset::part(Part which) const {
  std::vector<const Sample*> chosen;
  for (const Sample& sample : samples) {
    if (sample.part == which) chosen.push_back(&sample);
  }
  return chosen;
}

int Dataset::count(Part which, int label) const {
  return static_cast<int>(std::count_if(samples.begin(), samples.end(), [&](const Sample& sample) {
    return sample.part == which && sample.label == label;
  }));
}

std::string_view to_string(Part part) {
  switch (part) {
    case Part::train:
      return "train";
    case Part::val:
      return "val";
    case Part::shift:
      return "shift";
    case Part::swapped:
      return "swapped";
    case Part::background:
      break;
  }
  return "background";
}

Part part_from_name(std::string_view name) {
  for (const Part part : kAllParts) {
    if (name == to_string(part)) return part;
  }
  throw UserError("there is no part \"" + std::string(name) + "\"",
                  "the parts are train, val, shift, swapped and background", 2);
}

}  // namespace camloss::train
