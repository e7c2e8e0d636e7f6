// Line charts as SVG text, coloured by the page that holds them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camloss::train {

/// Text for HTML and SVG, in content and in double-quoted attributes: & < > " ' become entities,
/// bytes that are no UTF-8 and control characters become U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

/// A line of a chart: one value an epoch, from epoch 1; a gap where there is none.
struct ChartLine {
  std::size_t colour = 0;  // the class c0, c1, … of the stroke
  bool strong = true;      // false: thin and pale (one of several seeds)
  std::string name;        // of its tooltip
  std::vector<std::optional<double>> values;
};

struct Chart {
  std::string title;
  std::string subtitle;             // e.g. which direction is better
  std::vector<ChartLine> lines;     // later ones are drawn above
  bool is_share = false;            // values in [0, 1]: the axis ends there
  std::optional<double> reference;  // dashed horizontal line
  std::string reference_name;
};

/// Whether any line has a finite value.
[[nodiscard]] bool has_values(const Chart& chart);

/// Steps of an axis: 1, 2 or 5 times a power of ten, about `count` of them; first ≤ low, last ≥
/// high.
[[nodiscard]] std::vector<double> axis_steps(double low, double high, int count);

/// The chart as an <svg> element with a viewBox and no size of its own.
[[nodiscard]] std::string chart_svg(const Chart& chart);

}  // namespace camloss::train
