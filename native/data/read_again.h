// Pictures of a loaded data set read once more, whole: what their tensors no longer hold.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "native/data/dataset.h"
#include "shared/picture/image.h"

namespace camloss::train {

/// Called with the position in the list, the picture, and its mask picture where there is one (null
/// otherwise). On any thread, several at once.
using PictureReader = std::function<void(std::size_t, const Image&, const Image*)>;

/// Reads samples again from where the data set came from: folder, archive, or the scenes drawn
/// anew. What cannot be read any more is left out without a word, as are data sets made in memory.
/// @param samples  indices into data.samples
/// Throws UserError: the source itself is gone.
void read_again(const Dataset& data, std::span<const std::size_t> samples, int threads,
                const PictureReader& body);

}  // namespace camloss::train
