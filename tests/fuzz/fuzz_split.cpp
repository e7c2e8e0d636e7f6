// libFuzzer: any bytes as a split file for three pictures; either refused whole or taken whole.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "native/base/error.h"
#include "native/data/dataset.h"

namespace {

camloss::train::Dataset three_pictures() {
  using namespace camloss::train;
  Dataset dataset;
  dataset.name = "three";
  dataset.classes = {"cat", "dog"};
  for (const char* name : {"cat/1.png", "cat/2.png", "dog/1.png"}) {
    Sample sample;
    sample.name = name;
    sample.label = name[0] == 'd' ? 1 : 0;
    sample.hash = dataset.samples.size();
    dataset.samples.push_back(sample);
  }
  return dataset;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace camloss::train;
  static const Dataset before = three_pictures();
  Dataset dataset = before;
  try {
    apply_split(dataset, {reinterpret_cast<const char*>(data), size}, "fuzz.json");
  } catch (const camloss::UserError&) {
    if (split_json(dataset) != split_json(before)) std::abort();
    return 0;
  }
  Dataset again = before;
  apply_split(again, split_json(dataset), "written.json");
  if (split_json(again) != split_json(dataset)) std::abort();
  return 0;
}
