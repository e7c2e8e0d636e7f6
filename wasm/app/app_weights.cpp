// Weights in: the shipped pairs, own files, and the link that names what is shown.
#include <algorithm>
#include <cctype>
#include <cstdio>

#include "shared/weights/weights.h"
#include "wasm/app/app.h"
#include "wasm/app/platform.h"

namespace camloss::ui {
namespace {

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

/// Whether a recipe's or file's name speaks of a model trained with a map loss.
bool speaks_of_map_loss(const CheckedWeights& weights, const std::string& name) {
  const std::string& text = weights.info().recipe.empty() ? name : weights.info().recipe;
  if (text.find("baseline") != std::string::npos) return false;
  return text.find("camloss") != std::string::npos || text.find("talk") != std::string::npos;
}

}  // namespace

void App::set_pairs(std::vector<WeightsPair> pairs) {
  state_.pairs = std::move(pairs);
  if (state_.pairs.empty()) {
    if (!state_.slots[0].model && !state_.slots[1].model) {
      message(
          "No weights are shipped with this page — drop a .safetensors or .json weights file to "
          "begin",
          true);
    }
    return;
  }
  for (std::size_t i = 0; i < state_.pairs.size(); ++i) {
    if (state_.pairs[i].name == wanted_weights_) use_pair(static_cast<int>(i));
  }
  follow_photos();
}

void App::follow_photos() {
  if (pair_chosen_ || state_.pairs.empty()) return;
  const bool only_samples = std::all_of(state_.photos.begin(), state_.photos.end(),
                                        [](const Photo& p) { return p.sample.has_value(); });
  const auto suits = [only_samples](const WeightsPair& p) { return p.for_samples == only_samples; };
  const auto found = std::find_if(state_.pairs.begin(), state_.pairs.end(), suits);
  const int index =
      found == state_.pairs.end() ? 0 : static_cast<int>(found - state_.pairs.begin());
  if (index == state_.pair) return;
  if (state_.pair >= 0 && !only_samples) {
    show_banner("From now on the weights “" + state_.pairs[static_cast<std::size_t>(index)].name +
                    "” judge; those of the drawn samples stay in the menu.",
                false);
  }
  load_pair(index);
}

void App::use_pair(int index) {
  if (index < 0 || index >= static_cast<int>(state_.pairs.size())) return;
  pair_chosen_ = true;
  load_pair(index);
}

void App::load_pair(int index) {
  state_.pair = index;
  const WeightsPair& pair = state_.pairs[static_cast<std::size_t>(index)];
  const std::string* paths[kSlots] = {&pair.baseline, &pair.camloss};
  constexpr std::string_view kRoles[kSlots] = {"Baseline", "CAMLoss"};
  for (int slot = 0; slot < kSlots; ++slot) {
    ModelSlot& m = state_.slots[static_cast<std::size_t>(slot)];
    m.model.reset();
    m.own = false;
    m.role = kRoles[slot];
    m.path = *paths[slot];
    m.progress.reset();
    clear_results(slot);
    if (m.path.empty()) continue;
    m.progress = 0.0F;
    platform::load_weights(slot, m.path);
  }
  view_changed();
}

void App::weights_progress(int slot, float share) {
  state_.slots[static_cast<std::size_t>(slot)].progress = share;
}

void App::weights_arrived(int slot, std::string path, std::span<const std::uint8_t> bytes) {
  ModelSlot& m = state_.slots[static_cast<std::size_t>(slot)];
  if (m.path != path) return;  // another pair was chosen meanwhile
  auto weights = read_weights(bytes, path, Halves::left);
  if (!weights) {
    weights_failed(slot, path, weights.error().reason());
    return;
  }
  install(slot, std::move(path), *weights, false);
}

void App::weights_failed(int slot, std::string_view path, std::string_view reason) {
  ModelSlot& m = state_.slots[static_cast<std::size_t>(slot)];
  if (m.path != path) return;
  m.progress.reset();
  message(std::string(path) + ": " + std::string(reason), true);
}

void App::clear_results(int slot) {
  for (Photo& photo : state_.photos) photo.results[static_cast<std::size_t>(slot)].reset();
  state_.probe.results[static_cast<std::size_t>(slot)].reset();
  state_.probe.changed = true;
  state_.table.cell.reset();
}

void App::install(int slot, std::string path, const CheckedWeights& weights, bool own) {
  ModelSlot& m = state_.slots[static_cast<std::size_t>(slot)];
  m.progress.reset();
  m.model.emplace(weights);
  m.path = std::move(path);
  m.own = own;
  ++m.generation;
  clear_results(slot);
  for (Photo& photo : state_.photos) photo.asked_again = false;
  refresh_sample_inputs();
  view_changed();
}

void App::own_weights(std::vector<OwnFile> files) {
  struct Loaded {
    std::string name;
    CheckedWeights weights;
  };
  std::vector<Loaded> loaded;
  for (OwnFile& file : files) {
    auto weights = read_weights(file.bytes, file.name, Halves::left);
    if (!weights) {
      message(weights.error().message(), true);
    } else {
      loaded.push_back({std::move(file.name), std::move(*weights)});
    }
  }
  if (loaded.empty()) return;
  if (loaded.size() > kSlots) {
    message("Two weights files are compared at a time — " + loaded[2].name +
                " and what followed was left out",
            true);
    loaded.erase(loaded.begin() + kSlots, loaded.end());
  }
  if (loaded.size() == kSlots &&
      loaded[0].weights.info().classes != loaded[1].weights.info().classes) {
    message(loaded[1].name + " knows other classes than " + loaded[0].name +
                " — only models of the same two classes "
                "can be compared",
            true);
    loaded.pop_back();
  }
  if (loaded.size() == kSlots && speaks_of_map_loss(loaded[0].weights, loaded[0].name) &&
      !speaks_of_map_loss(loaded[1].weights, loaded[1].name)) {
    std::swap(loaded[0], loaded[1]);
  }
  int slot =
      loaded.size() == kSlots || !speaks_of_map_loss(loaded[0].weights, loaded[0].name) ? 0 : 1;
  if (loaded.size() == 1) {
    ModelSlot& other = state_.slots[static_cast<std::size_t>(1 - slot)];
    if (other.model && other.model->info().classes != loaded[0].weights.info().classes) {
      other.model.reset();
      other.path.clear();
      clear_results(1 - slot);
    }
  }
  state_.pair = -1;
  pair_chosen_ = true;
  for (Loaded& l : loaded) install(slot++, std::move(l.name), l.weights, true);
}

void App::apply_link(std::string_view link) {
  while (!link.empty()) {
    const std::size_t end = std::min(link.find('&'), link.size());
    const std::string_view part = link.substr(0, end);
    link.remove_prefix(std::min(end + 1, link.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = part.substr(0, equals);
    const std::string value = decoded(part.substr(equals + 1));
    if (key == "sample") wanted_sample_ = value;
    if (key == "weights") wanted_weights_ = value;
    if (key == "method") {
      if (auto method = method_from_name(value); method && *method != Method::none)
        state_.view.method = *method;
    }
    if (key == "page") {
      for (std::size_t i = 0; i < std::size(kPageNames); ++i) {
        if (value == kPageNames[i]) state_.view.page = static_cast<Page>(i);
      }
    }
  }
}

void App::write_link() {
  link_dirty_ = false;
  std::string link;
  const auto add = [&link](std::string_view key, std::string_view value) {
    link += (link.empty() ? "" : "&") + std::string(key) + "=" + encoded(value);
  };
  if (const Photo* photo = selected(); photo != nullptr && photo->sample && !choose_telling_)
    add("sample", photo->name);
  if (state_.view.method) add("method", to_string(*state_.view.method));
  if (state_.pair >= 0 && pair_chosen_)
    add("weights", state_.pairs[static_cast<std::size_t>(state_.pair)].name);
  if (state_.view.page != Page::compare)
    add("page", kPageNames[static_cast<std::size_t>(state_.view.page)]);
  platform::set_link(link);
}

}  // namespace camloss::ui
