// The JSON reader: grammar, limits, places of errors, and numbers rounded as they should be.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "shared/base/bits.h"
#include "shared/base/decimal.h"
#include "shared/base/json_text.h"
#include "shared/base/utf8.h"
#include "tests/core/random_weights.h"

using namespace camloss;

namespace {

/// Writes down all events.
class Recorder final : public JsonEvents {
 public:
  bool begin_object() override { return add("{"); }
  bool key(std::string& name) override { return add("k:" + name); }
  bool end_object() override { return add("}"); }
  bool begin_array() override { return add("["); }
  bool end_array() override { return add("]"); }
  bool string(std::string& text) override { return add("s:" + text); }
  bool integer(std::uint64_t value) override { return add("i:" + std::to_string(value)); }
  bool number(float value) override { return add("n:" + number_to_text(value)); }
  bool literal() override { return add("l"); }

  std::string events;

 private:
  bool add(const std::string& event) {
    events += event + " ";
    return true;
  }
};

std::string events_of(const std::string& text) {
  Recorder recorder;
  const Status status = parse_json(text, recorder);
  return status ? recorder.events : "error: " + status.error().what;
}

float parsed(const std::string& text) {
  const auto value = number_from_text(text);
  return value ? *value : std::numeric_limits<float>::quiet_NaN();
}

bool is_same_float(float a, float b) { return bits_of(a) == bits_of(b); }

}  // namespace

TEST_CASE("a text is told in order", "[json]") {
  CHECK(events_of(R"( {"a" : [1, -2.5,true] ,"b":{},"":[] , "c":"x"} )") ==
        "{ k:a [ i:1 n:-2.5 l ] k:b { } k: [ ] k:c s:x } ");
  CHECK(events_of("0") == "i:0 ");
  CHECK(events_of("-0") == "n:-0.0 ");
  CHECK(events_of("18446744073709551615") == "i:18446744073709551615 ");
  CHECK(events_of("18446744073709551616") == "n:1.8446744e+19 ");
  CHECK(events_of("1e0") == "n:1.0 ");
  CHECK(events_of("\t\r\n null ") == "l ");
}

TEST_CASE("escapes and UTF-8 in strings", "[json]") {
  CHECK(events_of(R"("\"\\\/\b\f\n\r\t")") == "s:\"\\/\b\f\n\r\t ");
  CHECK(events_of(R"("\u0041\u00e9\u20AC\ud83d\uDE00")") == "s:A\u00e9\u20ac\U0001F600 ");
  CHECK(events_of("\"é€😀\"") == "s:é€😀 ");
  CHECK(events_of(R"("\u0000")") == std::string("s:\0 ", 4));
}

TEST_CASE("what is not JSON is refused", "[json]") {
  const char* const bad[] = {"",
                             " ",
                             "{",
                             "}",
                             "[",
                             "]",
                             "[1",
                             "[1,",
                             "[1,]",
                             "[,1]",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\":1,}",
                             "{a:1}",
                             "{'a':1}",
                             "{1:1}",
                             "[1 2]",
                             "{\"a\" 1}",
                             "1 2",
                             "{}{}",
                             "nul",
                             "TRUE",
                             "nulll",
                             "NaN",
                             "Infinity",
                             "-",
                             "-a",
                             "+1",
                             ".5",
                             "1.",
                             "1.e3",
                             "1e",
                             "1e+",
                             "01",
                             "-01",
                             "00",
                             "0x10",
                             "1e5.5",
                             "--1",
                             "\"",
                             "\"\\\"",
                             "\"\\x\"",
                             "\"\\u12\"",
                             "\"\\u12g4\"",
                             "\"\\ud800\"",
                             "\"\\ud800\\u0041\"",
                             "\"\\udc00\"",
                             "\"a\nb\"",
                             "\"\x01\"",
                             "\"\xff\"",
                             "\"\xc0\x80\"",
                             "\"\xed\xa0\x80\"",
                             "\"\xe2\x82\"",
                             "// a\n1",
                             "/* a */ 1",
                             "1e39",
                             "-1e39",
                             "3.4028236e38",
                             "1e99999999999"};
  for (const char* const text : bad) {
    INFO(text);
    Recorder recorder;
    const Status status = parse_json(text, recorder);
    CHECK(!status);
    if (!status) CHECK(!status.error().hint.empty());
    CHECK(!is_json(text));
  }
}

TEST_CASE("errors tell the place", "[json]") {
  CHECK(events_of("{\n \"a\": 1,\n  b}").find("line 3, byte 3") != std::string::npos);
  CHECK(events_of("[1,2").find("ends at line 1, byte 5") != std::string::npos);
  CHECK(events_of("?").find("line 1, byte 1") != std::string::npos);
}

TEST_CASE("a reader's refusal is handed on", "[json]") {
  class Refuses final : public JsonEvents {
    bool begin_array() override {
      error = {"no arrays", "write none"};
      return false;
    }
  } refuses;
  const Status status = parse_json("[1]", refuses);
  REQUIRE(!status);
  CHECK(status.error().message() == "no arrays — write none");
  class Silent final : public JsonEvents {
  } silent;
  for (const char* const text : {"[]", "{}", "\"a\"", "1", "-1", "null"}) {
    const Status refusal = parse_json(text, silent);
    REQUIRE(!refusal);
    CHECK(!refusal.error().what.empty());
  }
}

TEST_CASE("the limits of the reader", "[json]") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(is_json(nested(kMaxJsonDepth)));
  CHECK(!is_json(nested(kMaxJsonDepth + 1)));
  CHECK(is_json("\"" + std::string(kMaxJsonString, 'a') + "\""));
  CHECK(!is_json("\"" + std::string(kMaxJsonString + 8, 'a') + "\""));
  CHECK(is_json("0." + std::string(kMaxJsonWord - 2, '1')));
  CHECK(!is_json("0." + std::string(kMaxJsonWord - 1, '1')));
  CHECK(!is_json(std::string(100000, '1')));
}

TEST_CASE("numbers are rounded once, as the C library does it", "[json]") {
  test::Random random(21);
  int wrong = 0;
  std::string worst;
  for (int i = 0; i < 300000; ++i) {
    std::string text;
    const std::uint32_t digits = 1 + random.bits() % (i % 10 == 0 ? 40 : 20);
    for (std::uint32_t k = 0; k < digits; ++k) {
      text += static_cast<char>('0' + random.bits() % 10);
    }
    const int exponent = static_cast<int>(random.bits() % 100) - 60;
    const float ours = float_from_decimal(text, exponent);
    // Without a point the C library needs no locale.
    const float theirs = std::strtof((text + "e" + std::to_string(exponent)).c_str(), nullptr);
    if (!is_same_float(ours, theirs)) {
      ++wrong;
      worst = text + "e" + std::to_string(exponent);
    }
  }
  INFO(worst);
  CHECK(wrong == 0);
}

TEST_CASE("the exact middle between two floats goes to the even one", "[json]") {
  test::Random random(22);
  int wrong = 0;
  for (int i = 0; i < 20000; ++i) {
    // A middle has 25 bits: as an integer times a power of two it is exact in double, and so are
    // its decimal digits.
    const std::uint64_t odd = (std::uint64_t{random.bits()} % (1U << 23) + (1U << 23)) * 2 + 1;
    const int shift = static_cast<int>(random.bits() % 60) - 59;  // up to 2^-59
    char text[128];
    std::snprintf(text, sizeof text, "%.75f", std::ldexp(static_cast<double>(odd), shift));
    std::string digits;
    for (const char* c = text; *c != 0; ++c) {
      if (*c >= '0' && *c <= '9') digits += *c;
    }
    const float even = std::ldexp(static_cast<float>((odd >> 1) + ((odd >> 1) & 1)), shift + 1);
    wrong += is_same_float(float_from_decimal(digits, -75), even) ? 0 : 1;
    digits.back() = '1';  // a trifle above
    const float above = std::ldexp(static_cast<float>((odd >> 1) + 1), shift + 1);
    wrong += is_same_float(float_from_decimal(digits, -75), above) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("numbers of 15 to 20 digits next to the middle of two floats are rounded once",
          "[json]") {
  test::Random random(23);
  int wrong = 0;
  for (int i = 0; i < 40000; ++i) {
    const std::uint64_t odd = (std::uint64_t{random.bits()} % (1U << 23) + (1U << 23)) * 2 + 1;
    const double middle =
        std::ldexp(static_cast<double>(odd), static_cast<int>(random.bits() % 60) - 55);
    char text[64];
    std::snprintf(text, sizeof text, "%.*e", 14 + i % 6, middle);
    std::string digits(1, text[0]);
    const std::string_view rest(text + 2);
    const auto e = rest.find('e');
    digits += rest.substr(0, e);
    // The last digit as it was rounded, one more, one less.
    if (const char last = digits.back(); last > '0' && last < '9') {
      digits.back() = static_cast<char>(last + i % 3 - 1);
    }
    const int exponent = std::atoi(text + 2 + e + 1) - static_cast<int>(digits.size() - 1);
    const float theirs = std::strtof((digits + "e" + std::to_string(exponent)).c_str(), nullptr);
    wrong += is_same_float(float_from_decimal(digits, exponent), theirs) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("the ends of float's range", "[json]") {
  CHECK(parsed("3.4028235e38") == std::numeric_limits<float>::max());
  CHECK(parsed("340282346638528859811704183484516925440") == std::numeric_limits<float>::max());
  CHECK(parsed("3.40282356779733661637539395458142568447e38") ==
        std::numeric_limits<float>::max());  // just below the middle to 2^128
  CHECK(!number_from_text("3.40282356779733661637539395458142568448e38"));
  CHECK(parsed("1e-45") == std::numeric_limits<float>::denorm_min());
  CHECK(parsed("0.7006492321624085e-45") == 0);  // below half of the smallest
  CHECK(parsed("0.7006492321624086e-45") == std::numeric_limits<float>::denorm_min());
  CHECK(parsed("1.1754943e-38") == Approx(std::numeric_limits<float>::min()));
  CHECK(parsed("1.17549421e-38") < std::numeric_limits<float>::min());
  CHECK(parsed("1e-9999999999") == 0);
  CHECK(is_same_float(parsed("-0.0"), -0.0F));
  CHECK(parsed("16777217") == 16777216);
  CHECK(parsed("16777219.0") == 16777220);
  CHECK(parsed("0e99999") == 0);
}

TEST_CASE("every kind of float reads back from its shortest text", "[json]") {
  test::Random random(23);
  int wrong = 0;
  for (int i = 0; i < 100000; ++i) {
    const std::uint32_t bits = random.bits() << 1 | (random.bits() & 1U);
    const float value = float_of_bits(bits);
    if (!std::isfinite(value)) continue;
    const std::string text = number_to_text(value);
    wrong += is_same_float(parsed(text), value) ? 0 : 1;
    wrong += text.size() > 18 ? 1 : 0;
  }
  CHECK(wrong == 0);
  CHECK(number_to_text(0.1F) == "0.1");
  CHECK(number_to_text(-2) == "-2.0");
}

TEST_CASE("quoted text is JSON for the same text", "[json]") {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  all += "é€😀";
  CHECK(events_of(quoted_json(all)) == "s:" + all + " ");
}

TEST_CASE("every code point is written and read back", "[utf8]") {
  int wrong = 0;
  for (char32_t c = 0; c <= 0x110000; ++c) {
    if (c == 0xD800) c = 0xE000;
    std::string text;
    if (c <= 0x10FFFF) append_utf8(text, c);
    if (text.empty()) continue;
    std::string_view rest = text;
    const auto back = next_code_point(rest);
    wrong += back == c && rest.empty() ? 0 : 1;
  }
  CHECK(wrong == 0);
}
