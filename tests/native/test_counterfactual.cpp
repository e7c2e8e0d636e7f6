// Counterfactual pictures and the verdict that rests on them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "native/base/rng.h"
#include "native/evaluate/counterfactual.h"
#include "native/record/verdict.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;

namespace {

using Colour = std::array<int, 3>;
constexpr Colour kGreen{70, 140, 60}, kBlue{50, 90, 190}, kRed{190, 60, 50}, kWhite{225, 225, 220};

/// A disc or a square of its own place and size before a ground, with a little noise.
Image figure(std::uint64_t seed, bool is_square, Colour subject, Colour ground) {
  constexpr int kSize = 96;
  CounterRng rng(seed, Purpose::augment, is_square ? 1 : 0);
  const double x = rng.uniform(0.44, 0.56), y = rng.uniform(0.44, 0.56);
  const double radius = rng.uniform(0.16, 0.22);
  Image image{kSize, kSize, 3, {}};
  for (int row = 0; row < kSize; ++row) {
    for (int column = 0; column < kSize; ++column) {
      const double u = std::abs((column + 0.5) / kSize - x), v = std::abs((row + 0.5) / kSize - y);
      const bool inside = is_square ? std::max(u, v) < radius : std::hypot(u, v) < radius;
      for (std::size_t c = 0; c < 3; ++c) {
        const double value = (inside ? subject : ground)[c] + rng.uniform(-14, 14);
        image.pixels.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
      }
    }
  }
  return image;
}

/// Circles before green, squares before blue: wholly confounded.
void confounded(const std::filesystem::path& folder, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    const std::string name = std::to_string(100 + i) + ".png";
    write(folder / "circle" / name, encoded(figure(i, false, kRed, kGreen), ".png"));
    write(folder / "square" / name, encoded(figure(500 + i, true, kWhite, kBlue), ".png"));
  }
}

Dataset load(const TemporaryFolder& folder, std::uint64_t seed = 1, int size = 16) {
  DataOptions options;
  options.path = folder.str();
  options.input_size = size;
  options.split_seed = seed;
  return load_dataset(options);
}

/// Mean colour of the outermost pixels of a sample.
Colour border_of(const Sample& sample, int side) {
  std::array<double, 3> sum{};
  double n = 0;
  const auto s = static_cast<std::size_t>(side);
  const std::vector<float> rgb = sample.rgb();
  for (std::size_t i = 0; i < s * s; ++i) {
    if (i % s != 0 && i % s != s - 1 && i / s != 0 && i / s != s - 1) continue;
    ++n;
    for (std::size_t c = 0; c < 3; ++c) sum[c] += static_cast<double>(rgb[c * s * s + i]);
  }
  return {static_cast<int>(sum[0] / n), static_cast<int>(sum[1] / n), static_cast<int>(sum[2] / n)};
}

bool is_near(const Colour& a, const Colour& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]) < 30;
}

Colour centre_of(const Sample& sample, int side) {
  const auto s = static_cast<std::size_t>(side);
  const std::size_t i = s * s / 2 + s / 2;
  const std::vector<float> rgb = sample.rgb();
  return {static_cast<int>(rgb[i]), static_cast<int>(rgb[s * s + i]),
          static_cast<int>(rgb[2 * s * s + i])};
}

}  // namespace

TEST_CASE("swapped: subjects outside train before the other class's ground", "[counterfactual]") {
  const TemporaryFolder folder;
  confounded(folder.path(), 30);
  const Dataset data = load(folder);
  CHECK(data.shift_is_chosen);
  REQUIRE(data.border_overlap);
  CHECK(*data.border_overlap < 0.05);
  Counterfactuals counterfactuals(2);
  const MadeParts made = counterfactuals.of(data);
  std::set<std::string> outside;
  for (const Sample& sample : data.samples) {
    if (sample.part != Part::train) outside.insert(sample.name);
  }
  const auto swapped = made.part(Part::swapped), background = made.part(Part::background);
  CHECK(made.cut_outs[0].pictures + made.cut_outs[1].pictures == outside.size());
  CHECK(made.cut_outs[0].found >= made.cut_outs[0].pictures - 1);
  CHECK(swapped.size() == 3 * (made.cut_outs[0].found + made.cut_outs[1].found));
  // Nothing contradicts here, so every picture outside train is a usual one.
  CHECK(background.size() == made.cut_outs[0].found + made.cut_outs[1].found);
  std::set<std::string> names;
  for (const Sample* sample : swapped) {
    INFO(sample->name);
    CHECK(names.insert(sample->name).second);
    CHECK(is_near(border_of(*sample, 16), sample->label == 0 ? kBlue : kGreen));
    CHECK(is_near(centre_of(*sample, 16), sample->label == 0 ? kRed : kWhite));
    CHECK(sample->mask.size() == 4);
  }
  for (const Sample* sample : background) {
    INFO(sample->name);
    CHECK(is_near(border_of(*sample, 16), sample->label == 0 ? kGreen : kBlue));
    CHECK(is_near(centre_of(*sample, 16), sample->label == 0 ? kGreen : kBlue));
    CHECK(sample->mask.empty());
  }
}

TEST_CASE("made parts are a function of data and seed, not of threads or what was asked before",
          "[counterfactual]") {
  const TemporaryFolder folder;
  confounded(folder.path(), 14);
  const Dataset first = load(folder, 1), second = load(folder, 2);
  Counterfactuals one(1), many(3);
  static_cast<void>(many.of(second));
  const MadeParts a = one.of(first), b = many.of(first);
  REQUIRE(a.samples.size() == b.samples.size());
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    CHECK(a.samples[i].name == b.samples[i].name);
    CHECK(a.samples[i].hash == b.samples[i].hash);
  }
  // What was appended is not taken for parts that the data brought.
  Dataset with = load(folder, 1);
  append_made(with, one.of(with));
  CHECK(with.made == a.samples.size());
  CHECK(one.of(with).samples.size() == a.samples.size());
  // Data in memory cannot be read again.
  Dataset memory = first;
  memory.origin.reset();
  CHECK(one.of(memory).samples.empty());
}

TEST_CASE("a given mask wins over the search", "[counterfactual]") {
  const TemporaryFolder folder;
  confounded(folder.path(), 12);
  // A mask in the corner, where no search would look.
  Image corner{96, 96, 3, {}};
  for (int i = 0; i < 96 * 96; ++i) {
    corner.pixels.insert(corner.pixels.end(), 3, i % 96 < 40 && i / 96 < 40 ? 255 : 0);
  }
  for (int i = 0; i < 12; ++i) {
    write(folder.path() / "circle" / (std::to_string(100 + i) + ".mask.png"),
          encoded(corner, ".png"));
  }
  const Dataset data = load(folder);
  const MadeParts made = Counterfactuals(2).of(data);
  CHECK(made.cut_outs[0].found == made.cut_outs[0].pictures);
  for (const Sample* sample : made.part(Part::swapped)) {
    if (sample->label == 0) CHECK(sample->mask[0] > 0.5F);
  }
}

namespace {

PartSummary part(double worst, double sure_right, double unsure = 0.1) {
  return {worst, worst, sure_right, unsure};
}

/// A pair with enough cut-outs, measured on swapped.
VerdictInput pair(PartSummary baseline, PartSummary camloss) {
  VerdictInput in;
  in.classes = {"circle", "square"};
  in.baseline = {"baseline", part(1, 1, 0), std::nullopt, baseline, 0.9, 0.6};
  in.candidate = {"camloss", part(0.98, 0.9), std::nullopt, camloss, 0.1, 0.2};
  in.shift_is_chosen = true;
  in.border_overlap = 0.5;
  in.cut_outs = {CutOutCount{20, 15, 0.6}, CutOutCount{20, 14, 0.6}};
  return in;
}

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("each verdict, and why", "[verdict]") {
  CHECK(verdict_of(pair(part(0.1, 0.1), part(0.95, 0.9))).word == "cured");
  const TrainingVerdict timid = verdict_of(pair(part(0.1, 0.1), part(0.95, 0.2, 0.7)));
  CHECK(timid.word == "partly cured");
  CHECK(has(timid.why, "surely right on 20 % only"));
  CHECK(verdict_of(pair(part(0.1, 0.1), part(0.6, 0.5))).word == "partly cured");
  CHECK(verdict_of(pair(part(0.1, 0.1), part(0.15, 0.1))).word == "not cured");
  CHECK(verdict_of(pair(part(0.95, 0.9), part(0.97, 0.9))).word == "no shortcut found");

  // A centred watermark: the baseline is right, CAMLoss is not, its maps are centred.
  const TrainingVerdict mark = verdict_of(pair(part(1, 1), part(0, 0)));
  CHECK(mark.word == "worse");
  CHECK(has(mark.why, "watermark"));

  // Where subjects before other backgrounds go well, the cue comes along with them.
  VerdictInput given = pair(part(0.96, 0.9), part(0.95, 0.9));
  given.baseline.shift = part(0.9, 0.9);
  given.candidate.shift = part(0.05, 0);
  given.shift_is_chosen = false;
  given.shift_pictures = 30;
  CHECK(verdict_of(given).word == "worse");
  CHECK(has(verdict_of(given).why, "comes along with the subject"));

  VerdictInput goes_on = pair(part(0, 0), part(0.3, 0));
  CHECK(verdict_of(goes_on).word == "not cured");
  goes_on.candidate.still_says = 0.8;
  CHECK(has(verdict_of(goes_on).why, "It still goes by the background"));
  goes_on.cut_outs[1].centre = 0.2;
  CHECK(has(verdict_of(goes_on).why, "The subjects are not centred"));

  // Subjects that were hardly found may lie elsewhere; that is told before any guess at a mark.
  VerdictInput hidden = pair(part(0, 0), part(0, 0));
  hidden.candidate.off_centre_mass = 0.2;
  CHECK(has(verdict_of(hidden).why, "may lie in the centre itself"));
  hidden.shift_pictures = 30;
  hidden.baseline.shift = hidden.candidate.shift = part(0, 0);
  hidden.cut_outs[0] = {30, 3, 0.6};
  CHECK(has(verdict_of(hidden).why, "the subjects may not be centred"));

  // What it costs on the usual pictures counts, and a small loss of a good model does not.
  VerdictInput costly = pair(part(0.1, 0.1), part(0.95, 0.9));
  costly.candidate.val = part(0.8, 0.8);
  CHECK(verdict_of(costly).word == "partly cured");
  CHECK(has(verdict_of(costly).why, "On the usual pictures it is right on 80 %"));
  CHECK(verdict_of(pair(part(1, 1), part(0.88, 0.88))).word == "no shortcut found");

  // A mark in the middle goes along with the subject: no all-clear.
  VerdictInput marked = pair(part(0.97, 0.9), part(0.97, 0.9));
  marked.has_mark[1] = true;
  CHECK(verdict_of(marked).word == "cannot say");
  CHECK(has(verdict_of(marked).why, "All pictures of square have the same edges in the middle"));

  // Maps that are not centred: the subjects may be the cause, unless they are known to lie in the centre.
  VerdictInput corners = pair(part(0, 0), part(0, 0));
  corners.candidate.off_centre_mass = 0.53;
  CHECK(has(verdict_of(corners).why, "53 % of the evidence is off centre"));
  CHECK(has(verdict_of(corners).why, "The subjects are centred"));
  CHECK_FALSE(has(verdict_of(corners).why, "may not be centred"));
  corners.cut_outs[1].pictures = 30;  // of which 14 were found
  const TrainingVerdict off_centre = verdict_of(corners);
  CHECK(off_centre.word == "not cured");
  CHECK(has(off_centre.why, "subjects may not be centred"));

  VerdictInput silent = pair(part(0.1, 0.1), part(0.2, 0, 1));
  silent.candidate.val = part(0.9, 0, 1);
  CHECK(verdict_of(silent).word == "not cured");
  CHECK(has(verdict_of(silent).why, "silent"));

  VerdictInput unlearnt = pair(part(0.4, 0.1), part(0.5, 0.1));
  unlearnt.baseline.val = part(0.5, 0.1);
  CHECK(verdict_of(unlearnt).word == "cannot say");
  CHECK(has(verdict_of(unlearnt).why, "has not learnt"));
}

TEST_CASE("the verdict rests on shift where it was given, on swapped where it was not",
          "[verdict]") {
  VerdictInput in = pair(part(0.1, 0.1), part(0.95, 0.9));
  in.baseline.shift = part(1, 1);
  in.candidate.shift = part(1, 1);
  in.shift_pictures = 30;
  CHECK(verdict_of(in).figures.at("part") == "swapped");
  in.shift_is_chosen = false;
  CHECK(verdict_of(in).figures.at("part") == "shift");
  CHECK(verdict_of(in).word == "no shortcut found");
  in.shift_pictures = 5;
  CHECK(verdict_of(in).figures.at("part") == "swapped");
  CHECK(verdict_of(in).figures.at("baseline").at("worst_class") == 0.1);
  CHECK(verdict_of(in).figures.at("camloss").at("worst_class") == 0.95);
}

TEST_CASE("too few pictures, and nothing that contradicts, are said", "[verdict]") {
  VerdictInput in = pair(part(0.1, 0.1), part(0.95, 0.9));
  in.border_overlap = 0.02;
  CHECK(has(verdict_of(in).why, "no picture of this folder contradicts its class"));
  in.cut_outs[1] = {16, 9, 0.6};
  const TrainingVerdict verdict = verdict_of(in);
  CHECK(verdict.word == "cannot say");
  CHECK(has(verdict.why, "too few subjects: 15 and 9 subjects could be cut out of 20 and 16"));
  CHECK_FALSE(has(verdict.why, "may not be centred"));
  in.cut_outs[1].found = 4;
  CHECK(has(verdict_of(in).why, "may not be centred"));
  in.cut_outs[1].pictures = 6;
  CHECK(has(verdict_of(in).why, "too few pictures: 15 and 4"));
  CHECK(has(verdict.why, "nothing in this folder contradicts"));
}

TEST_CASE("the verdict is read from a training's figures, the fewest cut-outs counting",
          "[verdict]") {
  const auto figures = [](double right, double wrong_class) {
    PartFigures part;
    part.accuracy = (right + wrong_class) / 2;
    part.per_class = {right, wrong_class};
    part.sureness = Sureness{right, 0, 1 - right};
    return part;
  };
  const auto run = [](const char* recipe, std::size_t a, std::size_t b, PartsFigures parts) {
    RunRecord record;
    record.recipe = recipe;
    record.cut_outs = {CutOutCount{30, a}, CutOutCount{30, b}};
    record.parts = std::move(parts);
    return record;
  };
  const PartsFigures before{{Part::val, figures(1, 1)}, {Part::swapped, figures(0.3, 0.1)}};
  const PartsFigures after{{Part::val, figures(1, 1)}, {Part::swapped, figures(1, 0.9)}};
  const auto verdict = [&](std::size_t found, bool is_alone) {
    std::vector<RunRecord> runs{run("baseline", 20, 25, before)};
    if (!is_alone) runs.push_back(run("camloss", 18, found, after));
    return verdict_of_runs(runs, {"a", "b"}, ShiftRecord{true, 0.3, {}, {}}, std::nullopt);
  };
  CHECK(verdict(12, false).word == "cured");
  CHECK(verdict(12, false).figures.at("baseline").at("worst_class") == 0.1);
  CHECK(verdict(8, false).word == "cannot say");
  CHECK(verdict(12, true).word == "cannot say");

  // How often the class is named though its subject is gone: the mean of both.
  PartFigures background = figures(0.5, 0.5);
  background.sureness.emplace();
  background.sureness_per_class = {Sureness{0.2, 0.8, 0}, Sureness{0.7, 0.3, 0}};
  const PartsFigures with_background{{Part::val, figures(1, 1)}, {Part::background, background}};
  const std::vector<RunRecord> runs{run("baseline", 20, 25, with_background),
                                    run("camloss", 20, 25, with_background)};
  const CentralMarks marks{std::nullopt, Mark{0.5, 0.5, 0.01}};
  const auto input = verdict_input(runs, {"a", "b"}, std::nullopt, marks);
  REQUIRE(input);
  REQUIRE(input->baseline.still_says);
  CHECK(*input->baseline.still_says == Approx(0.45));
  CHECK(input->has_mark == std::array{false, true});
}
