// split.json: the division of a data set, written down and taken back.
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "native/base/error.h"
#include "native/base/hash.h"
#include "native/base/strict_json.h"
#include "native/base/text.h"
#include "native/data/classes.h"
#include "native/data/dataset.h"
#include "shared/base/utf8.h"

namespace camloss::train {
namespace {

constexpr int kVersion = 1;
constexpr const char* kByBorderColour = "border colour";

std::string pictures_text(std::size_t n) {
  return std::to_string(n) + (n == 1 ? " picture" : " pictures");
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (!next_code_point(text)) return false;
  }
  return true;
}

/// The bytes of a name as hexadecimal digits, and back; "" for what is none.
std::string digits_of(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    digits += kDigits[byte >> 4U];
    digits += kDigits[byte & 0xFU];
  }
  return digits;
}

std::string bytes_of(const std::string& digits) {
  if (digits.size() % 2 != 0) return {};
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned byte = 0;
    const auto read = std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
    if (read.ec != std::errc() || read.ptr != digits.data() + i + 2) return {};
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

/// A picture as the file names it.
struct Entry {
  std::string label;
  Part part = Part::train;
  std::string hash;
};

class SplitReader {
 public:
  explicit SplitReader(std::string_view file) : file_(file) {}

  [[nodiscard]] UserError refuse(const std::string& why, const std::string& hint) const {
    return UserError(file_ + ": " + why, hint);
  }

  const std::string& text(const Json& object, const char* key, const std::string& where) const {
    const auto value = object.find(key);
    if (value == object.end() || !value->is_string()) {
      throw refuse(where + " has no text \"" + key + "\"", kHint);
    }
    return value->get_ref<const std::string&>();
  }

  std::map<std::string, Entry> pictures(const Json& json) const {
    const auto list = json.find("pictures");
    if (list == json.end() || !list->is_array()) {
      throw refuse("it has no list \"pictures\"", kHint);
    }
    std::map<std::string, Entry> entries;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Json& item = (*list)[i];
      const std::string where = "pictures[" + std::to_string(i) + "]";
      if (!item.is_object()) throw refuse(where + " is not an object", kHint);
      Entry entry;
      std::string name = text(item, "name", where);
      if (item.contains("name_bytes")) {
        name = bytes_of(text(item, "name_bytes", where));
        if (name.empty()) throw refuse(where + " has \"name_bytes\" that are not bytes", kHint);
      }
      entry.label = text(item, "label", where);
      entry.hash = text(item, "hash", where);
      try {
        entry.part = part_from_name(text(item, "part", where));
      } catch (const UserError& error) {
        throw refuse(where + ": " + error.reason, error.hint);
      }
      if (!entries.emplace(name, std::move(entry)).second) {
        throw refuse("the picture " + name + " is there twice", kHint);
      }
    }
    return entries;
  }

  static constexpr const char* kHint = "give back a split-s<seed>.json that a training wrote";

 private:
  std::string file_;
};

}  // namespace

std::string split_json(const Dataset& dataset) {
  Json pictures = Json::array();
  for (const Sample& sample : dataset.samples) {
    Json picture{{"name", sample.name},
                 {"label", dataset.classes[static_cast<std::size_t>(sample.label)]},
                 {"part", to_string(sample.part)},
                 {"hash", hex(sample.hash)}};
    // JSON holds no such name; its bytes are what finds the file again.
    if (!is_utf8(sample.name)) picture["name_bytes"] = digits_of(sample.name);
    pictures.push_back(std::move(picture));
  }
  Json duplicates = Json::array();
  for (const auto& group : dataset.duplicates) duplicates.push_back(group);
  const Json json{{"format", "camloss-split"},
                  {"version", kVersion},
                  {"data", dataset.name},
                  {"classes", dataset.classes},
                  {"seed", dataset.split_seed},
                  {"shift_chosen_by", dataset.shift_is_chosen ? kByBorderColour : "the data"},
                  {"pictures", pictures},
                  {"duplicates", duplicates}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void apply_split(Dataset& dataset, std::string_view json_text, std::string_view file) {
  const SplitReader reader(file);
  if (json_text.size() > kMaxSplitBytes) {
    throw reader.refuse("larger than " + std::to_string(kMaxSplitBytes >> 20U) + " MiB",
                        "that is the limit for a split file");
  }
  const Json json = parse_strict_json(json_text, file);
  if (!json.is_object() || reader.text(json, "format", "it") != "camloss-split") {
    throw reader.refuse("it is not a split file", SplitReader::kHint);
  }
  if (const auto version = json.find("version");
      version == json.end() || !version->is_number_integer() || *version != kVersion) {
    throw reader.refuse("its version is not " + std::to_string(kVersion), SplitReader::kHint);
  }
  const auto classes = json.find("classes");
  if (classes == json.end() || !classes->is_array() || classes->size() != 2 ||
      !(*classes)[0].is_string() || !(*classes)[1].is_string()) {
    throw reader.refuse("it has no two \"classes\"", SplitReader::kHint);
  }
  const std::set<std::string> theirs{(*classes)[0].get<std::string>(),
                                     (*classes)[1].get<std::string>()};
  if (theirs != std::set<std::string>(dataset.classes.begin(), dataset.classes.end())) {
    throw reader.refuse("its classes are " + listed({theirs.begin(), theirs.end()}) +
                            ", those of the data " + listed(dataset.classes),
                        "choose or rename them with --classes");
  }

  const auto entries = reader.pictures(json);
  std::vector<std::string> missing;
  std::vector<std::string> changed;
  std::set<std::string> present;
  for (const Sample& sample : dataset.samples) {
    present.insert(sample.name);
    const auto entry = entries.find(sample.name);
    if (entry == entries.end()) {
      missing.push_back(sample.name);
    } else if (entry->second.hash != hex(sample.hash) ||
               entry->second.label != dataset.classes[static_cast<std::size_t>(sample.label)]) {
      changed.push_back(sample.name);
    }
  }
  std::vector<std::string> unknown;
  for (const auto& [name, entry] : entries) {
    if (!present.contains(name)) unknown.push_back(name);
  }
  const std::string hint = "it was made from other pictures; leave it out to divide these anew";
  constexpr std::size_t kShown = 3;
  if (!unknown.empty()) {
    throw reader.refuse(
        "it names " + pictures_text(unknown.size()) +
            " that are not in the data (or cannot be read): " + listed(unknown, kShown),
        hint);
  }
  if (!missing.empty()) {
    throw reader.refuse("it does not name " + pictures_text(missing.size()) +
                            " of the data: " + listed(missing, kShown),
                        hint);
  }
  if (!changed.empty()) {
    throw reader.refuse(pictures_text(changed.size()) + (changed.size() == 1 ? " is" : " are") +
                            " not the same as when it was written: " + listed(changed, kShown),
                        hint);
  }
  for (Sample& sample : dataset.samples) sample.part = entries.at(sample.name).part;
  dataset.is_divided = true;
  // Files of earlier versions do not say who chose the shift part; data without parts did not.
  const auto chosen = json.find("shift_chosen_by");
  dataset.shift_is_chosen =
      chosen != json.end() && chosen->is_string() ? *chosen == kByBorderColour : !dataset.has_parts;
  if (const auto seed = json.find("seed"); seed != json.end() && seed->is_number_unsigned()) {
    dataset.split_seed = seed->get<std::uint64_t>();
  }
}

}  // namespace camloss::train
