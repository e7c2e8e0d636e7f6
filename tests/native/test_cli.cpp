// The command line as a person uses it: help, wrong use, what is missing or damaged. Runs in this
// process.
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "native/base/json.h"
#include "native/cli/console.h"
#include "native/io/weights_io.h"
#include "tests/native/command_line.h"

using namespace camloss::train;
using namespace camloss::test;

TEST_CASE("help and version everywhere") {
  const Folder folder;
  for (const std::string command : {"", "train", "evaluate", "explain", "scenes", "convert"}) {
    for (const std::string flag : {"--help", "--version"}) {
      CAPTURE(command, flag);
      const Ran ran = folder.run(command.empty() ? std::vector{flag} : std::vector{command, flag});
      CHECK(ran.code == 0);
      CHECK(ran.err.empty());
      CHECK(contains(ran.out, flag == "--help" ? "Usage" : "LibTorch"));
    }
  }
}

TEST_CASE("wrong usage ends with 2 and one line of error") {
  const Folder folder;
  const std::vector<std::vector<std::string>> wrong{
      {"--nonsense"},
      {"trian"},
      {"train", "--epochs", "many"},
      {"train", "--epochs", "0"},
      {"train", "--input-size", "17"},
      {"train", "--recipe", "baseline", "--recipe", "baseline"},
      {"train", "--seeds", "1,1"},
      {"evaluate"},
      {"explain"},
      {"explain", "photo.jpg"},
      {"scenes"},
      {"convert", "--in", "a.json"},
      {"train", "--data", ""},
      {"train", "--out", ""},
      {"train", "--seeds", ""},
      {"train", "--seeds", "1,,2"},
      {"train", "--seeds", "-1"},
      {"train", "--seeds", "0x10"},
      {"train", "--seeds", "18446744073709551616"},
      {"train", "--scene-seed", "-1"},
      {"scenes", "--out", "x", "--seed", "1e3"},
      {"train", "--mlruns", "http://localhost:5000"},
      {"train", "--mlruns", "sqlite:///runs.db"},
      {"nosuch", "--help"},
      {"composites"},
      {"train", "small"},
      {"report", "--runs", "a", "--runs", "b", "--out", "c.html"},
  };
  for (const auto& arguments : wrong) {
    CAPTURE(arguments);
    const Ran ran = folder.run(arguments);
    CHECK(ran.code == 2);
    CHECK(ran.err.starts_with("error: "));
    CHECK(ran.out.empty());
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
  }
}

TEST_CASE("mistyped commands and options are told what is near") {
  const Folder folder;
  CHECK(contains(folder.run({"trian"}).err, "did you mean train?"));
  CHECK(contains(folder.run({"evalute", "--help"}).err, "did you mean evaluate?"));
  CHECK(contains(folder.run({"train", "--epoch", "3"}).err, "did you mean --epochs?"));
  CHECK(contains(folder.run({"train", "--epochs"}).err, "--epochs needs a value — see"));
  CHECK(contains(folder.run({"train", "--xyzzy=3"}).err, "there is no option --xyzzy — see"));
  CHECK(contains(folder.run({"train", "--overwrit"}).err, "did you mean --overwrite?"));
  CHECK(contains(folder.run({"xyzzyplugh"}).err, "the commands are train, evaluate"));
  CHECK(contains(folder.run({"train", "--data", ""}).err, "--data is empty"));
  CHECK(contains(folder.run({"train", "small"}).err,
                 "'small' belongs to no option — did you mean --data small? see trainer train"));
  CHECK(contains(folder.run({"report", "--runs", "a", "--out", "c.html", "b"}).err,
                 "did you mean --data b?"));
  CHECK(contains(folder.run({"convert", "--in", "a.json", "b"}).err, "'b' belongs to no option"));
  CHECK(contains(folder.run({"report", "--runs", "a", "--runs", "b", "--out", "c.html"}).err,
                 "--runs is given 2 times — give it once"));
  CHECK(contains(folder.run({"train", "--mlruns", "http://x"}).err, "--mlruns DIR"));
}

TEST_CASE("control characters of names do not reach the terminal") {
  CHECK(printable("a\x1b[31mred\x07\x7f", true) == "a\\x1b[31mred\\x07\\x7f");
  CHECK(printable("two\nlines\tand", true) == "two\\x0alines\tand");
  CHECK(printable("two\nlines", false) == "two\nlines");
  CHECK(printable("Bär 犬 \xc2\x9b", true) == "Bär 犬 \\x9b");
  CHECK(to_line(Json{{"a\x7f", "b\xc2\x85\xc2\xa0\n"}}) ==
        "{\"a\\u007f\":\"b\\u0085\xc2\xa0\\n\"}");
  const Folder folder;
  const std::string name = "no\x1b]0;title\x07\nsuch.safetensors";
  const Ran ran = folder.run({"evaluate", "--weights", folder / name});
  CHECK(ran.code == 1);
  CHECK(ran.err.find('\x1b') == std::string::npos);
  CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
}

TEST_CASE("another network is called so") {
  const Folder folder;
  const auto write_header = [&](const std::string& name, const std::string& header) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
      bytes[i] = static_cast<char>(header.size() >> (8 * i) & 0xFF);
    camloss::io::write_file_atomically(fs::path(folder / name),
                                       bytes + header + std::string(8, '\0'));
  };
  const std::string tensor = R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  write_header("r.safetensors", R"({"conv1.weight":)" + tensor + R"(,"layer1.0.conv1.weight":)" +
                                    R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})" + "}");
  const Ran ran = folder.run({"evaluate", "--weights", folder / "r.safetensors"});
  CHECK(ran.code == 1);
  CHECK(contains(ran.err, "this is another network (a ResNet): it has 2 tensors"));
  CHECK(contains(ran.err, "layer1.0.conv1.weight"));
}

TEST_CASE("what is missing or damaged ends with 1 and is named") {
  const Folder folder;
  camloss::io::write_file_atomically(folder / "broken.safetensors",
                                     std::string_view("not weights at all"));
  camloss::io::write_file_atomically(folder / "picture.jpg", std::string_view("not a picture"));
  fs::create_directories(folder.path() / "empty");
  const auto check = [&](const std::vector<std::string>& arguments, const std::string& named) {
    CAPTURE(arguments);
    const Ran ran = folder.run(arguments);
    CHECK(ran.code == 1);
    CHECK(ran.err.starts_with("error: "));
    CHECK(contains(ran.err, named));
  };
  check({"train", "--data", folder / "nowhere", "--out", folder / "o"}, "nowhere");
  check({"train", "--data", folder / "empty", "--out", folder / "o"}, "empty");
  check({"train", "--data", folder / "picture.jpg", "--out", folder / "o"}, "is one picture");
  check({"train", "--recipe", "nonsense", "--out", folder / "o"}, "nonsense");
  check({"evaluate", "--weights", folder / "absent.safetensors"}, "absent.safetensors");
  check({"evaluate", "--weights", folder / "broken.safetensors"}, "broken.safetensors");
  check({"convert", "--in", folder / "broken.safetensors", "--out", folder / "x.json"},
        "broken.safetensors");
  CHECK_FALSE(fs::exists(folder.path() / "x.json"));
}
