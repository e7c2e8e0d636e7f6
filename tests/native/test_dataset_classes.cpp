// The classes of a data set: chosen, ordered, renamed, and refused.
#include <catch2/catch.hpp>

#include "native/data/dataset.h"
#include "tests/native/dataset_folder.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;
namespace fs = std::filesystem;

TEST_CASE("--classes chooses, orders and renames") {
  const TemporaryFolder folder;
  for (const char* name : {"cat", "dog", "eel"}) fill(folder.path() / name, 2, 1);
  DataOptions options = at(folder);
  const std::string many = refusal(options);
  CHECK(has(many, "3 class folders"));
  CHECK(has(many, "cat, dog, eel"));
  options.classes = "eel,cat";
  CHECK(load_dataset(options).classes == std::vector<std::string>{"eel", "cat"});
  options.classes = "eel=zitteraal,cat=Katze";
  const Dataset data = load_dataset(options);
  CHECK(data.classes == std::vector<std::string>{"zitteraal", "Katze"});
  CHECK(data.samples[0].label == 1);

  options.classes = "eel,cow";
  CHECK(has(refusal(options), "there is no class folder \"cow\""));
  CHECK(has(refusal(options), "cat, dog, eel"));
  for (const char* wrong :
       {"eel", "a,b,c", "eel,", ",", "eel=,cat", "eel=x,cat=x", "=x,cat", "eel,eel"}) {
    options.classes = wrong;
    const UserError error = error_of([&] { (void)load_dataset(options); });
    INFO(wrong << ": " << text_of(error));
    CHECK(error.exit_code == 2);
    CHECK_FALSE(error.hint.empty());
  }
}

TEST_CASE("the names of the weights set the index order") {
  const TemporaryFolder folder;
  fill(folder.path() / "cat", 2, 1);
  fill(folder.path() / "dog", 2, 2);
  DataOptions options = at(folder);
  options.expected_classes = {"dog", "cat"};
  const Dataset data = load_dataset(options);
  CHECK(data.classes == options.expected_classes);
  CHECK(data.samples[0].label == 1);
  options.expected_classes = {"leopard", "orca"};
  const std::string text = refusal(options);
  CHECK(has(text, "cat and dog"));
  CHECK(has(text, "leopard, orca"));
  options.classes = "dog=orca,cat=leopard";
  CHECK(load_dataset(options).classes == options.expected_classes);

  DataOptions scenes;
  scenes.input_size = 16;
  scenes.expected_classes = {"orca", "leopard"};
  const Dataset swapped = load_dataset(scenes);
  CHECK(swapped.classes == scenes.expected_classes);
  CHECK(swapped.samples[0].name.find("leopard") != std::string::npos);
  CHECK(swapped.samples[0].label == 1);
}

TEST_CASE("a folder with a comma in its name is told how to be named, and can be") {
  const TemporaryFolder folder;
  fill(folder.path() / "cats, big", 3, 1);
  fill(folder.path() / "dogs", 3, 2);
  DataOptions options = at(folder);
  CHECK(has(refusal(options), "rename with --classes 'cats\\, big=cats big,dogs'"));
  options.classes = "cats\\, big=cats big,dogs";
  CHECK(load_dataset(options).classes == std::vector<std::string>{"cats big", "dogs"});
}

TEST_CASE("the advice how to rename is one that can be followed") {
  const auto advice = [](const std::string& name, const std::string& other = "dogs") {
    const TemporaryFolder folder;
    fill(folder.path() / name, 2, 1);
    fill(folder.path() / other, 2, 2);
    const std::string text = refusal(at(folder));
    const std::string before = "rename with --classes ";
    const std::size_t found = text.find(before);
    return found == std::string::npos ? text : text.substr(found + before.size());
  };
  CHECK(advice("cat's, big") == R"('cat'\''s\, big=cat'\''s big,dogs')");
  // A name that would be refused again, or could not be typed.
  for (const std::string& name : {std::string(","), std::string("a\nb"),
                                  std::string(250, 'a') + ",", std::string("b\x7F,")}) {
    INFO(name);
    CHECK(advice(name) == "FOLDER=NAME,FOLDER=NAME");
  }
  CHECK(advice("a,b", "ab") == "FOLDER=NAME,FOLDER=NAME");
}

TEST_CASE("a class folder whose name is not UTF-8 is refused") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 3, 1);
  fill(folder.path() / "b\xe4r", 3, 2);
  CHECK(has(refusal(at(folder)), "is not UTF-8"));
  DataOptions renamed = at(folder);
  renamed.classes = "a,b\xe4r=bear";
  CHECK(load_dataset(renamed).classes == std::vector<std::string>{"a", "bear"});
}
