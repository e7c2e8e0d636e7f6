// Edges that the pictures of a class share.
#include "native/data/marks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "shared/maps/kernel.h"

namespace camloss::train {
namespace {

constexpr std::size_t kFewest = 10;  // pictures of a class
constexpr std::size_t kMost = 400;   // of a class that are looked at, evenly spread
/// Of the mean gradient's squared length to the gradients' mean squared length, at one pixel: 1 where all pictures
/// have the same edge there, p where the share p of them has it and the others none, as of a subject that moves.
constexpr double kCoherent = 0.6;
constexpr double kStrong = 6;          // mean gradient, levels a pixel
constexpr double kCentral = 0.3;       // centre weight, 1 − K
constexpr double kShared = 0.5;        // of the gradient, that the other class has as well
constexpr double kLeastEdges = 0.002;  // share of the picture
constexpr int kLeastPixels = 8;

/// Sums over the pictures of a class, (channel, pixel).
struct Edges {
  std::vector<double> x, y, squared;
  double pictures = 0;
};

void add(Edges& edges, const Sample& sample, std::size_t side) {
  ++edges.pictures;
  const std::vector<float> rgb = sample.rgb();
  for (std::size_t i = side; i + side < rgb.size(); ++i) {
    const auto x = static_cast<double>(rgb[i + 1] - rgb[i - 1]) / 2;
    const auto y = static_cast<double>(rgb[i + side] - rgb[i - side]) / 2;
    edges.x[i] += x;
    edges.y[i] += y;
    edges.squared[i] += x * x + y * y;
  }
}

/// Outside the middle, at the pictures' own edges, the sums mean nothing.
Edges edges_of(const Dataset& data, int label) {
  std::vector<const Sample*> usual;
  for (std::size_t k = 0; k < data.samples.size() - data.made; ++k) {
    const Sample& sample = data.samples[k];
    const bool is_usual = sample.part == Part::train || sample.part == Part::val;
    if (sample.label == label && is_usual) usual.push_back(&sample);
  }
  const auto side = static_cast<std::size_t>(data.input_size);
  const std::size_t values = 3 * side * side;
  Edges edges{std::vector<double>(values), std::vector<double>(values), std::vector<double>(values),
              0};
  const std::size_t count = std::min(usual.size(), kMost);
  for (std::size_t k = 0; k < count; ++k) add(edges, *usual[k * usual.size() / count], side);
  return edges;
}

/// Whether nearly all pictures of a class have an edge at a pixel that those of the other have not.
bool is_marked(const Edges& own, const Edges& other, std::size_t i) {
  const double x = own.x[i] / own.pictures, y = own.y[i] / own.pictures;
  const double length = std::hypot(x, y);
  if (length < kStrong || length * length * own.pictures < kCoherent * own.squared[i]) return false;
  const double along = (x * other.x[i] + y * other.y[i]) / other.pictures;
  return along < kShared * length * length;
}

std::optional<Mark> mark_of(const Edges& own, const Edges& other, int side) {
  Mark mark;
  int pixels = 0;
  const std::size_t plane = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      if (1 - inverted_gaussian_at(row, column, side) < kCentral) continue;
      const std::size_t i = static_cast<std::size_t>(row * side + column);
      if (!is_marked(own, other, i) && !is_marked(own, other, plane + i) &&
          !is_marked(own, other, 2 * plane + i)) {
        continue;
      }
      ++pixels;
      mark.x += (column + 0.5) / side;
      mark.y += (row + 0.5) / side;
    }
  }
  mark.edges = pixels / static_cast<double>(plane);
  if (pixels < kLeastPixels || mark.edges < kLeastEdges) return std::nullopt;
  mark.x /= pixels;
  mark.y /= pixels;
  return mark;
}

}  // namespace

CentralMarks central_marks(const Dataset& data) {
  const Edges first = edges_of(data, 0), second = edges_of(data, 1);
  if (std::min(first.pictures, second.pictures) < kFewest) return {};
  return {mark_of(first, second, data.input_size), mark_of(second, first, data.input_size)};
}

}  // namespace camloss::train
