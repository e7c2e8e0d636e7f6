// Names of the link's parts, and percent-coding.
#include "wasm/app/link.h"

#include <cctype>
#include <cmath>
#include <cstdio>

namespace camloss::ui {
namespace {

constexpr std::string_view kHiddenNames[] = {"nothing", "subject", "background"};  // by Hidden
constexpr std::string_view kDrawnNames[] = {"predicted", "class0", "class1", "signed"};
constexpr std::string_view kPageNames[] = {"compare", "split", "probe", "photos"};

std::string encoded(std::string_view s) {
  std::string out;
  for (const char c : s) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 || c == '-' || c == '_' || c == '.' || c == '~' || c == '+') {
      out += c;
    } else {
      char buffer[4];
      std::snprintf(buffer, sizeof buffer, "%%%02X", static_cast<unsigned>(u));
      out += buffer;
    }
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decoded(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%' && i + 2 < s.size() && hex_digit(s[i + 1]) >= 0 && hex_digit(s[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(s[i + 1]) * 16 + hex_digit(s[i + 2]));
      i += 2;
    } else {
      out += s[i];
    }
  }
  return out;
}

/// The index of a name in a list.
template <std::size_t N>
std::optional<std::size_t> find_name(const std::string_view (&names)[N], std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

/// A whole number of percent between `low` and `high` as a share.
std::optional<float> share_of(std::string_view text, int low, int high) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (value < low || value > high) return std::nullopt;
  return static_cast<float>(value) / 100.0F;
}

}  // namespace

std::string_view hidden_name(Hidden hidden) {
  return kHiddenNames[static_cast<std::size_t>(hidden)];
}

std::string encode_link(const Link& link) {
  std::string out;
  const auto add = [&out](std::string_view key, std::string_view value) {
    out += (out.empty() ? "" : "&") + std::string(key) + "=" + encoded(value);
  };
  const ViewOptions& view = link.view;
  if (!link.sample.empty()) add("sample", link.sample);
  if (view.method) add("method", to_string(*view.method));
  if (!link.weights.empty()) add("weights", link.weights);
  if (view.page != Page::compare) add("page", kPageNames[static_cast<std::size_t>(view.page)]);
  const ViewOptions usual;
  const auto whole = [](float share) { return std::to_string(std::lround(share * 100)); };
  const auto name = [](const auto& names, auto value) {
    return names[static_cast<std::size_t>(value)];
  };
  if (view.hidden != usual.hidden) add("hide", hidden_name(view.hidden));
  if (view.drawn != usual.drawn) add("evidence", name(kDrawnNames, view.drawn));
  if (view.colours != usual.colours) add("colours", to_string(view.colours));
  if (view.common_scale) add("scale", "same");
  if (view.contour) add("outline", "1");
  if (view.kernel) add("centre", "1");
  if (view.opacity != usual.opacity) add("opacity", whole(view.opacity));
  if (view.sure_from != usual.sure_from) add("sure", whole(view.sure_from));
  return out;
}

Link decode_link(std::string_view text) {
  Link link;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = part.substr(0, equals);
    const std::string value = decoded(part.substr(equals + 1));
    if (key == "sample") link.sample = value;
    if (key == "weights") link.weights = value;
    if (key == "method") {
      if (auto method = method_from_name(value); method && *method != Method::none)
        link.view.method = *method;
    }
    if (key == "page") {
      if (const auto i = find_name(kPageNames, value)) link.view.page = static_cast<Page>(*i);
    }
    if (key == "hide") {
      if (const auto i = find_name(kHiddenNames, value)) link.view.hidden = static_cast<Hidden>(*i);
    }
    if (key == "evidence") {
      if (const auto i = find_name(kDrawnNames, value)) link.view.drawn = static_cast<Drawn>(*i);
    }
    if (key == "colours") {
      if (const auto map = colormap_from_name(value)) link.view.colours = *map;
    }
    if (key == "scale") link.view.common_scale = value == "same";
    if (key == "outline") link.view.contour = value == "1";
    if (key == "centre") link.view.kernel = value == "1";
    if (key == "opacity") link.view.opacity = share_of(value, 0, 100).value_or(link.view.opacity);
    if (key == "sure")
      link.view.sure_from =
          share_of(value, kLeastSureFrom, kMostSureFrom).value_or(link.view.sure_from);
  }
  return link;
}

}  // namespace camloss::ui
