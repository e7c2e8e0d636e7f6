// Chooses subjects and backgrounds, and puts them together.
#include "native/evaluate/counterfactual.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "native/base/error.h"
#include "native/base/hash.h"
#include "native/base/parallel.h"
#include "native/base/rng.h"
#include "native/data/read_again.h"
#include "native/data/resampled.h"

namespace camloss::train {
namespace {

/// At most `most` of the indices, evenly spread.
std::vector<std::size_t> spread(const std::vector<std::size_t>& from, std::size_t most) {
  if (from.size() <= most) return from;
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(from[i * from.size() / most]);
  return some;
}

/// The samples that the data brought themselves.
std::span<const Sample> own_samples(const Dataset& data) {
  return std::span(data.samples).first(data.samples.size() - data.made);
}

bool brings_made_parts(const Dataset& data) {
  return std::ranges::any_of(own_samples(data), [](const Sample& sample) {
    return sample.part == Part::swapped || sample.part == Part::background;
  });
}

/// "swapped/orca/val-orca-007.png-2.png"
std::string made_name(Part part, const std::string& class_name, std::string of,
                      std::size_t number) {
  std::ranges::replace(of, '/', '-');
  std::string name = fmt::format("{}/{}/{}", to_string(part), class_name, of);
  if (part == Part::swapped) name += fmt::format("-{}", number + 1);
  return name + ".png";
}

Sample sample_of(const MadePicture& made, int input_size) {
  Sample sample;
  sample.name = made.name;
  sample.label = made.label;
  sample.part = made.part;
  sample.given = made.part;
  sample.hash = fnv1a(made.picture.pixels);
  sample.packed = resampled_packed(made.picture.view(), input_size, made.name);
  if (made.mask != nullptr) sample.mask = mask_at(*made.mask, input_size / 8);
  return sample;
}

}  // namespace

std::vector<const Sample*> MadeParts::part(Part which) const {
  std::vector<const Sample*> chosen;
  for (const Sample& sample : samples) {
    if (sample.part == which) chosen.push_back(&sample);
  }
  return chosen;
}

Counterfactuals::Chosen Counterfactuals::choose(const Dataset& data, int label) {
  Chosen chosen;
  if (!data.origin || brings_made_parts(data)) return chosen;
  const std::span<const Sample> own = own_samples(data);
  for (std::size_t i = 0; i < own.size(); ++i) {
    const Sample& sample = own[i];
    if (sample.label != label) continue;
    if (data.is_divided && sample.part == Part::train) continue;
    const bool is_usual = !data.is_divided || sample.part == Part::val ||
                          (data.shift_is_chosen && sample.part == Part::shift &&
                           sample.contradiction < kContradicting);
    (is_usual ? chosen.usual : chosen.unusual).push_back(i);
  }
  chosen.usual = spread(chosen.usual, kMostCutOuts);
  chosen.unusual = spread(chosen.unusual, kMostCutOuts - chosen.usual.size());
  return chosen;
}

void Counterfactuals::search(const Dataset& data, const std::vector<std::size_t>& samples) {
  std::vector<std::size_t> unknown;
  for (const std::size_t i : samples) {
    if (!subjects_.contains(data.samples[i].name)) unknown.push_back(i);
  }
  std::vector<Subject> found(unknown.size());
  read_again(data, unknown, threads_, [&](std::size_t k, const Image& picture, const Image* mask) {
    Subject& subject = found[k];
    subject.search = mask != nullptr ? given_subject(mask->view()) : find_subject(picture.view());
    if (subject.search.found()) subject.framed = in_cutout_frame(picture.view());
  });
  for (std::size_t k = 0; k < unknown.size(); ++k) {
    subjects_[data.samples[unknown[k]].name] = std::move(found[k]);
  }
}

std::array<CutOutCount, 2> Counterfactuals::each(
    const Dataset& data, const std::function<void(const MadePicture&)>& body) {
  std::array<CutOutCount, 2> counts{};
  // (class): indices of samples whose subject was found; the usual ones first.
  std::array<std::vector<std::size_t>, 2> usual, all;
  for (std::size_t c = 0; c < 2; ++c) {
    const Chosen chosen = choose(data, static_cast<int>(c));
    std::vector<std::size_t> both = chosen.usual;
    both.insert(both.end(), chosen.unusual.begin(), chosen.unusual.end());
    search(data, both);
    counts[c].pictures = both.size();
    const auto is_found = [&](std::size_t i) {
      const Subject& subject = subjects_.at(data.samples[i].name);
      return !subject.framed.pixels.empty();
    };
    std::ranges::copy_if(both, std::back_inserter(all[c]), is_found);
    std::ranges::copy_if(chosen.usual, std::back_inserter(usual[c]), is_found);
    counts[c].found = all[c].size();
    double centre = 0;
    for (const std::size_t i : all[c]) centre += subjects_.at(data.samples[i].name).search.centre;
    if (!all[c].empty()) counts[c].centre = centre / static_cast<double>(all[c].size());
    if (usual[c].empty()) usual[c] = all[c];
  }
  const auto subject_of = [&](std::size_t i) -> const Subject& {
    return subjects_.at(data.samples[i].name);
  };

  // Filled-in backgrounds of both classes, made once.
  std::array<std::vector<Image>, 2> empty;
  for (std::size_t c = 0; c < 2; ++c) {
    empty[c].resize(usual[c].size());
    parallel_for(usual[c].size(), threads_, [&](std::size_t k) {
      const Subject& subject = subject_of(usual[c][k]);
      empty[c][k] = without_subject(subject.framed, subject.search.mask);
    });
  }
  for (std::size_t c = 0; c < 2; ++c) {
    const std::size_t other = 1 - c;
    if (empty[other].empty()) continue;
    for (std::size_t k = 0; k < all[c].size(); ++k) {
      const Subject& subject = subject_of(all[c][k]);
      // Streams 0 and 1 of this purpose draw val.
      CounterRng rng(data.split_seed, Purpose::split, 2 + c, k);
      std::vector<std::size_t> order(empty[other].size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      shuffle(order, rng);
      for (std::size_t n = 0; n < std::min(kBackgroundsEach, order.size()); ++n) {
        MadePicture made;
        made.label = static_cast<int>(c);
        made.name = made_name(Part::swapped, data.classes[c], data.samples[all[c][k]].name, n);
        made.picture =
            before_background(subject.framed, subject.search.mask, empty[other][order[n]]);
        made.mask = &subject.search.mask;
        body(made);
      }
    }
  }
  for (std::size_t c = 0; c < 2; ++c) {
    for (std::size_t k = 0; k < usual[c].size(); ++k) {
      MadePicture made;
      made.part = Part::background;
      made.label = static_cast<int>(c);
      made.name = made_name(Part::background, data.classes[c], data.samples[usual[c][k]].name, 0);
      made.picture = std::move(empty[c][k]);
      body(made);
    }
  }
  return counts;
}

MadeParts Counterfactuals::of(const Dataset& data) {
  MadeParts made;
  made.cut_outs = each(data, [&](const MadePicture& picture) {
    made.samples.push_back(sample_of(picture, data.input_size));
  });
  return made;
}

void append_made(Dataset& data, MadeParts made) {
  data.made += made.samples.size();
  data.samples.insert(data.samples.end(), std::make_move_iterator(made.samples.begin()),
                      std::make_move_iterator(made.samples.end()));
}

std::string cut_out_text(const std::array<CutOutCount, 2>& cut_outs,
                         const std::vector<std::string>& classes) {
  std::string text = fmt::format("subjects cut out: {} of {} {}, {} of {} {}", cut_outs[0].found,
                                 cut_outs[0].pictures, classes[0], cut_outs[1].found,
                                 cut_outs[1].pictures, classes[1]);
  if (std::min(cut_outs[0].found, cut_outs[1].found) < kFewCutOuts) {
    text +=
        fmt::format(" — fewer than {} of a class: swapped and background say little", kFewCutOuts);
  }
  return text;
}

}  // namespace camloss::train
