// Marks that the pictures of one class have in common: a watermark, a stamp, a logo.
#pragma once

#include <array>
#include <optional>

#include "native/data/dataset.h"

namespace camloss::train {

/// Something that lies at the same place in nearly all pictures of a class.
struct Mark {
  double x = 0, y = 0;  // its middle, from the left and the top; shares of the side
  double edges = 0;     // share of the picture's pixels that lie on its edges
};

/// Of each class; nothing where it has none.
using CentralMarks = std::array<std::optional<Mark>, 2>;

/// Marks in the middle of the pictures of a class, where the subject is, that those of the other class do
/// not have. Edges tell them: a pixel counts where nearly all pictures of the class have an edge of the
/// same direction, which subjects that move by a few pixels do not. Pictures of the shift part do not count.
/// @return (class); nothing where there is none, or fewer than ten pictures to tell it from
[[nodiscard]] CentralMarks central_marks(const Dataset& data);

}  // namespace camloss::train
