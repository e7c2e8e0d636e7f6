// The part of the address that names what is shown: "sample=…&method=…".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wasm/app/app_state.h"

namespace camloss::ui {

/// What a link names. Nothing of the user's own photos is in it.
struct Link {
  std::string sample, weights;  // names; empty: not said
  ViewOptions view;
  bool operator==(const Link&) const = default;
};

/// "nothing", "subject" or "background"
[[nodiscard]] std::string_view hidden_name(Hidden hidden);
/// Only what differs from a fresh page is written.
[[nodiscard]] std::string encode_link(const Link& link);
/// Takes up what is known; everything else, and values that are not valid, are passed over.
[[nodiscard]] Link decode_link(std::string_view text);

}  // namespace camloss::ui
