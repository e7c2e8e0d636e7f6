// Fuzzes the core's JSON reader against the JSON library: both must accept the same texts and tell
// the same events. Seeds: the JSON files of corpus/weights.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "shared/base/bits.h"
#include "shared/base/json_text.h"

using namespace camloss;

namespace {

using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t,
                                  std::uint64_t, float>;

/// Events as text. Zero has no sign here: the library reads "-0" as an integer.
class Log {
 public:
  bool add(std::string_view event) {
    text_ += event;
    text_ += '\n';
    return true;
  }
  bool add_integer(std::uint64_t value) { return add("i" + std::to_string(value)); }
  bool add_number(float value) { return add("n" + std::to_string(bits_of(value + 0.0F))); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class Ours final : public JsonEvents {
 public:
  Log log;
  bool begin_object() override { return log.add("{"); }
  bool key(std::string& name) override { return log.add("k" + name); }
  bool end_object() override { return log.add("}"); }
  bool begin_array() override { return log.add("["); }
  bool end_array() override { return log.add("]"); }
  bool string(std::string& text) override { return log.add("s" + text); }
  bool integer(std::uint64_t value) override { return log.add_integer(value); }
  bool number(float value) override { return log.add_number(value); }
  bool literal() override { return log.add("l"); }
};

class Theirs final : public nlohmann::json_sax<Json> {
 public:
  Log log;
  bool null() override { return log.add("l"); }
  bool boolean(bool) override { return log.add("l"); }
  bool number_integer(std::int64_t value) override {
    return log.add_number(static_cast<float>(value));
  }
  bool number_unsigned(std::uint64_t value) override { return log.add_integer(value); }
  bool number_float(float value, const std::string&) override { return log.add_number(value); }
  bool string(std::string& text) override { return log.add("s" + text); }
  bool binary(Json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return log.add("{"); }
  bool key(std::string& name) override { return log.add("k" + name); }
  bool end_object() override { return log.add("}"); }
  bool start_array(std::size_t) override { return log.add("["); }
  bool end_array() override { return log.add("]"); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // The library takes a zero byte for the end of the text, and skips a byte order mark.
  if (text.find('\0') != text.npos || text.starts_with("\xEF")) return 0;

  Ours ours;
  const Status status = parse_json(text, ours);
  if (!status) {
    const std::string& what = status.error().what;
    if (what.empty() || status.error().hint.empty()) std::abort();
    // Limits that the library does not have.
    if (what.find("longer than") != what.npos || what.find("nested deeper") != what.npos) return 0;
  }
  Theirs theirs;
  const bool is_accepted = Json::sax_parse(text.begin(), text.end(), &theirs);
  if (is_accepted != static_cast<bool>(status)) std::abort();
  if (is_accepted && ours.log.text() != theirs.log.text()) std::abort();
  return 0;
}
