// Undo and redo of removing, labelling and probing; what is lost, left out or gone is said, and nothing else is lost.
#include <catch2/catch.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/app/fake_platform.h"
#include "tests/app/started.h"
#include "wasm/app/outline.h"

using namespace camloss;
using namespace camloss::ui;
using namespace fake;

namespace {

std::vector<std::string> own_names(const App& app) {
  std::vector<std::string> names;
  for (const Photo& photo : app.photos().all()) {
    if (!photo.sample) names.push_back(photo.name);
  }
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("removed photos come back at their places, with label, probe and answers") {
  Started page;
  App& app = page.app;
  for (PhotoId id = 1; id <= 4; ++id) add(app, id, "p" + std::to_string(id));
  finish(app);
  app.set_truth(2, 1);
  app.select(2);
  app.set_probe({0.1F, 0, 0, {{0.5F, 0.5F, 0.1F}}});
  const auto serial = app.result(*app.photos().find(2), Slot::camloss)->serial;
  const std::vector<PhotoId> both{4, 2};
  app.remove(both);
  CHECK(own_names(app) == Names{"p1", "p3"});
  CHECK(asked().forgotten.empty());
  CHECK(asked().said.back() == "Removed 2 photos. Ctrl+Z undoes that.");
  app.undo();
  CHECK(own_names(app) == Names{"p1", "p2", "p3", "p4"});
  const Photo& back = *app.photos().find(2);
  CHECK(back.label == "orca");
  CHECK(back.probe.strokes.size() == 1);
  CHECK(app.result(back, Slot::camloss)->serial == serial);
  CHECK(asked().checked == std::vector<unsigned>{2, 4});
  app.redo();
  CHECK(own_names(app) == Names{"p1", "p3"});
  app.undo();
  // The rest of the history is still there: probe, then label.
  app.undo();
  CHECK(app.photos().find(2)->probe == ProbeChange());
  app.undo();
  CHECK(app.photos().find(2)->label.empty());
  app.undo();
  CHECK(asked().said.back() == "There is nothing to undo.");
  for (int i = 0; i < 3; ++i) app.redo();
  CHECK(own_names(app) == Names{"p1", "p3"});
  app.redo();
  CHECK(asked().said.back() == "There is nothing to do again.");
}

TEST_CASE("what can no longer come back is freed, and only that") {
  Started page;
  App& app = page.app;
  add(app, 1, "one");
  add(app, 2, "two");
  finish(app);
  app.select(1);
  app.remove_selected();
  app.undo();
  app.set_truth(2, 0);  // the removal that was undone cannot be done again, and its photo is here
  CHECK(asked().forgotten.empty());
  app.select(1);
  app.remove_selected();
  app.clear_photos();  // empties the history but for itself
  CHECK(asked().forgotten == std::vector<unsigned>{1});
  CHECK(app.photos().only_samples());
  app.undo();
  CHECK(own_names(app) == Names{"two"});
  CHECK(asked().forgotten == std::vector<unsigned>{1});
}

TEST_CASE("a drag is one step, and each photo keeps its own probe") {
  Started page;
  App& app = page.app;
  add(app, 1, "one");
  finish(app);
  app.select(1);
  for (int i = 1; i <= 20; ++i) {
    ProbeChange change = app.photos().find(1)->probe;
    change.shift_x = 0.01F * static_cast<float>(i);
    app.set_probe(change);
  }
  app.end_gesture();
  ProbeChange painted = app.photos().find(1)->probe;
  painted.strokes.push_back({0.2F, 0.2F, 0.1F});
  app.set_probe(painted);
  app.end_gesture();
  app.select_relative(-1);
  app.answer_probe();
  CHECK(app.probe() == ProbeChange());
  app.select(1);
  app.answer_probe();
  CHECK(app.probe().strokes.size() == 1);
  app.undo();
  CHECK(app.photos().find(1)->probe.strokes.empty());
  CHECK(app.probe().shift_x == Approx(0.2F));
  app.undo();
  CHECK(app.probe() == ProbeChange());
  CHECK(app.undo_name().empty());
}

TEST_CASE(
    "labels of many photos are one step; samples keep theirs; a label of a lost photo is said") {
  Started page;
  App& app = page.app;
  for (PhotoId id = 1; id <= 3; ++id) add(app, id, "p" + std::to_string(id));
  finish(app);
  const std::vector<PhotoId> ids{1, 2, 3, kFirstSampleId};
  const std::string of_sample = app.photos().find(kFirstSampleId)->label;
  app.set_truths(ids, 0);
  for (PhotoId id = 1; id <= 3; ++id) CHECK(app.photos().find(id)->label == "leopard");
  CHECK(app.photos().find(kFirstSampleId)->label == of_sample);
  CHECK(asked().said.back() == "3 photos: labelled leopard.");
  app.undo();
  for (PhotoId id = 1; id <= 3; ++id) CHECK(app.photos().find(id)->label.empty());
  app.photo_added(4, "unreadable", "");
  const std::vector<PhotoId> two{1, 4};
  app.set_truths(two, 1);
  app.photo_failed(4, "is empty");
  app.undo();
  CHECK(asked().said.back() == "Undone: label of 2 photos. 1 photo of it is no longer here.");
  CHECK(app.photos().find(1)->label.empty());
}

TEST_CASE("a photo whose file is gone keeps what was found, is said once and never waited for") {
  Started page;
  App& app = page.app;
  add(app, 1, "gone.jpg");
  app.photo_thumbnail(1, Image{2, 2, 4, std::vector<std::uint8_t>(16, 9)});
  add(app, 2, "here.jpg");
  finish(app);
  const auto serial = app.result(*app.photos().find(1), Slot::baseline)->serial;
  app.select(1);
  app.remove_selected();
  app.undo();
  app.photo_failed(1, "could not be read from the disk");
  CHECK(asked().announced.back() ==
        "gone.jpg could not be read from the disk — what was found of it stays");
  const auto announced = asked().announced.size();
  app.set_method(Method::occlusion);
  for (int i = 0; i < 2000 && app.waiting() > 0; ++i) {
    for (const PhotoId id : std::exchange(asked().pixels, {})) {
      REQUIRE(id != 1);
      app.photo_pixels(id, fake::picture(id).view(), 20, 16);
    }
    app.work(5);
  }
  CHECK(app.waiting() == 0);
  CHECK(app.result(*app.photos().find(1), Slot::baseline)->serial == serial);
  CHECK(app.result(*app.photos().find(2), Slot::baseline)->method == Method::occlusion);
  // No picture for the screen either: the thumbnail stands in.
  app.display(1);
  app.photo_failed(1, "could not be read from the disk");
  REQUIRE(app.display(1) != nullptr);
  CHECK(app.display(1)->image.width == 2);
  CHECK(asked().announced.size() == announced);
}

TEST_CASE("stopping keeps what is done and says what it left out") {
  Started page;
  App& app = page.app;
  for (PhotoId id = 1; id <= 3; ++id) add(app, id, "p" + std::to_string(id));
  finish(app);
  app.select(1);
  app.photo_added(4, "unread", "");
  app.set_method(Method::occlusion);
  const int waiting = app.waiting();
  REQUIRE(waiting > 3);
  app.cancel_waiting();
  CHECK(app.photos().find(4) == nullptr);
  CHECK(asked().forgotten == std::vector<unsigned>{4});
  CHECK(asked().announced.back() == "Stopped: 1 photo was not read and left out; " +
                                        std::to_string(waiting - 2) +
                                        " photos keep their earlier answers. What is done stays.");
  // The one that is looked at is analysed all the same.
  CHECK(app.waiting() == 1);
  finish(app);
  CHECK(app.result(*app.photos().find(1), Slot::camloss)->method == Method::occlusion);
  CHECK(app.result(*app.photos().find(3), Slot::camloss)->method != Method::occlusion);
  app.set_method(Method::layercam);
  finish(app);
  CHECK(app.result(*app.photos().find(3), Slot::camloss)->method == Method::layercam);
}

TEST_CASE(
    "the outline says what the page says, lists the photos around the selected one, and keeps ids "
    "exact") {
  constexpr std::size_t kListed = 20;
  Started page;
  App& app = page.app;
  for (PhotoId id = 1; id <= 30; ++id) add(app, id, "p" + std::to_string(id), "orca");
  finish(app);
  app.select(kFirstSampleId + 5);
  auto outline = nlohmann::json::parse(outline_json(app, kListed));
  CHECK(outline["first"] == 0);
  CHECK(outline["photos"].size() == kListed);
  CHECK(outline["photos"][5]["id"] == kFirstSampleId + 5);
  CHECK(outline["selected"]["id"] == kFirstSampleId + 5);
  CHECK(outline["selected"]["asks"] == false);
  app.select(30);
  outline = nlohmann::json::parse(outline_json(app, kListed));
  CHECK(outline["first"] == 40);
  CHECK(outline["photos"].back()["name"] == "p30");
  CHECK(outline["total"] == 42);
  CHECK(outline["selected"]["truth"] == 1);
  for (const auto& photo : outline["photos"]) {
    const Photo& own = *app.photos().find(photo["id"].get<PhotoId>());
    for (const Slot slot : kBothSlots) {
      const PhotoResult& r = *app.result(own, slot);
      const auto& answer = photo["answers"][index_of(slot)];
      CHECK(answer["answer"] == answer_text(app, &own, slot, r));
      const std::string expected = !is_sure(app, r) ? "unsure"
                                   : r.label == 1   ? "sure and right"
                                                    : "wrong";
      CHECK(answer["outcome"] == expected);
    }
  }
  app.set_probe({0, 0.25F, 30, {{0.5F, 0.25F, 0.125F}}});
  const auto record = nlohmann::json::parse(photo_record_json(app, 30));
  CHECK(record["label"] == "orca");
  CHECK(record["probe"] == nlohmann::json({0, 0.25, 30, 0.5, 0.25, 0.125}));
  CHECK(photo_record_json(app, 9999).empty());
  CHECK(asked().said.size() > 1);
}

TEST_CASE("starting over takes photos out that are still being read, and undo has them read") {
  Started page;
  App& app = page.app;
  add(app, 1, "read.jpg");
  finish(app);
  app.photo_added(2, "waiting.jpg", "orca");
  asked() = {};
  app.clear_photos();
  CHECK(app.photos().only_samples());
  CHECK(asked().removed == std::vector<unsigned>{1, 2});
  CHECK(asked().forgotten.empty());
  CHECK(asked().said.back() == "Started over with the samples. Ctrl+Z brings 2 photos back.");
  app.undo();
  CHECK(own_names(app) == Names{"read.jpg", "waiting.jpg"});
  CHECK(app.photos().find(2)->label == "orca");
  CHECK(std::count(asked().pixels.begin(), asked().pixels.end(), 2U) == 1);
  finish(app);
  CHECK(app.result(*app.photos().find(2), Slot::camloss) != nullptr);
}

TEST_CASE("only what the user takes out is told of as removed") {
  Started page;
  App& app = page.app;
  add(app, 1, "one");
  app.photo_added(2, "broken", "");
  app.photo_failed(2, "could not be decoded");
  app.photo_added(3, "stopped", "");
  app.cancel_waiting();
  CHECK(asked().removed.empty());
  const std::vector<PhotoId> ids{1};
  app.remove(ids);
  CHECK(asked().removed == std::vector<unsigned>{1});
}

TEST_CASE("a photo of an earlier visit comes back without a change, a choice or a drop") {
  Started page("sample=leopard%20on%20ice");
  App& app = page.app;
  const std::string sample = app.photos().all()[3].name;
  app.select(app.photos().all()[3].id);
  for (PhotoId id = 1; id <= 2; ++id) app.photo_restored(id, "kept " + std::to_string(id), "orca");
  asked().changed.clear();
  app.restore_probe(1, {0.1F, 0, 0, {}});
  CHECK(asked().changed.empty());
  for (PhotoId id = 1; id <= 2; ++id) app.photo_pixels(id, fake::picture(id).view(), 20, 16);
  finish(app);
  app.work(5);
  CHECK(app.selected()->name == sample);
  CHECK(app.table().by == SortBy::order);
  CHECK(app.photos().find(1)->probe.shift_x == 0.1F);
  CHECK(app.undo_name().empty());
}

TEST_CASE("a photo that is gone is not said to be waiting, nor asked for ever in the probes") {
  constexpr int kOtherSize = 32;
  Started page;
  App& app = page.app;
  add(app, 1, "gone.jpg");
  finish(app);
  app.select(1);
  app.display(1);
  app.display_ready(1, fake::picture(1));
  app.set_probe({0.1F, 0, 0, {}});
  REQUIRE(app.answer_probe().results[Slot::camloss]);
  app.photo_failed(1, "could not be read from the disk");
  app.own_weights({{"a.safetensors", fake::weights_file(7, kOtherSize)},
                   {"b.safetensors", fake::weights_file(8, kOtherSize)}});
  const ProbeAnswer& answer = app.answer_probe();
  for (const Slot slot : kBothSlots) {
    CHECK_FALSE(answer.results[slot]);
    CHECK(app.out_of_reach(*app.photos().find(1), slot));
  }
  finish(app);
  // Everything is written out; from here on nothing may be left to do, however often the answer is asked for.
  asked().now += 1000;
  while (app.work(5)) asked().now += 1000;
  app.answer_probe();
  CHECK_FALSE(app.work(5));
  const auto outline = nlohmann::json::parse(outline_json(app));
  CHECK(outline["selected"]["line"] == "gone.jpg: its file is gone.");
  CHECK(outline["photos"].back()["gone"] == true);
  CHECK(outline["photos"].front()["gone"] == false);
}
