// The page's logic without a page: photos, models, selection, and figures that agree with each other.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "tests/app/fake_platform.h"
#include "tests/app/started.h"
#include "wasm/app/app.h"
#include "wasm/app/state_json.h"
#include "wasm/app/table_rows.h"
#include "wasm/app/wording.h"

using namespace camloss;
using namespace camloss::ui;
using namespace fake;

namespace {

/// What the models of a photo are called.
std::string models(const App& app, const Photo& photo) {
  return app.comparison().pair_name(app.comparison().judge_of(&photo));
}

}  // namespace

TEST_CASE("samples keep the answers of their own models when photos come") {
  Started page;
  App& app = page.app;
  const Photo& sample = app.photos().all().front();
  REQUIRE(models(app, sample) == "drawings");
  const std::uint64_t before = app.result(sample, Slot::camloss)->serial;
  add(app, 1, "mine.png");
  finish(app);
  CHECK(models(app, app.photos().all().back()) == "photos");
  REQUIRE(app.result(app.photos().all().front(), Slot::camloss) != nullptr);
  CHECK(app.result(app.photos().all().front(), Slot::camloss)->serial == before);
  SECTION("until somebody chooses a pair, which judges everything") {
    app.use_pair(1);
    finish(app);
    for (const Photo& photo : app.photos().all()) CHECK(models(app, photo) == "drawings");
    add(app, 2, "another.png");
    CHECK(models(app, app.photos().all().back()) == "drawings");
  }
}

TEST_CASE(
    "what is told of the photos' models is true, said once, and not where no photo was readable") {
  Started page;
  App& app = page.app;
  app.photo_added(1, "notes.txt", "");
  app.photo_failed(1, "is not a picture");
  REQUIRE(asked().announced.size() == 1);
  CHECK(asked().announced[0] == "notes.txt is not a picture");
  CHECK(app.banners().all().size() == 1);
  add(app, 2, "mine.png");
  add(app, 3, "other.png");
  finish(app);
  REQUIRE(app.banners().all().size() == 2);
  CHECK(app.banners().all()[1].text ==
        "Your photos are judged by the models trained on photographs. The drawings have their own "
        "models.");
  CHECK_FALSE(app.banners().all()[1].is_error);
}

TEST_CASE("no summary says right for what a row calls unsure") {
  Started page;
  App& app = page.app;
  for (PhotoId id = 1; id <= 60; ++id)
    add(app, id, std::to_string(id), id % 2 == 0 ? "leopard" : "orca");
  finish(app);
  int unsure_in_all = 0;
  for (const Slot slot : kBothSlots) {
    int right = 0, unsure = 0, wrong = 0;
    for (const Photo& photo : app.photos().all()) {
      if (!is_counted(app, photo)) continue;
      const PhotoResult& r = *app.result(photo, slot);
      const std::string row = answer_text(app, &photo, slot, r);
      if (row.starts_with("leans to ")) {
        ++unsure;
        CHECK(outcome(app, photo, r) == Outcome::unsure);
        const std::string sentence = difference_sentence(app, photo);
        if (!is_sure(app, *app.result(photo, other(slot))))
          CHECK(sentence.find("rightly") == sentence.npos);
      } else {
        ++(row == photo.label ? right : wrong);
      }
    }
    const Confusion found = confusion(app, slot);
    CHECK(found.sure_and_right == right);
    CHECK(found.unsure == unsure);
    CHECK(found.wrong == wrong);
    CHECK(found.total == right + unsure + wrong);
    const std::string text = accuracy_text(found, false);
    CHECK(text.starts_with("Sure and right " + std::to_string(right) + ", unsure " +
                           std::to_string(unsure) + ", wrong " + std::to_string(wrong) + "."));
    // The cells hold the same: what is sure and right lies on the diagonal.
    CHECK(found.cells[0][0] + found.cells[1][1] == right);
    CHECK(found.cells[0][2] + found.cells[1][2] == unsure);
    unsure_in_all += unsure;
  }
  REQUIRE(unsure_in_all > 0);
  const auto state = nlohmann::json::parse(state_json(app));
  for (const auto& photo : state["photos"]) {
    for (const auto& r : photo["results"]) {
      const double p = r["probability"];
      CHECK(r["verdict"] == (p >= 0.35 && p <= 0.65 ? "unsure" : "sure"));
    }
  }
}

TEST_CASE("removing, selecting and failing photos keeps a selection") {
  Started page;
  App& app = page.app;
  add(app, 1, "one");
  add(app, 2, "two");
  app.select(1);
  app.remove_selected();
  CHECK(app.photos().selected_id() == PhotoId{2});
  CHECK(asked().forgotten.empty());  // it can come back
  app.select_relative(-1);
  app.select_relative(100);
  CHECK(app.photos().selected_id() == PhotoId{2});
  app.photo_added(3, "bad", "");
  app.select(3);
  app.photo_failed(3, "is empty");
  CHECK(app.photos().selected_id() == PhotoId{2});
  app.photo_added(4, "late", "");
  app.cancel_waiting();
  CHECK(app.photos().find(4) == nullptr);
  app.clear_photos();
  CHECK(app.photos().only_samples());
  CHECK(app.selected() != nullptr);
  finish(app);
  for (const Photo& photo : app.photos().all()) CHECK(app.result(photo, Slot::camloss) != nullptr);
}

TEST_CASE("weights that fail are named, and the other model still answers") {
  asked() = {};
  App app;
  app.start("");
  app.set_pairs({{"photos", "p/a", "p/b", false}});
  REQUIRE(asked().weights.size() == 2);
  const auto wanted = std::exchange(asked().weights, {});
  app.weights_failed(wanted[1].first, wanted[1].second, "not there");
  app.weights_arrived(wanted[0].first, wanted[0].second, weights_file(5));
  for (int i = 0; i < 10000 && app.waiting() > 0; ++i) app.work(5);
  const Photo& photo = app.photos().all().front();
  CHECK(app.result(photo, Slot::baseline) != nullptr);
  CHECK(app.result(photo, Slot::camloss) == nullptr);
  CHECK(app.slot(Slot::camloss).failed);
  CHECK(asked().announced.back().find("p/b") != std::string::npos);
  // Chosen again, the pair is complete; what is there is not fetched anew.
  app.use_pair(0);
  REQUIRE(asked().weights.size() == 1);
  CHECK(asked().weights[0].second == "p/b");
  finish(app);
  CHECK(app.result(photo, Slot::camloss) != nullptr);
  const auto settled = app.result(photo, Slot::camloss)->serial;
  // A file that comes for a pair that nobody waits for any more changes nothing.
  app.weights_arrived(wanted[1].first, "elsewhere", weights_file(6));
  CHECK(app.result(photo, Slot::camloss)->serial == settled);
}

TEST_CASE("one weights file of one's own takes one side, which is said") {
  Started page;
  App& app = page.app;
  app.own_weights({{"mine.safetensors", weights_file(77)}});
  finish(app);
  REQUIRE_FALSE(asked().announced.empty());
  CHECK(asked().announced.back() ==
        "mine.safetensors is the baseline now, beside d/b — drop two weights files together to "
        "compare them");
  app.own_weights({{"one.safetensors", weights_file(78)}, {"two.safetensors", weights_file(79)}});
  CHECK(asked().announced.back().starts_with("mine.safetensors"));
}

TEST_CASE("a link that comes while the page is open is taken up whole") {
  Started started;
  App& app = started.app;
  const PhotoId first = app.photos().all().front().id;
  const Photo& last = app.photos().all().back();
  app.follow_link("sample=" + last.name + "&page=photos&opacity=20");
  CHECK(app.photos().selected_id() == last.id);
  CHECK(app.view().page == Page::table);
  CHECK(app.view().opacity == 0.2F);
  app.follow_link("sample=nobody");
  CHECK(app.photos().selected_id() == last.id);
  CHECK(app.view() == ViewOptions());
  app.follow_link("sample=" + app.photos().all().front().name);
  CHECK(app.photos().selected_id() == first);
}
