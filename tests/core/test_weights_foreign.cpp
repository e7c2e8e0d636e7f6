// Weights files of other networks, and tensors that do not make this one, are refused with the right words.
#include <catch2/catch.hpp>
#include <string>

#include "shared/weights/weights.h"
#include "tests/core/random_weights.h"
#include "tests/core/weights_files.h"

using namespace camloss;
using namespace camloss::test;

TEST_CASE("another network is called so, whichever reader meets it", "[weights]") {
  const auto file_of = [](const std::string& header, std::size_t data) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
      bytes[i] = static_cast<char>(header.size() >> (8 * i) & 0xFF);
    bytes += header + std::string(data, '\0');
    return Bytes(bytes.begin(), bytes.end());
  };
  const auto tensor = [](const std::string& name, const std::string& type, int begin, int size) {
    return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[1],\"data_offsets\":[" +
           std::to_string(begin) + "," + std::to_string(begin + size) + "]}";
  };
  // A ResNet, with the counters and the half floats that it comes with.
  const auto resnet = read(file_of("{" + tensor("bn1.num_batches_tracked", "I64", 0, 8) + "," +
                                       tensor("conv1.weight", "BF16", 8, 2) + "," +
                                       tensor("layer1.0.conv1.weight", "BF16", 10, 2) + "," +
                                       tensor("fc.weight", "BF16", 12, 2) + "}",
                                   14));
  REQUIRE(!resnet);
  CHECK(contains(resnet.error().what, "this is another network (a ResNet): it has 4 tensors"));
  CHECK(contains(resnet.error().what, "conv1.weight"));
  CHECK(contains(resnet.error().hint, "docs/weights-format.md"));
  CHECK(contains(refusal(file_of("{" + tensor("conv1.weight", "F32", 0, 4) + "," +
                                     tensor("fc1.\\u001b[31m", "F32", 4, 4) + "}",
                                 8)),
                 "this is another network: it has 2 tensors such as conv1.weight, fc1."));
  const std::string json =
      R"({"features.0.weight":{"shape":[2],"data":[1,2]},"head.bias":{"shape":[1],"data":[1]}})";
  CHECK(contains(refusal(Bytes(json.begin(), json.end())),
                 "this is another network: it has 2 tensors such as features.0.weight, head.bias"));
  std::string many = "{";
  for (int i = 0; i < 300; ++i) {
    many += (i == 0 ? "" : ",") + tensor("blocks." + std::to_string(i), "F32", 4 * i, 4);
  }
  CHECK(contains(refusal(file_of(many + "}", 1200)), "this is another network"));
  // Its own names with another trunk.
  const auto base = random_weights(Head::fcn, 16, 1);
  const auto bytes = *write_safetensors(checked(base), DType::f32);
  const auto wider = read(edited(bytes, "\"shape\":[64,16,2,2]", "\"shape\":[16,64,2,2]"));
  REQUIRE(!wider);
  CHECK(contains(wider.error().hint, "this is another network"));
}

TEST_CASE("tensors that do not make the architecture are refused by name", "[weights]") {
  const auto base = random_weights(Head::dense, 16, 1);
  const auto bytes = *write_safetensors(checked(base), DType::f16);
  const auto error_of = [&](const std::string& from, const std::string& to) {
    return refusal(edited(bytes, from, to));
  };
  CHECK(contains(error_of("\"fc3.bias\"", "\"fc5.bias\""), "fc3.bias is missing"));
  const auto prefixed = read(edited(bytes, "\"fc3.bias\"", "\"net.fc3.bias\""));
  REQUIRE(!prefixed);
  CHECK(contains(prefixed.error().hint, "net.fc3.bias"));
  CHECK(contains(error_of("\"shape\":[64,16,2,2]", "\"shape\":[16,64,2,2]"),
                 "conv2.weight has the shape [16, 64, 2, 2], not [64, 16, 2, 2]"));
  CHECK(contains(error_of("\"camloss.input_size\":\"16\"", "\"camloss.input_size\":\"24\""),
                 "fc0.weight has the shape [128, 128], not [128, 288]"));

  Bytes extra = edited(bytes, "\"fc0.weight\"",
                       R"("scale":{"dtype":"F16","shape":[0],"data_offsets":[0,0]},"fc0.weight")");
  CHECK(contains(refusal(extra), "tensor \"scale\" is not part of the architecture"));
  Bytes counter = edited(
      bytes, "\"fc0.weight\"",
      R"("bn2.num_batches_tracked":{"dtype":"I64","shape":[0],"data_offsets":[0,0]},"fc0.weight")");
  CHECK(read(counter));
}
