// Weights files: what is written reads back, what is wrong is refused with the right words.
#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "shared/model.h"
#include "shared/weights/weights.h"
#include "tests/core/random_weights.h"
#include "tests/core/weights_files.h"

using namespace camloss;
using namespace camloss::test;

namespace {

bool is_same(const Weights& a, const Weights& b) {
  if (a.tensors.size() != b.tensors.size()) return false;
  for (const auto& [name, tensor] : a.tensors) {
    const auto other = b.tensors.find(name);
    if (other == b.tensors.end() || other->second.shape != tensor.shape ||
        other->second.values != tensor.values) {
      return false;
    }
  }
  const ModelInfo& i = a.info;
  const ModelInfo& j = b.info;
  return i.head == j.head && i.input_size == j.input_size && i.context_size == j.context_size &&
         i.context_dilation == j.context_dilation && i.mean == j.mean && i.std == j.std &&
         i.classes == j.classes && i.temperature == j.temperature && i.recipe == j.recipe &&
         i.seed == j.seed && i.metrics == j.metrics && i.trained_on == j.trained_on &&
         i.version == j.version;
}

Weights described_weights(Head head, int input_size, test::Context context = {}) {
  Weights weights = random_weights(head, input_size, 11, context);
  weights.info.mean = {0.1F, 0.2F, 0.3F};
  weights.info.std = {1 / 255.0F, 0.5F, 2.0F};
  weights.info.classes = {"snow léopard", "орка"};
  weights.info.temperature = 1.0F / 3;
  weights.info.recipe = "camloss";
  weights.info.seed = "42";
  weights.info.metrics = R"({"val":{"accuracy":0.5,"note":"a \"b\" \\ \n"}})";
  weights.info.trained_on = "drawn \"scenes\"\tand\\more\n";
  weights.info.version = "1.2.3";
  return weights;
}

}  // namespace

TEST_CASE("the architecture has the documented names and shapes", "[weights]") {
  const auto fcn = tensor_specs(Head::fcn, 96);
  REQUIRE(fcn.size() == 30);
  CHECK(fcn[0].name == "conv0.weight");
  CHECK(fcn[0].shape == std::vector<std::int64_t>{16, 3, 2, 2});
  CHECK(fcn.back().name == "fc4.bias");
  std::int64_t parameters = 0;
  for (const TensorSpec& spec : fcn) {
    std::int64_t count = 1;
    for (const std::int64_t extent : spec.shape) count *= extent;
    if (!contains(spec.name, "running")) parameters += count;
    if (spec.name == "fc0.weight") CHECK(spec.shape == std::vector<std::int64_t>{128, 32, 1, 1});
    if (spec.name == "fc4.weight") CHECK(spec.shape == std::vector<std::int64_t>{1, 32, 1, 1});
  }
  CHECK(parameters > 44000);
  CHECK(parameters < 46000);
  for (const TensorSpec& spec : tensor_specs(Head::dense, 192)) {
    if (spec.name == "fc0.weight") CHECK(spec.shape == std::vector<std::int64_t>{128, 18432});
    if (spec.name == "fc1.weight") CHECK(spec.shape == std::vector<std::int64_t>{128, 128});
  }
  CHECK(to_string(Head::fcn) == "fcn");
  CHECK(to_string(Head::dense) == "dense");
}

TEST_CASE("safetensors and JSON read back exactly what was written", "[weights]") {
  const auto [head, context] = GENERATE(
      std::pair{Head::fcn, test::Context{}}, std::pair{Head::dense, test::Context{}},
      std::pair{Head::fcn, test::Context{3, 2}}, std::pair{Head::fcn, test::Context{7, 21}});
  Weights weights = described_weights(head, 24, context);
  auto& edge = weights.tensors["conv1.weight"].values;
  edge[0] = std::numeric_limits<float>::denorm_min();
  edge[1] = -std::numeric_limits<float>::max();
  edge[2] = std::numeric_limits<float>::min();
  edge[3] = 16777217.0F;
  edge[4] = 1e-10F;
  edge[5] = -3;
  REQUIRE(validate(weights));
  const auto bytes = write_safetensors(checked(weights), DType::f32);
  REQUIRE(bytes);
  const auto from_bytes = read(*bytes);
  REQUIRE(from_bytes);
  CHECK(is_same(weights, from_bytes->get()));

  const auto text = write_weights_json(checked(weights));
  REQUIRE(text);
  const auto from_text = read(*text);
  REQUIRE(from_text);
  CHECK(is_same(weights, from_text->get()));

  // The writers have no memory and no clock.
  CHECK(*write_safetensors(*from_text, DType::f32) == *bytes);
  CHECK(*write_weights_json(*from_bytes) == *text);
}

TEST_CASE("half precision keeps values to eleven bits and stays as small as promised",
          "[weights]") {
  const Weights weights = described_weights(Head::fcn, 96);
  const auto bytes = write_safetensors(checked(weights), DType::f16);
  REQUIRE(bytes);
  CHECK(bytes->size() < 96 * 1024);
  CHECK(!contains(header_of(*bytes), "F32"));
  const auto back = read(*bytes);
  REQUIRE(back);
  for (const auto& [name, tensor] : weights.tensors) {
    const auto& values = back->tensors().at(name).values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float bound = std::max(std::abs(tensor.values[i]) * 0x1p-11F, 0x1p-25F);
      REQUIRE(std::abs(values[i] - tensor.values[i]) <= bound);
    }
  }
  // A second pass changes nothing more.
  CHECK(*write_safetensors(*back, DType::f16) == *bytes);
}

TEST_CASE("a dense layer left in its file makes the same model", "[weights]") {
  const float largest = GENERATE(0.5F, 300.0F);  // beyond 128 it is kept as floats
  const DType dtype = GENERATE(DType::f16, DType::f32);
  const std::size_t bytes_each = dtype == DType::f16 ? 2 : 4;
  Weights weights = described_weights(Head::dense, 24);
  weights.info.classes = {"leopard", "orca"};
  weights.info.mean = {0.5F, 0.5F, 0.5F};
  weights.info.std = {0.25F, 0.25F, 0.25F};
  weights.tensors.at("fc0.weight").values[7] = largest;
  const auto bytes = write_safetensors(checked(weights), dtype);
  REQUIRE(bytes);
  const auto left = read_weights(*bytes, "left", Large::left);
  const auto widened = read_weights(*bytes, "read");
  REQUIRE(left);
  REQUIRE(widened);
  CHECK(left->tensors().at("fc0.weight").values.empty());
  CHECK_FALSE(write_safetensors(*left, DType::f16));
  CHECK_FALSE(write_weights_json(*left));
  Model a(*left), b(*widened);
  const auto input = test::random_values(3 * 24 * 24, 3, -2, 2);
  for (const Method method : {Method::hirescam, Method::gradcam, Method::occlusion}) {
    const auto from_left = a.explain_tensor(input, method);
    const auto from_widened = b.explain_tensor(input, method);
    REQUIRE(from_left);
    REQUIRE(from_widened);
    CHECK(from_left->logit == from_widened->logit);
    CHECK(std::equal(from_left->map.begin(), from_left->map.end(), from_widened->map.begin()));
  }
  // What no weight may be is found there, too.
  for (const auto& [high, words] : {std::pair<std::uint8_t, const char*>{0x7C, "infinite"},
                                    std::pair<std::uint8_t, const char*>{0xFE, "not a number"}}) {
    Bytes damaged = *bytes;
    const auto at =
        static_cast<std::size_t>(left->tensors().at("fc0.weight").stored.data() - bytes->data()) +
        bytes_each * 8200;
    // Infinite and not a number differ in the fraction alone.
    damaged[at + bytes_each - 1] = bytes_each == 2 ? high : static_cast<std::uint8_t>(high | 0x7F);
    damaged[at + bytes_each - 2] = bytes_each == 2 ? 0 : high == 0x7C ? 0x80 : 0xC0;
    for (std::size_t i = 0; i + 2 < bytes_each; ++i) damaged[at + i] = 0;
    if (bytes_each == 2) damaged[at] = 0;
    for (const Large large : {Large::left, Large::read}) {
      const auto refused = read_weights(damaged, "damaged", large);
      REQUIRE_FALSE(refused);
      CHECK_THAT(refused.error().message(),
                 Catch::Contains("value 8200 of fc0.weight") && Catch::Contains(words));
    }
  }
}

TEST_CASE("a tensor beyond the range of half stays wide", "[weights]") {
  Weights weights = described_weights(Head::fcn, 96);
  weights.tensors["bn2.running_var"].values[5] = 70000;
  const auto bytes = write_safetensors(checked(weights), DType::f16);
  REQUIRE(bytes);
  const auto back = read(*bytes);
  REQUIRE(back);
  CHECK(back->tensors().at("bn2.running_var").values == weights.tensors["bn2.running_var"].values);
  CHECK(contains(header_of(*bytes),
                 R"("bn2.running_var":{"dtype":"F32","shape":[64],"data_offsets":[0,256]})"));
  CHECK(contains(header_of(*bytes), R"("bn2.weight":{"dtype":"F16")"));
}

TEST_CASE("the data of a written file begins at a multiple of eight bytes", "[weights]") {
  Weights weights = described_weights(Head::fcn, 96);
  for (const char* seed : {"1", "12", "123", "1234", "12345"}) {
    weights.info.seed = seed;
    CHECK(header_of(*write_safetensors(checked(weights), DType::f32)).size() % 8 == 0);
  }
}

TEST_CASE("a file without metadata gets the defaults, the dense input size from its shape",
          "[weights]") {
  const Head head = GENERATE(Head::fcn, Head::dense);
  const int size = GENERATE(8, 40);
  const Weights weights = described_weights(head, size);
  const auto bytes = write_safetensors(checked(weights), DType::f32);
  std::string header = header_of(*bytes);
  const auto end = header.find("\"bn1.bias\"");
  Bytes plain = edited(*bytes, header.substr(1, end - 1), "");
  const auto back = read(plain);
  REQUIRE(back);
  CHECK(back->info().head == head);
  CHECK(back->info().input_size == (head == Head::fcn ? 192 : size));
  CHECK(back->info().mean == std::array<float, 3>{0, 0, 0});
  CHECK(back->info().std == std::array<float, 3>{1, 1, 1});
  CHECK(back->info().temperature == 1);
  CHECK(back->info().classes == std::vector<std::string>{"class 0", "class 1"});
  CHECK(back->tensors().size() == 30);
}

TEST_CASE("metadata values are read as documented", "[weights]") {
  const Weights weights = random_weights(Head::fcn, 96, 1);
  const auto bytes = *write_safetensors(checked(weights), DType::f16);
  CHECK(read(edited(bytes, R"("camloss.mean":"0.5")", R"("camloss.mean":" 1e-1 , 2,-3 ")"))
            ->info()
            .mean == std::array<float, 3>{0.1F, 2, -3});
  CHECK(read(edited(bytes, R"("camloss.classes":"leopard,orca")", R"("camloss.classes":"a b , c")"))
            ->info()
            .classes == std::vector<std::string>{"a b", "c"});
  CHECK(read(edited(bytes, R"("camloss.format":"1",)", ""))->info().input_size == 96);
  CHECK(read(edited(bytes, R"("camloss.format":"1",)", R"("format":"pt","camloss.new":"x",)")));
}

TEST_CASE("each bad metadata value is refused by name", "[weights]") {
  const Weights weights = random_weights(Head::fcn, 96, 1);
  const auto bytes = *write_safetensors(checked(weights), DType::f16);
  const auto error_of = [&](const std::string& from, const std::string& to) {
    return refusal(edited(bytes, "\"camloss." + from + "\"", "\"camloss." + to + "\""));
  };
  CHECK(contains(error_of("format\":\"1", "format\":\"2"), "format \"2\""));
  CHECK(contains(error_of("head\":\"fcn", "head\":\"FCN"), "camloss.head is \"FCN\""));
  CHECK(contains(error_of("head\":\"fcn", "head\":\"dense"), "camloss.head says dense"));
  for (const char* size : {"", "96px", "9.6e1", "-96", "0", "97", "1032", "99999999999999999999"}) {
    const std::string error = error_of("input_size\":\"96", std::string("input_size\":\"") + size);
    CHECK((contains(error, "input_size") || contains(error, "input size")));
  }
  for (const char* mean : {"", "x", "1,2", "1,2,3,4", "1,,2", "nan", "inf", "1e99", "0x1", "[1]"}) {
    CHECK(contains(error_of("mean\":\"0.5", std::string("mean\":\"") + mean), "camloss.mean"));
  }
  CHECK(contains(error_of("std\":\"0.25", "std\":\"1,0,1"), "standard deviation"));
  CHECK(contains(error_of("std\":\"0.25", "std\":\"-1"), "standard deviation"));
  for (const char* t : {"", "0", "-1", "nan", "inf", "1e-99", "1 2", "true"}) {
    CHECK(contains(error_of("temperature\":\"1.0", std::string("temperature\":\"") + t),
                   "temperature"));
  }
  const std::string classes = "classes\":\"leopard,orca";
  const auto class_error = [&](const std::string& names) {
    return error_of(classes, "classes\":\"" + names);
  };
  CHECK(contains(class_error("leopard"), "1 classes"));
  CHECK(contains(class_error("a,b,c"), "3 classes"));
  CHECK(contains(class_error("a,"), "empty"));
  CHECK(contains(class_error(" , "), "empty"));
  CHECK(contains(class_error("a,a"), "both classes"));
  CHECK(contains(class_error("a\\u0007,b"), "control"));
  CHECK(contains(class_error("a\\u202eb,b"), "control"));
  CHECK(contains(class_error(std::string(65, 'a') + ",b"), "64 bytes"));
  CHECK(read(edited(bytes, classes, "classes\":\"" + std::string(64, 'a') + ",b")));
  CHECK(contains(error_of("format\":\"1", "metrics\":\"{"), "camloss.metrics is not JSON"));
}

TEST_CASE("non-finite and impossible values are refused by tensor", "[weights]") {
  Weights weights = random_weights(Head::fcn, 96, 1);
  const auto bytes = *write_safetensors(checked(weights), DType::f32);
  Bytes broken = bytes;
  const std::size_t data = 8 + header_of(bytes).size();
  // bn1.bias is the first tensor; its third value becomes NaN, then infinity.
  const std::size_t at = data + 4 * 2;
  broken[at + 2] = 0xC0;
  broken[at + 3] = 0x7F;
  CHECK(contains(refusal(broken), "value 2 of bn1.bias is not a number"));
  broken[at] = broken[at + 1] = 0;
  broken[at + 2] = 0x80;
  CHECK(contains(refusal(broken), "value 2 of bn1.bias is infinite"));

  weights.tensors["bn3.running_var"].values[1] = -0.0005F;
  CHECK(validate(weights));  // the network adds 0.001
  weights.tensors["bn3.running_var"].values[1] = -0.5F;
  const auto status = validate(weights);
  REQUIRE(!status);
  CHECK(contains(status.error().what, "bn3.running_var holds a negative variance"));
}

TEST_CASE("a model that the readers would refuse cannot be made to be written", "[weights]") {
  Weights weights = random_weights(Head::fcn, 96, 1);
  const auto refuses = [&](std::string_view words) {
    const auto model = check(weights);
    REQUIRE(!model);
    CHECK(contains(model.error().what, words));
  };
  SECTION("values") {
    weights.tensors["fc4.bias"].values[0] = std::numeric_limits<float>::quiet_NaN();
    refuses("fc4.bias");
  }
  SECTION("count") {
    weights.tensors["fc4.bias"].values.push_back(0);
    refuses("fc4.bias has 2 values");
  }
  SECTION("missing") {
    weights.tensors.erase("fc4.bias");
    refuses("fc4.bias is missing");
  }
  SECTION("classes") {
    weights.info.classes = {"a,b", "c"};
    refuses("comma");
  }
  SECTION("class with spaces around it") {
    weights.info.classes = {" a", "c"};
    refuses("space");
  }
  SECTION("class that is not UTF-8") {
    const char* bytes = GENERATE("\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                                 "\xE2\x82", "a\x80", "\xF0\x80\x80\x80");
    weights.info.classes = {bytes, "c"};
    refuses("UTF-8");
  }
  SECTION("metadata length") {
    // Whether the text fits is for the writers to say.
    weights.info.trained_on = std::string(kMaxHeaderBytes, 'x');
    const auto bytes = write_safetensors(checked(weights), DType::f16);
    const auto text = write_weights_json(checked(weights));
    REQUIRE(!bytes);
    REQUIRE(!text);
    CHECK(contains(bytes.error().what, "metadata is longer"));
    CHECK(contains(text.error().what, "metadata is longer"));
  }
}

TEST_CASE("a model with an impossible normalisation is refused", "[weights]") {
  Weights weights = random_weights(Head::fcn, 96, 1);
  const float bad =
      GENERATE(std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity());
  weights.info.mean[1] = bad;
  CHECK(contains(validate(weights).error().what, "mean"));
  weights.info.mean[1] = 0;
  weights.info.std[2] = bad;
  CHECK(contains(validate(weights).error().what, "standard deviation"));
}

TEST_CASE("PyTorch's counters of batches are skipped in JSON too", "[weights]") {
  const Weights weights = random_weights(Head::fcn, 96, 1);
  std::string text = *write_weights_json(checked(weights));
  text.replace(text.rfind('}'), 1,
               ",\"bn1.num_batches_tracked\":1200,\"bn2.num_batches_tracked\":[1200]}");
  const auto back = read(text);
  REQUIRE(back);
  CHECK(is_same(weights, back->get()));
}

TEST_CASE("text that is not UTF-8 is written so that it can be read", "[weights]") {
  Weights weights = random_weights(Head::fcn, 96, 1);
  weights.info.trained_on = "scenes \xFF!";
  const auto back = read(*write_safetensors(checked(weights), DType::f16));
  REQUIRE(back);
  CHECK(back->info().trained_on == "scenes \xEF\xBF\xBD!");
}

TEST_CASE("files cut at any place are refused", "[weights]") {
  const auto bytes = *write_safetensors(checked(random_weights(Head::fcn, 96, 1)), DType::f16);
  for (std::size_t size = 0; size < bytes.size(); size += size < 4000 ? 13 : 4001) {
    const auto result =
        read(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
    INFO(size);
    REQUIRE(!result);
    REQUIRE(result.error().subject == "test.bin");
  }
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK(contains(refusal(longer), "belong to no tensor"));
}

TEST_CASE("bytes flipped anywhere in the header never crash the reader", "[weights]") {
  const auto bytes = *write_safetensors(checked(random_weights(Head::fcn, 96, 1)), DType::f16);
  test::Random random(8);
  const std::size_t header_end = 8 + header_of(bytes).size();
  for (int round = 0; round < 3000; ++round) {
    Bytes broken = bytes;
    const std::size_t count = 1 + random.bits() % 3;
    for (std::size_t k = 0; k < count; ++k) {
      broken[random.bits() % header_end] = static_cast<std::uint8_t>(random.bits());
    }
    const auto result = read(broken);
    if (result) {
    } else {
      REQUIRE(!result.error().what.empty());
    }
  }
}

TEST_CASE("the limits are enforced and named", "[weights]") {
  CHECK(contains(refusal(with_header("{" + std::string(kMaxHeaderBytes, ' ') + "}")),
                 "the header has 1048578 bytes"));
  std::string many = "{";
  for (std::size_t i = 0; i <= kMaxTensorCount; ++i) {
    if (i > 0) many += ',';
    many += "\"t" + std::to_string(i) + R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  }
  CHECK(contains(refusal(with_header(many + "}")), "more than 256 tensors"));
  CHECK(contains(refusal("{\"a\":" + std::string(100000, '[')), "nested deeper"));
  CHECK(contains(refusal("{\"" + std::string(3 << 20, 'a') + "\":[1]}"), "longer than 1048576"));
  CHECK(contains(refusal("{\"a\":[" + std::string(1000, '1') + "]}"), "longer than 128"));
  Weights deep = random_weights(Head::fcn, 96, 1);
  deep.info.metrics = std::string(16, '[') + std::string(16, ']');
  CHECK(validate(deep));
  deep.info.metrics = std::string(17, '[') + std::string(17, ']');
  CHECK(!validate(deep));
  std::string metadata = R"({"__metadata__":{)";
  for (int i = 0; i < 3; ++i) {
    if (i > 0) metadata += ',';
    metadata += "\"k" + std::to_string(i) + "\":\"" + std::string(500000, 'v') + "\"";
  }
  CHECK(contains(refusal(metadata + "}}"), "metadata is longer"));
}

TEST_CASE("names from a file are cut and cleaned in messages", "[weights]") {
  const std::string name = "a\\n\\u001b[31m" + std::string(500, 'x');
  const std::string error = refusal(
      with_header("{\"" + name + R"(":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}})", 2));
  CHECK(error.size() < 200);
  CHECK(contains(error, "a??[31mxxx"));
  CHECK(contains(error, "BF16"));
  for (const char c : error) CHECK(static_cast<unsigned char>(c) >= 0x20);
}
