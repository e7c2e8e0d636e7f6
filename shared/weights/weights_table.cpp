// The JSON text of both formats of weights files, read event by event into a table of tensors.
#include <algorithm>
#include <utility>

#include "shared/base/json_text.h"
#include "shared/weights/weights_format.h"

namespace camloss::format {
namespace {

constexpr std::size_t kMaxRank = 8;

/// The values of a tensor written as nested arrays: takes events, finds the shape.
class NestedArrays {
 public:
  /// The shape once all arrays are closed.
  [[nodiscard]] Shape extents() const {
    return {extents_.begin(), extents_.begin() + static_cast<std::ptrdiff_t>(leaf_depth_)};
  }
  [[nodiscard]] bool is_open() const { return depth_ > 0; }

  /// Each returns what is wrong, or null.
  const char* begin() {
    if (depth_ == kMaxRank) return "is nested deeper than 8 dimensions";
    if (leaf_depth_ != 0 && depth_ >= leaf_depth_) return kMixed;
    if (depth_ > 0) ++counts_[depth_ - 1];
    counts_[depth_++] = 0;
    return nullptr;
  }
  const char* number() {
    if (leaf_depth_ == 0) leaf_depth_ = depth_;
    if (depth_ != leaf_depth_) return kMixed;
    ++counts_[depth_ - 1];
    return nullptr;
  }
  const char* end() {
    const std::size_t level = --depth_;
    if (counts_[level] == 0) return "holds an empty array";
    if (extents_[level] == 0) extents_[level] = counts_[level];
    return extents_[level] == counts_[level] ? nullptr : "has rows of different lengths";
  }

 private:
  static constexpr const char* kMixed = "mixes numbers and arrays on one level";
  std::array<std::int64_t, kMaxRank> counts_{};   // of the open array of each level
  std::array<std::int64_t, kMaxRank> extents_{};  // 0: not yet known
  std::size_t depth_ = 0;
  std::size_t leaf_depth_ = 0;  // level of the numbers; 0: not yet known
};

/// {"__metadata__": {key: text}, name: {"dtype": …, "shape": …, "data_offsets" or "data": …}} or
/// name: nested arrays.
class TableReader final : public JsonEvents {
 public:
  StoredFile file;

  bool begin_object() override {
    if (place_ == Place::outside) return go(Place::table);
    if (place_ == Place::table && in_metadata_) return go(Place::metadata);
    if (place_ == Place::table) return go(Place::tensor);
    return refuse("holds an object where none belongs");
  }

  bool end_object() override {
    if (place_ == Place::table) return go(Place::outside);
    in_metadata_ = false;
    return go(Place::table);
  }

  bool key(std::string& name) override {
    if (place_ == Place::table) return begin_tensor(name);
    if (place_ == Place::metadata) {
      if (file.metadata.contains(name)) return fail({"the metadata has ", quoted(name), " twice"});
      metadata_key_ = name;
      metadata_bytes_ += name.size();
      return true;
    }
    return begin_field(name);
  }

  bool begin_array() override {
    if (place_ == Place::tensor && field_ == "shape") {
      tensor().shape.emplace();
      return go(Place::shape);
    }
    if (place_ == Place::tensor && field_ == "data_offsets") {
      offsets_seen_ = 0;
      tensor().offsets.emplace();
      return go(Place::offsets);
    }
    if (place_ == Place::table && !in_metadata_) {
      field_.clear();
      return begin_values();
    }
    if (place_ == Place::tensor && field_ == "data") return begin_values();
    if (place_ == Place::values) return accept(nested_.begin());
    return refuse("holds an array where none belongs");
  }

  bool end_array() override {
    if (place_ == Place::values) {
      if (!accept(nested_.end())) return false;
      if (nested_.is_open()) return true;
      tensor().extents = nested_.extents();
      return go(field_.empty() ? Place::table : Place::tensor);
    }
    if (place_ == Place::offsets && offsets_seen_ != 2) {
      return refuse("needs two numbers in data_offsets");
    }
    return go(Place::tensor);
  }

  bool string(std::string& text) override {
    if (place_ == Place::metadata) {
      metadata_bytes_ += text.size();
      if (metadata_bytes_ > kMaxHeaderBytes) {
        return fail({"the metadata is longer than ", std::to_string(kMaxHeaderBytes), " bytes"});
      }
      file.metadata.emplace(metadata_key_, text);
      return true;
    }
    if (place_ == Place::tensor && field_ == "dtype") {
      tensor().dtype = text;
      return true;
    }
    return refuse("holds text where none belongs");
  }

  bool integer(std::uint64_t value) override {
    if (place_ == Place::shape) {
      if (tensor().shape->size() == kMaxRank) return refuse("has more than 8 dimensions");
      if (value > kMaxValues) return refuse(joined({"has a dimension of ", std::to_string(value)}));
      tensor().shape->push_back(static_cast<std::int64_t>(value));
      return true;
    }
    if (place_ == Place::offsets) {
      if (offsets_seen_ == 2) return refuse("has more than two numbers in data_offsets");
      (*tensor().offsets)[offsets_seen_++] = value;
      return true;
    }
    return number(static_cast<float>(value));
  }

  bool number(float value) override {
    if (place_ == Place::values) {
      if (!accept(nested_.number())) return false;
      if (++values_seen_ > kMaxValues) {
        return fail({"the file holds more than ", std::to_string(kMaxValues), " numbers"});
      }
      tensor().values.push_back(value);
      return true;
    }
    if (place_ == Place::table && !in_metadata_ && is_batch_counter(tensor().name)) {
      tensor().extents.emplace();  // a scalar
      tensor().values.push_back(value);
      return true;
    }
    if (place_ == Place::shape || place_ == Place::offsets) {
      return refuse("has a shape or offset that is not a whole number from 0 up");
    }
    return refuse("holds a number where none belongs");
  }

  bool literal() override { return refuse("holds null, true or false"); }

 private:
  enum class Place { outside, table, metadata, tensor, shape, offsets, values };

  StoredTensor& tensor() { return file.tensors.back(); }
  static std::string quoted(std::string_view name) { return joined({"\"", shown(name), "\""}); }

  bool go(Place place) {
    place_ = place;
    return true;
  }
  bool fail(std::initializer_list<std::string_view> what) {
    error = {joined(what), "export it again from the program that made it"};
    return false;
  }
  /// Fails with whatever is being read as the subject.
  bool refuse(std::string_view predicate) {
    if (place_ == Place::metadata) {
      return fail({"the metadata's ", quoted(metadata_key_), " is not a string"});
    }
    if (place_ == Place::outside) return fail({"the file ", predicate});
    if (in_metadata_) return fail({"__metadata__ ", predicate});
    return fail({tensor_called(tensor().name), " ", predicate});
  }
  bool accept(const char* complaint) { return complaint == nullptr || refuse(complaint); }

  bool begin_tensor(const std::string& name) {
    in_metadata_ = name == "__metadata__";
    if (in_metadata_) {
      if (std::exchange(metadata_seen_, true)) return fail({"the file has __metadata__ twice"});
      return true;
    }
    const auto has_name = [&](const StoredTensor& other) { return other.name == name; };
    if (std::any_of(file.tensors.begin(), file.tensors.end(), has_name)) {
      return fail({"the file has ", tensor_called(name), " twice"});
    }
    if (file.tensors.size() == kMaxTensorCount) {
      return fail({"the file has more than ", std::to_string(kMaxTensorCount),
                   " tensors: this is another network"});
    }
    file.tensors.emplace_back().name = name;
    return true;
  }

  bool begin_field(const std::string& name) {
    const StoredTensor& t = tensor();
    const bool twice = (name == "dtype" && t.dtype) || (name == "shape" && t.shape) ||
                       (name == "data_offsets" && t.offsets) || (name == "data" && t.extents);
    if (twice) return refuse(joined({"has ", name, " twice"}));
    if (name != "dtype" && name != "shape" && name != "data_offsets" && name != "data") {
      return refuse(joined({"has an unknown field ", quoted(name)}));
    }
    field_ = name;
    return true;
  }

  bool begin_values() {
    nested_ = {};
    return go(Place::values) && accept(nested_.begin());
  }

  Place place_ = Place::outside;
  bool in_metadata_ = false;  // of the value that belongs to the table's current key
  bool metadata_seen_ = false;
  std::size_t metadata_bytes_ = 0;
  std::string metadata_key_;
  std::string field_;  // of the current tensor; empty where its value is the array itself
  std::size_t offsets_seen_ = 0;
  std::size_t values_seen_ = 0;
  NestedArrays nested_;
};

}  // namespace

Result<StoredFile> parse_stored_file(std::string_view text) {
  TableReader reader;
  if (const Status status = parse_json(text, reader); !status) return status.error();
  return std::move(reader.file);
}

}  // namespace camloss::format
