// The door to the two readers of weights files, and what a cell of a model sees.
#include "shared/weights/weights.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/weights/weights_format.h"

namespace camloss {
namespace {

using format::joined;

/// Little-endian length in front of a safetensors header; 0 for a file too short to have one.
std::uint64_t leading_length(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 8) return 0;
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = (length << 8) | bytes[i];
  return length;
}

bool starts_with(std::span<const std::uint8_t> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](char c, std::uint8_t b) { return static_cast<std::uint8_t>(c) == b; });
}

/// What a file that is no weights file seems to be.
Error not_weights(std::span<const std::uint8_t> bytes) {
  if (starts_with(bytes, "PK")) {
    return {"this is a zip archive, perhaps a PyTorch checkpoint",
            "save the state_dict as safetensors"};
  }
  if (starts_with(bytes, "version https://git-lfs")) {
    return {"this is a pointer to a file in Git LFS", "fetch the file itself with `git lfs pull`"};
  }
  if (starts_with(bytes, "<")) {
    return {"this is an HTML or XML page", "the download may have failed; open the link again"};
  }
  return {"this is neither a safetensors nor a JSON weights file",
          "give a .safetensors or .json file written by the trainer"};
}

Result<Weights> read_any(std::span<const std::uint8_t> bytes, Large large) {
  if (bytes.empty()) return Error{"the file is empty", "it may not have been written to the end"};
  if (bytes.size() > kMaxWeightsBytes) {
    return Error{joined({"the file has ", std::to_string(bytes.size()), " bytes"}),
                 "weights files of more than 1 GiB are not read"};
  }
  // Taken for a length, eight bytes of text are far beyond any file: the top one is printable.
  const std::uint64_t length = leading_length(bytes);
  const bool is_text = bytes.size() < 8 || length > kMaxWeightsBytes;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const auto first = text.find_first_not_of(" \t\r\n");
  if (is_text && first != text.npos && (text[first] == '{' || text[first] == '[')) {
    return format::read_weights_json(text);
  }
  const bool has_header = bytes.size() > 8 && bytes[8] == '{';
  if (has_header || (length > 0 && !is_text)) return format::read_safetensors(bytes, large);
  return not_weights(bytes);
}

}  // namespace

int receptive_field(const ModelInfo& info) noexcept {
  return 16 + 8 * info.context_dilation * (info.context_size - 1);
}

PixelSquare seen_by_cell(const ModelInfo& info, int row, int column) noexcept {
  const int reach = 8 * info.context_dilation * (info.context_size / 2);
  const auto begin = [&](int cell) { return std::max(8 * cell - reach, 0); };
  const auto end = [&](int cell) { return std::min(8 * cell + 16 + reach, info.input_size); };
  return {begin(row), begin(column), end(row), end(column)};
}

Result<CheckedWeights> read_weights(std::span<const std::uint8_t> bytes, std::string_view name,
                                    Large large) {
  Result<Weights> weights = read_any(bytes, large);
  Status status = weights ? format::check_numbers(*weights) : weights.error();
  if (status) return WeightsCheck::passed(*std::move(weights));
  Error error = status.error();
  error.subject = name;
  return error;
}

}  // namespace camloss
