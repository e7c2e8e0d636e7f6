// Marks in the middle of a class's pictures: found where they are, and nowhere else.
#include <catch2/catch.hpp>

#include "native/data/marks.h"
#include "shared/picture/packed.h"
#include "tests/native/drawn_folder.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;
using camloss::test::draw_folder;
using camloss::test::DrawnFolder;
using camloss::test::Shortcut;
using camloss::test::Tells;

namespace {

std::array<std::optional<Mark>, 2> marks_of(const DrawnFolder& what, int size) {
  const TemporaryFolder folder;
  draw_folder(folder.path(), what);
  DataOptions options;
  options.path = folder.str();
  options.input_size = size;
  return central_marks(load_dataset(options));
}

}  // namespace

TEST_CASE("a mark in the middle of a class's pictures is found, and where it lies", "[marks]") {
  for (const int size : {96, 48}) {
    INFO(size << " pixels");
    const auto marks = marks_of({.shortcut = Shortcut::mark, .per_class = 24, .side = 96}, size);
    for (const auto& mark : marks) {
      REQUIRE(mark);
      CHECK(mark->x == Approx(0.5).margin(0.03));
      CHECK(mark->y == Approx(0.5).margin(0.03));
      CHECK(mark->edges > 0.003);
      CHECK(mark->edges < 0.05);
    }
  }
}

TEST_CASE("subjects and backgrounds are no marks", "[marks]") {
  for (const Shortcut shortcut : {Shortcut::none, Shortcut::background}) {
    for (const bool is_plain : {false, true}) {
      const auto marks =
          marks_of({.shortcut = shortcut, .is_plain = is_plain, .per_class = 24, .side = 96}, 48);
      CHECK_FALSE(marks[0]);
      CHECK_FALSE(marks[1]);
    }
  }
  // The embedded scenes, and photographs where there are some.
  std::vector<DataOptions> data(1);
  if (const auto photos = real_photos(); !photos.empty()) {
    data.emplace_back();
    data.back().path = photos.string();
  }
  for (DataOptions& options : data) {
    INFO(options.path);
    options.input_size = 96;
    const auto marks = central_marks(load_dataset(options));
    CHECK_FALSE(marks[0]);
    CHECK_FALSE(marks[1]);
  }
}

TEST_CASE("what both classes have, and what few pictures have, is no mark", "[marks]") {
  // Ten pictures of a class are too few once some of them are set aside.
  const auto few = marks_of({.shortcut = Shortcut::mark, .per_class = 9, .side = 96}, 48);
  CHECK_FALSE(few[0]);
  Dataset data;
  data.classes = {"a", "b"};
  data.input_size = 48;
  CHECK_FALSE(central_marks(data)[0]);
  // The same upright bar in all of both classes, such as a scale in a microscope's pictures.
  const TemporaryFolder folder;
  draw_folder(folder.path(),
              {.shortcut = Shortcut::none, .tells = Tells::shape, .per_class = 24, .side = 96});
  DataOptions options;
  options.path = folder.str();
  options.input_size = 48;
  Dataset scale = load_dataset(options);
  for (Sample& sample : scale.samples) {
    for (std::size_t i = 0; i < sample.packed.size(); ++i) {
      const std::size_t row = i / 48 % 48, column = i % 48;
      if (row > 14 && row < 34 && column > 22 && column < 26) sample.packed[i] = packed(250);
    }
  }
  CHECK_FALSE(central_marks(scale)[0]);
  // In one class only it is a mark of that class.
  for (Sample& sample : scale.samples) {
    if (sample.label == 0) continue;
    for (std::uint16_t& value : sample.packed) value = value == packed(250) ? packed(120) : value;
  }
  CHECK(central_marks(scale)[0]);
}
