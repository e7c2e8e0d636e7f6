// The proof: masks of subject and surroundings, what is filled in, what the models then say, and the sentences about it.
#include <catch2/catch.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "shared/maps/kernel.h"
#include "tests/app/fake_platform.h"
#include "tests/app/started.h"
#include "wasm/app/probe.h"
#include "wasm/app/proof.h"
#include "wasm/app/state_json.h"
#include "wasm/app/table_rows.h"
#include "wasm/app/terms.h"
#include "wasm/app/wording.h"

using namespace camloss;
using namespace camloss::ui;
using fake::add;
using fake::asked;
using fake::finish;
using fake::picture;
using fake::Started;

namespace {

/// A red subject in the middle of blue surroundings.
PackedInput red_on_blue(int side) {
  const auto n = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  PackedInput input(3 * n, 0);
  const auto middle = middle_mask(side, side);
  for (std::size_t i = 0; i < n; ++i) input[middle[i] != 0 ? i : 2 * n + i] = 65535;
  return input;
}

bool all_between(const PackedInput& input, std::size_t first, std::size_t count, int low,
                 int high) {
  return std::all_of(input.begin() + static_cast<std::ptrdiff_t>(first),
                     input.begin() + static_cast<std::ptrdiff_t>(first + count),
                     [&](std::uint16_t v) { return v >= low && v <= high; });
}

}  // namespace

TEST_CASE("subject and surroundings are all of the picture, and each is filled from the other") {
  constexpr int kSide = 24;
  constexpr std::size_t kPixels = std::size_t{kSide} * kSide;
  const auto subject = hidden_mask(Hidden::subject, {}, kSide, kSide, 1);
  const auto around = hidden_mask(Hidden::surroundings, {}, kSide, kSide, 1);
  for (std::size_t i = 0; i < kPixels; ++i) CHECK((subject[i] != 0) != (around[i] != 0));
  CHECK(subject[kSide / 2 * kSide + kSide / 2] != 0);
  CHECK(subject[0] == 0);
  const PackedInput photo = red_on_blue(kSide);
  const PackedInput no_subject = hidden_input(photo, kSide, Hidden::subject, {}, 1);
  CHECK(all_between(no_subject, 0, kPixels, 0, 0));                    // nothing red is left
  CHECK(all_between(no_subject, 2 * kPixels, kPixels, 65534, 65535));  // and all is blue
  const PackedInput no_background = hidden_input(photo, kSide, Hidden::surroundings, {}, 1);
  CHECK(all_between(no_background, 0, kPixels, 65534, 65535));
  CHECK(all_between(no_background, 2 * kPixels, kPixels, 0, 0));
  CHECK(hidden_input(photo, kSide, Hidden::nothing, {}, 1) == photo);
}

TEST_CASE("what is painted over is the subject; without paint it is the middle") {
  const std::vector<Stroke> corner{{0.1F, 0.1F, 0.15F}};
  const auto mask = hidden_mask(Hidden::subject, corner, 40, 40, 1);
  CHECK(mask[4 * 40 + 4] != 0);
  CHECK(mask[20 * 40 + 20] == 0);
  CHECK(hidden_mask(Hidden::subject, {}, 40, 40, 1)[20 * 40 + 20] != 0);
  // The picture on the screen is changed alike.
  Image photo{40, 40, 4, std::vector<std::uint8_t>(40 * 40 * 4, 255)};
  for (std::size_t i = 0; i < 1600; ++i) photo.pixels[4 * i] = mask[i] != 0 ? 0 : 200;
  Image out;
  hidden_picture(photo, 40, Hidden::subject, corner, out);
  for (std::size_t i = 0; i < 1600; ++i) CHECK(int{out.pixels[4 * i]} == 200);
}

TEST_CASE("a moved photo brings nothing in twice") {
  constexpr int kSide = 16;
  constexpr std::size_t kPixels = std::size_t{kSide} * kSide;
  // A red column at the left edge of a blue photo: mirrored in it would appear a second time.
  PackedInput photo(3 * kPixels, 0);
  for (std::size_t i = 0; i < kPixels; ++i) photo[i % kSide < 2 ? i : 2 * kPixels + i] = 65535;
  ProbeChange change;
  change.shift_x =
      -0.25F;  // to the left: the red column leaves, four columns at the right are free
  const PackedInput moved = probed_input(photo, kSide, change, 1);
  CHECK(all_between(moved, 0, kPixels, 0, 0));
  CHECK(all_between(moved, 2 * kPixels, kPixels, 65534, 65535));
  Image rgba{kSide, kSide, 4, std::vector<std::uint8_t>(kPixels * 4, 255)}, out;
  for (std::size_t i = 0; i < kPixels; ++i) {
    rgba.pixels[4 * i] = i % kSide < 2 ? 255 : 0;
    rgba.pixels[4 * i + 1] = 0;
    rgba.pixels[4 * i + 2] = i % kSide < 2 ? 0 : 255;
  }
  probed_picture(rgba, kSide, change, out);
  for (std::size_t i = 0; i < kPixels; ++i) {
    CHECK(int{out.pixels[4 * i]} == 0);
    CHECK(int{out.pixels[4 * i + 2]} == 255);
  }
}

TEST_CASE(
    "both models are asked without the subject and without the background, and the sentence has "
    "their figures") {
  Started page;
  App& app = page.app;
  const Photo& photo = *app.selected();
  CHECK(proof_sentence(app, photo, Hidden::subject).empty());
  const ProofAnswer& proof = app.answer_proof();
  CHECK(proof.photo == photo.id);
  CHECK_FALSE(proof.painted);
  for (const Slot slot : kBothSlots) {
    for (const Hidden hidden : {Hidden::subject, Hidden::surroundings}) {
      const PhotoResult* now = proof.result(hidden, slot);
      REQUIRE(now != nullptr);
      CHECK(now->probability != app.result(photo, slot)->probability);
      const std::string sentence = proof_sentence(app, photo, hidden);
      CHECK(sentence.find(percent(now->share())) != sentence.npos);
      CHECK(sentence.starts_with(hidden == Hidden::subject ? "Without the animal "
                                                           : "Without the background "));
      if (!is_sure(app, *now)) CHECK(sentence.find("sure") != sentence.npos);
    }
    CHECK(proof.result(Hidden::nothing, slot) == nullptr);
  }
  // Asked again, nothing is computed anew.
  const auto serial = proof.result(Hidden::subject, Slot::camloss)->serial;
  CHECK(app.answer_proof().result(Hidden::subject, Slot::camloss)->serial == serial);
  CHECK_FALSE(app.proof().texture.filled());
  app.set_hidden(Hidden::subject);
  app.answer_proof();
  CHECK(app.proof().texture.filled());
  CHECK(telling_part(app, photo) == Hidden::subject);
  CHECK(proof_in_short(app, photo, Hidden::subject).starts_with("Without the animal: baseline "));
  const auto state = nlohmann::json::parse(state_json(app));
  CHECK(state["proof"]["photo"] == photo.name);
  CHECK(state["proof"]["hidden"] == "subject");
  REQUIRE(state["proof"]["subject"].size() == 2);
  CHECK(state["proof"]["background"].size() == 2);
  CHECK(state["proof"]["subject"][0]["model"] == "d/a");
  // What is recorded of the photo stays.
  CHECK(state["photos"].size() == app.photos().size());
  // Other models answer anew.
  app.use_pair(0);
  finish(app);
  CHECK(app.answer_proof().result(Hidden::subject, Slot::camloss)->serial != serial);
}

TEST_CASE("paint is the subject of the proof, and its going is the middle's return") {
  Started page;
  App& app = page.app;
  app.answer_probe();
  ProbeChange change;
  change.strokes = {{0.3F, 0.3F, 0.2F}};
  app.set_probe(change);
  app.answer_probe();
  const auto middle = app.answer_proof().result(Hidden::subject, Slot::baseline)->serial;
  CHECK(app.proof().painted);
  app.set_probe({});
  CHECK_FALSE(app.answer_proof().painted);
  CHECK(app.proof().result(Hidden::subject, Slot::baseline)->serial != middle);
}

TEST_CASE("a threshold moves answers between sure and unsure, in rows and matrices alike") {
  Started page;
  App& app = page.app;
  for (PhotoId id = 1; id <= 30; ++id)
    add(app, id, std::to_string(id), id % 2 == 0 ? "orca" : "leopard");
  finish(app);
  int before = -1;
  for (const float from : {0.5F, 0.65F, 0.8F, 0.95F}) {
    ViewOptions view = app.view();
    view.sure_from = from;
    app.set_view(view);
    const Confusion found = confusion(app, Slot::baseline);
    int unsure = 0;
    for (const Photo& photo : app.photos().all()) {
      if (!is_counted(app, photo)) continue;
      const PhotoResult& r = *app.result(photo, Slot::baseline);
      unsure += is_sure(app, r) ? 0 : 1;
      CHECK(is_sure(app, r) == (r.share() > from));
      CHECK(answer_text(app, &photo, Slot::baseline, r).starts_with("leans to ") !=
            is_sure(app, r));
    }
    CHECK(found.unsure == unsure);
    CHECK(found.cells[0][2] + found.cells[1][2] == unsure);
    CHECK(found.total == 30);
    CHECK(unsure >= before);
    before = unsure;
  }
  CHECK(before > 0);
  const auto state = nlohmann::json::parse(state_json(app));
  CHECK(state["unsureBelow"] == Approx(0.95));
}

TEST_CASE("a drop is summed up, sorted by difference, and its most telling photo shown") {
  Started page;
  App& app = page.app;
  CHECK(drop_summary(app).empty());
  for (PhotoId id = 1; id <= 20; ++id) {
    app.photo_added(id, std::to_string(id), "");
    if (id == 1) app.show_added(id);
  }
  for (PhotoId id = 1; id <= 20; ++id) app.photo_pixels(id, picture(id).view(), 20, 16);
  finish(app);
  app.work(5);
  int differ = 0;
  float largest = -1;
  PhotoId telling = 0;
  for (const Photo& photo : app.photos().all()) {
    if (photo.sample) continue;
    differ += they_differ(app, photo) ? 1 : 0;
    const float gap = std::abs(app.result(photo, Slot::baseline)->probability -
                               app.result(photo, Slot::camloss)->probability);
    if (gap > largest) {
      largest = gap;
      telling = photo.id;
    }
  }
  CHECK(drop_summary(app) == "Of 20 photos they differ on " +
                                 (differ == 0 ? std::string("none") : std::to_string(differ)) +
                                 ".");
  CHECK(app.photos().selected_id() == telling);
  CHECK(app.table().by == SortBy::gap);
  const auto rows = table_rows(app);
  float before = 2;
  for (const std::size_t row : rows) {
    const Photo& photo = app.photos().all()[row];
    const float gap = std::abs(app.result(photo, Slot::baseline)->probability -
                               app.result(photo, Slot::camloss)->probability);
    CHECK(gap <= before);
    before = gap;
  }
  SECTION("but who picks a photo meanwhile keeps it") {
    for (PhotoId id = 31; id <= 33; ++id) app.photo_added(id, std::to_string(id), "");
    app.select(5);
    for (PhotoId id = 31; id <= 33; ++id) app.photo_pixels(id, picture(id).view(), 20, 16);
    finish(app);
    app.work(5);
    CHECK(app.photos().selected_id() == PhotoId{5});
  }
}

TEST_CASE("changes are told in points, and a subject by what the classes are") {
  Started page;
  App& app = page.app;
  const Photo& photo = *app.selected();
  PhotoResult now = *app.result(photo, Slot::baseline);
  CHECK(change_text(app, photo, Slot::baseline, now) == "No change");
  const float before = now.probability;
  now.probability = before > 0.5F ? before - 0.04F : before + 0.04F;
  CHECK(change_text(app, photo, Slot::baseline, now) ==
        std::string(before > 0.5F ? "4 points less" : "4 points more") + " orca than before");
  CHECK(subject_word(app) == "animal");
  for (const Term& term : terms()) {
    CHECK(explanation(term.name) == term.text);
    CHECK(term.text.size() > 40);
  }
  CHECK(explanation("no such term").empty());
}

TEST_CASE("paint on a moved photo hides what lies under it in the photo as it is") {
  Started page;
  App& app = page.app;
  app.answer_probe();
  app.set_probe({0.25F, -0.125F, 0, {{0.5F, 0.5F, 0.1F}}});
  const std::vector<Stroke> strokes = App::painted_on(*app.selected());
  REQUIRE(strokes.size() == 1);
  CHECK(strokes[0] == Stroke{0.25F, 0.625F, 0.1F});
  app.answer_proof();
  CHECK(app.proof().painted);
  // What covers only what the photo has left is no part of it.
  app.set_probe({0.5F, 0, 0, {{0.2F, 0.5F, 0.1F}}});
  CHECK(App::painted_on(*app.selected()).empty());
  app.answer_proof();
  CHECK_FALSE(app.proof().painted);
}

TEST_CASE("a proof of another photo, other paint or former models is not told of, in any view") {
  Started page;
  App& app = page.app;
  const PhotoId first = app.selected()->id;
  app.answer_proof();
  app.set_page(Page::split);
  const auto told = [&] { return nlohmann::json::parse(state_json(app))["proof"]; };
  app.work(5);
  REQUIRE(told()["subject"].size() == 2);
  SECTION("another photo") {
    app.select_relative(3);
    REQUIRE(app.selected()->id != first);
    CHECK(telling_part(app, *app.selected()) == Hidden::subject);
    app.work(5);
    CHECK(told().is_null());
  }
  SECTION("other paint") {
    app.set_probe({0, 0, 0, {{0.5F, 0.5F, 0.2F}}});
    app.work(5);
    CHECK(told().is_null());
  }
  SECTION("other models") {
    app.use_pair(0);
    finish(app);
    app.work(5);
    CHECK(told()["subject"].empty());
  }
}

TEST_CASE("what the comparison hides is not the headline of the other views") {
  Started page("page=split&hide=subject");
  App& app = page.app;
  CHECK(hidden_here(app) == Hidden::nothing);
  app.set_page(Page::compare);
  CHECK(hidden_here(app) == Hidden::subject);
}
