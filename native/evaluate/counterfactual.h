// Counterfactual pictures: the same subject before another background, the same background without
// its subject. What a model says of them shows which of the two it goes by.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "native/data/cutout.h"
#include "native/data/dataset.h"

namespace camloss::train {

/// Subjects of a class: how many pictures were searched, and in how many one was found.
struct CutOutCount {
  std::size_t pictures = 0, found = 0;
  /// Mean centre weight of those found (cutout.h); given masks may lie anywhere. Nothing: not on record.
  std::optional<double> centre = std::nullopt;
};

/// At most so many pictures of a class are cut out, evenly spread over the names.
inline constexpr std::size_t kMostCutOuts = 60;
/// Each subject stands before so many backgrounds of the other class.
inline constexpr std::size_t kBackgroundsEach = 3;
/// With fewer subjects of a class the figures say little.
inline constexpr std::size_t kFewCutOuts = 10;

/// A counterfactual picture.
struct MadePicture {
  Part part = Part::swapped;          // or background
  int label = 0;                      // class of the subject that is (or was) in it
  std::string name;                   // "swapped/orca/val-orca-007.png-2.png"
  Image picture;                      // RGB, kCutOutSide square
  const SubjectMask* mask = nullptr;  // of the subject in it; null without one
};

/// Counterfactual pictures as samples of a network's input size.
struct MadeParts {
  std::vector<Sample> samples;  // parts swapped and background; empty where no subject was found
  std::array<CutOutCount, 2> cut_outs{};  // (class)
  [[nodiscard]] std::vector<const Sample*> part(Part which) const;
};

/// Makes them, and keeps the cut-outs so that other seeds and input sizes need not search again.
///
/// Subjects come from the pictures outside train (from all where the data are not divided); of data
/// that bring such parts themselves none are made. *swapped*: each subject before three filled-in
/// backgrounds of the other class, drawn by the data's split seed. *background*: the pictures
/// themselves, the subject filled in. Backgrounds, of both kinds, are usual ones only: of val, and
/// of a shift part chosen by the program where the border does not contradict; of shift where val
/// has none. An unusual background speaks for the other class.
class Counterfactuals {
 public:
  explicit Counterfactuals(int threads) : threads_(threads) {}

  /// The parts of a data set, at its input size.
  /// Throws UserError: the data are gone.
  [[nodiscard]] MadeParts of(const Dataset& data);

  /// Every picture of them by itself, in the order of `of`, on one thread.
  /// @return the cut-outs.
  /// Throws UserError: the data are gone, whatever `body` throws.
  std::array<CutOutCount, 2> each(const Dataset& data,
                                  const std::function<void(const MadePicture&)>& body);

 private:
  struct Subject {
    SubjectSearch search;
    Image framed;  // empty where nothing was found
  };
  /// The usual pictures and the others of one class, indices of samples.
  struct Chosen {
    std::vector<std::size_t> usual, unusual;
  };
  [[nodiscard]] static Chosen choose(const Dataset& data, int label);
  void search(const Dataset& data, const std::vector<std::size_t>& samples);

  int threads_;
  std::map<std::string, Subject> subjects_;  // by the sample's name
};

/// `data` with the made parts' samples behind its own, for readers that show both.
void append_made(Dataset& data, MadeParts made);

/// "cut out: 12 of 20 leopard, 9 of 18 orca — …": how many, and that few say little.
[[nodiscard]] std::string cut_out_text(const std::array<CutOutCount, 2>& cut_outs,
                                       const std::vector<std::string>& classes);

}  // namespace camloss::train
