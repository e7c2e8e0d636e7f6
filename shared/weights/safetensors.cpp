// The safetensors format (huggingface.co/docs/safetensors): an 8-byte little-endian length, a JSON
// header of names, types, shapes and offsets, and the raw tensors.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "shared/base/bits.h"
#include "shared/base/half.h"
#include "shared/base/json_text.h"
#include "shared/weights/weights_format.h"

namespace camloss::format {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr float kLargestHalf = 65504.0F;

Error damaged(std::initializer_list<std::string_view> what) {
  return {joined(what), "the file is damaged or was not written to the end"};
}

/// Bytes of a value of a type that may occur; 0 for any other.
std::size_t value_bytes(std::string_view dtype) {
  if (dtype == "F32") return 4;
  return dtype == "F16" ? 2 : 0;
}

/// Number of values of a shape; null where it is more than any weights file can need.
std::optional<std::size_t> value_count(const Shape& shape) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) {
    // Each extent is at most kMaxValues (the table's reader sees to it): no overflow in 64 bits.
    const std::uint64_t product = std::uint64_t{count} * static_cast<std::uint64_t>(extent);
    if (product > kMaxValues) return std::nullopt;
    count = static_cast<std::size_t>(product);
  }
  return count;
}

/// Checks one entry of the header against the size of the data.
Status check_entry(const StoredTensor& tensor, std::size_t data_bytes) {
  const std::string name = tensor_called(tensor.name);
  for (const auto& [field, is_there] :
       {std::pair{"dtype", tensor.dtype.has_value()}, std::pair{"shape", tensor.shape.has_value()},
        std::pair{"data_offsets", tensor.offsets.has_value()}}) {
    if (!is_there) return damaged({name, " has no ", field, " in the header"});
  }
  if (tensor.extents) return damaged({name, " has its values in the header"});

  std::size_t bytes_each = value_bytes(*tensor.dtype);
  if (is_batch_counter(tensor.name) && *tensor.dtype == "I64") bytes_each = 8;
  if (bytes_each == 0) {
    return Error{joined({name, " has the type ", shown(*tensor.dtype)}),
                 "only F32 and F16 are read; convert it, in PyTorch with tensor.float()"};
  }
  const auto [begin, end] = *tensor.offsets;
  if (begin > end || end > data_bytes) {
    return damaged({name, " has the offsets ", std::to_string(begin), " to ", std::to_string(end),
                    ", and the file has ", std::to_string(data_bytes), " bytes of data"});
  }
  const auto count = value_count(*tensor.shape);
  if (!count) {
    return Error{joined({name, " has the shape ", shape_text(*tensor.shape)}),
                 "no tensor of the architecture is that large"};
  }
  if (end - begin != std::uint64_t{*count} * bytes_each) {
    return damaged({name, " has ", std::to_string(end - begin), " bytes, and ", *tensor.dtype, " ",
                    shape_text(*tensor.shape), " needs ",
                    std::to_string(std::uint64_t{*count} * bytes_each)});
  }
  return ok();
}

/// The data must be covered by the tensors without overlap or hole.
Status check_layout(const StoredFile& file, std::size_t data_bytes) {
  std::vector<const StoredTensor*> by_offset;
  for (const StoredTensor& tensor : file.tensors) by_offset.push_back(&tensor);
  std::sort(by_offset.begin(), by_offset.end(),
            [](const StoredTensor* a, const StoredTensor* b) { return *a->offsets < *b->offsets; });
  std::uint64_t expected = 0;
  for (const StoredTensor* tensor : by_offset) {
    const auto [begin, end] = *tensor->offsets;
    const std::string name = tensor_called(tensor->name);
    if (begin < expected) return damaged({name, " overlaps the tensor before it"});
    if (begin > expected) {
      return damaged(
          {"there is a hole of ", std::to_string(begin - expected), " bytes before ", name});
    }
    expected = end;
  }
  if (expected != data_bytes) {
    return damaged(
        {"the last ", std::to_string(data_bytes - expected), " bytes of data belong to no tensor"});
  }
  return ok();
}

/// An unsigned number of the file, least significant byte first; compilers make one load of it.
template <class Unsigned>
[[gnu::always_inline]] inline Unsigned load(const std::uint8_t* bytes) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    value = static_cast<Unsigned>(value | static_cast<Unsigned>(bytes[i]) << 8 * i);
  }
  return value;
}

template <class Unsigned>
void store(Unsigned value, std::uint8_t* bytes) {
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    bytes[i] = static_cast<std::uint8_t>(value >> 8 * i);
  }
}

[[gnu::noinline]] void widen_halves(const std::uint8_t* from, std::size_t count, float* to) {
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = float_from_half(load<std::uint16_t>(from + 2 * i));
  }
}

std::vector<float> widen(std::span<const std::uint8_t> bytes, std::size_t bytes_each) {
  static_assert(std::endian::native == std::endian::little,
                "singles are read as the file has them");
  constexpr std::size_t kBlock = 8192;
  std::vector<float> values(bytes.size() / bytes_each);
  if (bytes_each == 4) {
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  // In blocks, so that an engine that compiles a function better after some calls gets the chance.
  for (std::size_t first = 0; first < values.size(); first += kBlock) {
    widen_halves(bytes.data() + first * bytes_each, std::min(kBlock, values.size() - first),
                 values.data() + first);
  }
  return values;
}

}  // namespace

Result<Weights> read_safetensors(std::span<const std::uint8_t> bytes, Large large) {
  const auto header_bytes = load<std::uint64_t>(bytes.data());
  if (header_bytes > kMaxHeaderBytes) {
    return Error{joined({"the header has ", std::to_string(header_bytes), " bytes"}),
                 "a safetensors header of more than 1 MiB is not read; is this a weights file?"};
  }
  const auto after_length = bytes.subspan(kLengthBytes);
  if (header_bytes > after_length.size()) {
    return damaged({"the header of ", std::to_string(header_bytes),
                    " bytes reaches past the end of the file of ", std::to_string(bytes.size()),
                    " bytes"});
  }
  const auto header = after_length.first(static_cast<std::size_t>(header_bytes));
  const auto data = after_length.subspan(header.size());
  if (header.empty() || header.front() != '{') {
    return Error{"the header does not begin with a brace",
                 "this is neither a safetensors nor a JSON weights file"};
  }

  auto file = parse_stored_file({reinterpret_cast<const char*>(header.data()), header.size()});
  if (!file) return file.error();
  for (const StoredTensor& tensor : file->tensors) {
    const Status status = check_entry(tensor, data.size());
    if (status) continue;
    // Another network has types that ours has not, which is the lesser news.
    const Status kin = check_kin(*file);
    return kin ? status.error() : kin.error();
  }
  if (const Status status = check_layout(*file, data.size()); !status) return status.error();
  auto info = check_architecture(*file);
  if (!info) return info.error();

  Weights weights{std::move(*info), {}};
  for (StoredTensor& tensor : file->tensors) {
    const auto begin = static_cast<std::size_t>((*tensor.offsets)[0]);
    const auto stored = data.subspan(begin, static_cast<std::size_t>((*tensor.offsets)[1]) - begin);
    NamedTensor read{std::move(*tensor.shape), {}, {}, value_bytes(*tensor.dtype)};
    if (large == Large::left && weights.info.head == Head::dense && tensor.name == "fc0.weight") {
      read.stored = stored;
    } else {
      read.values = widen(stored, std::exchange(read.stored_bytes, 0));
    }
    weights.tensors.emplace(std::move(tensor.name), std::move(read));
  }
  return weights;
}

}  // namespace camloss::format

namespace camloss {

float stored_value(const NamedTensor& tensor, std::size_t index) noexcept {
  const std::uint8_t* const at = tensor.stored.data() + index * tensor.stored_bytes;
  return tensor.stored_bytes == 2 ? float_from_half(format::load<std::uint16_t>(at))
                                  : float_of_bits(format::load<std::uint32_t>(at));
}

bool fits_half(const NamedTensor& tensor) noexcept {
  return std::all_of(tensor.values.begin(), tensor.values.end(),
                     [](float value) { return std::abs(value) <= format::kLargestHalf; });
}

Result<std::vector<std::uint8_t>> write_safetensors(const CheckedWeights& checked, DType dtype) {
  const Weights& weights = checked.get();
  if (const Status status = format::check_writable(weights); !status) return status.error();

  struct Entry {
    const std::string* name;
    const NamedTensor* tensor;
    std::size_t bytes_each;
  };
  std::vector<Entry> entries;
  for (const auto& [name, tensor] : weights.tensors) {
    const bool is_half = dtype == DType::f16 && fits_half(tensor);
    entries.push_back({&name, &tensor, is_half ? std::size_t{2} : std::size_t{4}});
  }
  // Wide values first, as the format's own library does: every tensor is then aligned.
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.bytes_each > b.bytes_each; });

  std::string header = "{\"__metadata__\":{";
  for (const auto& [key, text] : format::metadata_of(weights.info)) {
    if (header.back() != '{') header += ',';
    header += format::joined({quoted_json(key), ":", quoted_json(text)});
  }
  header += '}';
  std::size_t offset = 0;
  for (const Entry& entry : entries) {
    const std::size_t end = offset + entry.tensor->values.size() * entry.bytes_each;
    std::string shape = format::shape_text(entry.tensor->shape);
    std::erase(shape, ' ');
    header += format::joined({",\"", *entry.name, "\":{\"dtype\":\"",
                              entry.bytes_each == 2 ? "F16" : "F32", "\",\"shape\":", shape,
                              ",\"data_offsets\":[", std::to_string(offset), ",",
                              std::to_string(end), "]}"});
    offset = end;
  }
  header += '}';
  header.resize((header.size() + 7) / 8 * 8, ' ');  // the data begins at a multiple of 8
  if (header.size() > kMaxHeaderBytes) {
    return Error{
        format::joined({"the metadata is longer than ", std::to_string(kMaxHeaderBytes), " bytes"}),
        "shorten the metrics or the description"};
  }

  std::vector<std::uint8_t> bytes(format::kLengthBytes + header.size() + offset);
  std::uint8_t* at = bytes.data();
  format::store(std::uint64_t{header.size()}, at);
  at = std::copy(header.begin(), header.end(), at + format::kLengthBytes);
  for (const Entry& entry : entries) {
    for (const float value : entry.tensor->values) {
      if (entry.bytes_each == 2) {
        format::store(half_from_float(value), at);
      } else {
        format::store(bits_of(value), at);
      }
      at += entry.bytes_each;
    }
  }
  return bytes;
}

}  // namespace camloss
