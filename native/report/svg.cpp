// Layout of the charts.
#include "native/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace camloss::train {
namespace {

// Of the drawing, in units of its viewBox.
constexpr double kWidth = 400, kHeight = 260;
constexpr double kMarginLeft = 46, kMarginRight = 12, kMarginTop = 48, kMarginBottom = 34;

/// Length of the UTF-8 sequence that starts here, 0 where none does (overlong forms and surrogates
/// included).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned second = byte(1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return length;
}

/// Linear map of a range onto the drawing.
struct Scale {
  double low, high, from, to;
  [[nodiscard]] double operator()(double value) const {
    return from + (value - low) / (high - low) * (to - from);
  }
};

/// Digits after the point that tell neighbouring steps apart.
int decimals_of(double step) {
  return std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
}

std::string polyline(const ChartLine& line, const Scale& x, const Scale& y) {
  std::string text;
  std::vector<std::pair<double, double>> points;
  const auto flush = [&] {
    if (points.empty()) return;
    const std::string style = fmt::format("c{}{}", line.colour, line.strong ? " strong" : " pale");
    if (points.size() == 1) {
      text += fmt::format("<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>", style,
                          points.front().first, points.front().second);
    } else {
      text += fmt::format("<polyline class=\"line {}\" points=\"", style);
      for (const auto& [px, py] : points) text += fmt::format("{:.1f},{:.1f} ", px, py);
      text.back() = '"';
      text += "/>";
    }
    points.clear();
  };
  for (std::size_t i = 0; i < line.values.size(); ++i) {
    if (line.values[i] && std::isfinite(*line.values[i])) {
      points.emplace_back(x(static_cast<double>(i + 1)), y(*line.values[i]));
    } else {
      flush();
    }
  }
  flush();
  return text;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text, i);
    const auto c = static_cast<unsigned char>(text[i]);
    if (length == 0 || (length == 1 && (c < 0x20 || c == 0x7F) && c != '\n' && c != '\t')) {
      result += "\xEF\xBF\xBD";
    } else if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else if (c == '\'') {
      result += "&#39;";
    } else {
      result += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return result;
}

bool has_values(const Chart& chart) {
  return std::ranges::any_of(chart.lines, [](const ChartLine& line) {
    return std::ranges::any_of(line.values,
                               [](const auto& value) { return value && std::isfinite(*value); });
  });
}

std::vector<double> axis_steps(double low, double high, int count) {
  if (!(high > low)) {
    const double around = std::max(std::abs(low), 1.0) * 0.5;
    low -= around;
    high += around;
  }
  const double raw = (high - low) / std::max(count, 1);
  const double power = std::pow(10, std::floor(std::log10(raw)));
  const double share = raw / power;
  const double step = power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
  // A hair's breadth of tolerance, so that 0.30000000000000004 does not ask for a step of its own.
  const long first = std::lround(std::floor(low / step + 1e-9));
  const long last = std::lround(std::ceil(high / step - 1e-9));
  std::vector<double> steps;
  for (long i = first; i <= last; ++i) steps.push_back(static_cast<double>(i) * step);
  return steps;
}

std::string chart_svg(const Chart& chart) {
  std::size_t epochs = 1;
  double low = INFINITY, high = -INFINITY;
  for (const ChartLine& line : chart.lines) {
    epochs = std::max(epochs, line.values.size());
    for (const auto& value : line.values) {
      if (!value || !std::isfinite(*value)) continue;
      low = std::min(low, *value);
      high = std::max(high, *value);
    }
  }
  if (low > high) return {};
  if (chart.reference) {
    low = std::min(low, *chart.reference);
    high = std::max(high, *chart.reference);
  }
  std::vector<double> steps = axis_steps(low, high, 5);
  if (chart.is_share) {
    std::erase_if(steps, [](double value) { return value < -1e-9 || value > 1 + 1e-9; });
    if (steps.size() < 2) steps = {0, 0.5, 1};
  }
  const Scale y{steps.front(), steps.back(), kHeight - kMarginBottom, kMarginTop};
  const Scale x{1, static_cast<double>(std::max<std::size_t>(epochs, 2)), kMarginLeft,
                kWidth - kMarginRight};

  std::string svg = fmt::format(
      "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">"
      "<text class=\"title\" x=\"0\" y=\"16\">{}</text><text class=\"subtitle\" x=\"0\" "
      "y=\"33\">{}</text>",
      kWidth, kHeight, escaped(chart.title), escaped(chart.title), escaped(chart.subtitle));
  const int decimals = decimals_of(steps[1] - steps[0]);
  for (const double value : steps) {
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/>"
        "<text class=\"tick\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:.{}f}</text>",
        kMarginLeft, y(value), kWidth - kMarginRight, y(value), kMarginLeft - 7, y(value) + 4,
        value + 0.0, decimals);
  }
  for (const double value :
       axis_steps(1, static_cast<double>(std::max<std::size_t>(epochs, 2)), 6)) {
    const double epoch = std::max(value, 1.0);  // the axis begins with epoch 1, not 0
    if (epoch > x.high + 1e-9 || epoch != std::floor(epoch)) continue;
    svg += fmt::format(
        "<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.0f}</text>", x(epoch),
        kHeight - kMarginBottom + 17, epoch);
  }
  svg += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\">epoch</text>",
                     kWidth - kMarginRight, kHeight - 3);
  if (chart.reference) {
    svg +=
        fmt::format("<line class=\"reference\" x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/>",
                    kMarginLeft, y(*chart.reference), kWidth - kMarginRight, y(*chart.reference));
  }
  for (const ChartLine& line : chart.lines) {
    svg += fmt::format("<g><title>{}</title>{}</g>", escaped(line.name), polyline(line, x, y));
  }
  if (chart.reference) {
    // Above the lines, with a rim of the page's colour, so that it can be read where they cross it.
    svg += fmt::format(
        "<text class=\"tick rimmed\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
        kWidth - kMarginRight, y(*chart.reference) - 5, escaped(chart.reference_name));
  }
  return svg + "</svg>";
}

}  // namespace camloss::train
