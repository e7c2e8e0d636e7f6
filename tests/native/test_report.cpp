// The report: its text is safe, its figures are those of metrics.json, it needs nothing else;
// charts and completion.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "native/base/error.h"
#include "native/cli/command_reproduce.h"
#include "native/cli/run_observer.h"
#include "native/io/files.h"
#include "native/record/run_record.h"
#include "native/report/report.h"
#include "native/report/report_sections.h"
#include "native/report/svg.h"
#include "tests/native/command_line.h"

using namespace camloss::train;
using namespace camloss::test;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size()))
    ++n;
  return n;
}

Json part_figures(double accuracy, std::size_t n) {
  const auto right = static_cast<std::size_t>(std::lround(accuracy * static_cast<double>(n)));
  return {{"n", n},
          {"accuracy", accuracy},
          {"per_class", {{"<b>left</b>", accuracy}, {"right & \"quoted\"", accuracy}}},
          {"confusion", Json::parse("[[" + std::to_string(right) + ",0],[" +
                                    std::to_string(n - right) + ",0]]")},
          {"off_centre_mass", 0.25},
          {"energy_in_mask", nullptr},
          {"centre_prior", {{"off_centre_mass", 0.1875}}}};
}

Json run_json(const std::string& recipe, int seed, double accuracy) {
  Json epochs = Json::array();
  for (int e = 1; e <= 3; ++e) {
    epochs.push_back({{"epoch", e},
                      {"loss", 1.0 / e},
                      {"classify_loss", 1.0 / e},
                      {"map_loss", nullptr},
                      {"learning_rate", 0.01},
                      {"train_accuracy", 0.5 + 0.1 * e},
                      {"val_accuracy", nullptr},
                      {"val_loss", nullptr},
                      {"val_off_centre_mass", nullptr},
                      {"seconds", 2.0},
                      {"pictures", 10}});
  }
  return {{"recipe", recipe},
          {"seed", seed},
          {"weights", recipe + "-s1.safetensors"},
          {"head", "fcn"},
          {"input_size", 96},
          {"temperature", 1.5},
          {"seconds", 6.0},
          {"worst_group_accuracy", accuracy},
          {"parts", {{"shift", part_figures(accuracy, 8)}}},
          {"epochs", epochs}};
}

Json metrics_json(const Json& runs) {
  return {{"version", "1 (abc)"},
          {"libraries", "none"},
          {"command", "trainer train --data '<script>alert(1)</script>'"},
          {"data", "<script>alert(1)</script>"},
          {"description", "a & b"},
          {"classes", Json::parse(R"(["<b>left</b>", "right & \"quoted\""])")},
          {"threads", 1},
          {"device", "cpu"},
          {"unreadable", 0},
          {"summary", nullptr},
          {"runs", runs}};
}

}  // namespace

TEST_CASE("text is escaped, and broken UTF-8 becomes a mark") {
  CHECK(escaped("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c&#39;");
  CHECK(escaped("Wüste ± 你 🐋\n") == "Wüste ± 你 🐋\n");
  const std::string mark = "\xEF\xBF\xBD";
  CHECK(escaped("\x01") == mark);
  CHECK(escaped("\xFF"
                "a") == mark + "a");
  CHECK(escaped("\xC0\xAF") == mark + mark);             // an overlong '/'
  CHECK(escaped("\xED\xA0\x80") == mark + mark + mark);  // a surrogate
  CHECK(escaped("\xE4\xBD") == mark + mark);             // cut short
}

TEST_CASE("the time that is left counts every recipe and seed") {
  Recipe small, large;
  small.epochs = large.epochs = 10;
  small.input_size = 96;
  large.input_size = 192;  // four times the work
  JobClock job(50 * JobClock::cost(small));
  CHECK(job.left_text(small, 0, 5).empty());
  CHECK(job.left_text(small, 5, 10) == "1:30 left");  // 5 of 50 parts in 10 s
  job.run_done(small);
  CHECK(job.left_text(large, 5, 30) == "0:20 left");  // 30 of 50 in 30 s
  // What was done before says nothing about the speed.
  JobClock resumed(20 * JobClock::cost(small));
  resumed.skip(10 * JobClock::cost(small));
  CHECK(resumed.left_text(small, 10, 1).empty());
  CHECK(resumed.left_text(small, 15, 5) == "0:05 left");
}

TEST_CASE("steps of an axis enclose the values") {
  struct Range {
    double low, high;
  };
  const auto r = GENERATE(Range{0, 1}, Range{0.13, 0.134}, Range{-3, 1e-3}, Range{0.5, 0.5},
                          Range{1e6, 2.5e6}, Range{0.1, 0.3});
  CAPTURE(r.low, r.high);
  const auto steps = axis_steps(r.low, r.high, 5);
  REQUIRE(steps.size() >= 2);
  CHECK(steps.size() <= 9);
  CHECK(steps.front() <= r.low + 1e-9 * std::abs(r.low));
  CHECK(steps.back() >= r.high - 1e-9 * std::abs(r.high));
  for (std::size_t i = 1; i < steps.size(); ++i) CHECK(steps[i] > steps[i - 1]);
}

TEST_CASE("a chart draws every run of values within its frame, and a gap where there is none") {
  Chart chart;
  chart.title = "loss <of> train";
  chart.lines = {{1, true, "a", {0.5, 0.25, std::nullopt, 0.125, 0.1}},
                 {0, false, "b", {std::nullopt, NAN, 0.3}}};
  const std::string svg = chart_svg(chart);
  CHECK(contains(svg, "loss &lt;of&gt; train"));
  CHECK(count(svg, "<polyline") == 2);
  CHECK(count(svg, "<circle") == 1);
  CHECK_FALSE(contains(svg, "nan"));
  CHECK_FALSE(contains(svg, "inf"));
  const std::regex points("points=\"([^\"]*)\"");
  for (std::sregex_iterator it(svg.begin(), svg.end(), points), end; it != end; ++it) {
    std::istringstream text((*it)[1].str());
    double x = 0, y = 0;
    char comma = 0;
    while (text >> x >> comma >> y) {
      CHECK((x >= 46 && x <= 388));
      CHECK((y >= 48 && y <= 226));
    }
  }
  chart.lines = {{0, true, "a", {std::nullopt}}};
  CHECK_FALSE(has_values(chart));
  CHECK(chart_svg(chart).empty());
}

TEST_CASE("PNG pictures are encoded as base64 that decodes to the same bytes") {
  camloss::Image picture;
  picture.width = 3;
  picture.height = 2;
  for (int i = 0; i < 18; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(i * 14));
  const std::string uri = png_data_uri(picture);
  const std::string head = "data:image/png;base64,";
  REQUIRE(uri.rfind(head, 0) == 0);
  const std::string text = uri.substr(head.size());
  REQUIRE(text.size() % 4 == 0);
  std::string bytes;
  std::uint32_t bits = 0;
  int have = 0;
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char c : text.substr(0, text.find('='))) {
    REQUIRE(digits.find(c) != std::string::npos);
    bits = bits << 6U | static_cast<std::uint32_t>(digits.find(c));
    have += 6;
    if (have >= 8) bytes += static_cast<char>(bits >> (have -= 8) & 255U);
  }
  CHECK(bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  CHECK(bytes.substr(bytes.size() - 8, 4) == "IEND");
}

TEST_CASE("the report shows the means and marks the better one, with hostile names as text") {
  const Folder folder;
  const Json runs = Json::array({run_json("baseline", 1, 0.25), run_json("camloss", 1, 0.75),
                                 run_json("baseline", 2, 0.5), run_json("camloss", 2, 1.0)});
  camloss::io::write_file_atomically(folder / "metrics.json", metrics_json(runs).dump());
  const Records records = load_records(folder / "");
  const std::string html = report_html(records, std::nullopt, "<i>gone</i>");
  CHECK(contains(html, "0.375<span class=\"sd\"> ± 0.177</span>"));
  CHECK(contains(html, "<td class=\"best\">0.875<span class=\"sd\"> ± 0.177</span></td>"));
  CHECK(contains(html, "higher is better"));
  CHECK(contains(html, "lower is better"));
  CHECK(contains(html, "<td class=\"prior\">0.188"));
  CHECK(contains(html, "&lt;i&gt;gone&lt;/i&gt;"));
  CHECK_FALSE(contains(html, "<script"));
  CHECK_FALSE(contains(html, "<b>left"));
  CHECK_FALSE(contains(html, "nan"));
  CHECK_FALSE(contains(html, "energy in mask"));  // no picture has a mask: no row
  CHECK(contains(html, "figures only, no pictures"));
  // Confusion of both seeds of the baseline together: 2 + 4 right of the first class.
  CHECK(contains(html, ">6</td>"));
  CHECK(count(html, "<polyline class=\"line c0 strong\"") ==
        2);  // cross-entropy and accuracy on train
  CHECK(count(html, "<polyline class=\"line c1 pale\"") == 4);  // two seeds in each
}

TEST_CASE("a model has its colour also where it is alone") {
  const Folder folder;
  for (const auto& [name, mark] : {std::pair{"baseline", "mark c0"}, {"camloss", "mark c1"}}) {
    camloss::io::write_file_atomically(folder / "metrics.json",
                                       metrics_json(Json::array({run_json(name, 1, 0.5)})).dump());
    const std::string html = report_html(load_records(folder / ""), std::nullopt, "");
    CHECK(contains(html, mark));
    CHECK_FALSE(contains(html, mark == std::string("mark c0") ? "mark c1" : "mark c0"));
  }
}

TEST_CASE("an ablation appears with the third recipe and names only what differs") {
  const Folder folder;
  const Json runs = Json::array(
      {run_json("baseline", 1, 0.5), run_json("mixed", 1, 0.75), run_json("camloss", 1, 1.0)});
  camloss::io::write_file_atomically(folder / "metrics.json", metrics_json(runs).dump());
  Recipe recipe;
  recipe.name = "baseline";
  camloss::io::write_file_atomically(folder / "recipe-baseline.json", recipe_json(recipe));
  recipe.name = "mixed";
  recipe.mix = 0.5;
  recipe.jitter.channels = 0.25;
  camloss::io::write_file_atomically(folder / "recipe-mixed.json", recipe_json(recipe));
  recipe.name = "camloss";
  recipe.loss = Loss::split;
  camloss::io::write_file_atomically(folder / "recipe-camloss.json", recipe_json(recipe));
  const std::string html = ablation_section(load_records(folder / ""));
  CHECK(contains(html, "<th scope=\"col\">mix</th>"));
  CHECK(contains(html, "<th scope=\"col\">loss</th>"));
  CHECK(contains(html, "<th scope=\"col\">jitter.channels</th>"));
  CHECK(contains(html, "<td>0.25</td>"));
  CHECK_FALSE(contains(html, "<th scope=\"col\">batch</th>"));
  CHECK(contains(html, "<td>+0.250</td>"));
  CHECK(contains(html, "<td>+0.500</td>"));
}

TEST_CASE("folders that hold no training, a damaged one or unlike ones are named") {
  const Folder folder;
  const auto message = [&](const fs::path& path) -> std::string {
    try {
      static_cast<void>(load_records(path));
    } catch (const camloss::UserError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(contains(message(folder / "absent"), "absent is not a folder"));
  fs::create_directories(folder / "a");
  CHECK(contains(message(folder / "a"), "no finished training"));
  camloss::io::write_file_atomically(folder / "a/metrics.json", std::string_view("{\"runs\": ["));
  CHECK(contains(message(folder / "a"), "metrics.json"));
  camloss::io::write_file_atomically(folder / "a/metrics.json", std::string_view("{\"data\": 3}"));
  CHECK(contains(message(folder / "a"), "metrics.json is not as train writes it"));
  CHECK(contains(message(folder / "a"), "the field \"data\" is 3, not a text"));
  Json good = metrics_json(Json::array({run_json("baseline", 1, 0.5)}));
  camloss::io::write_file_atomically(folder / "a/metrics.json", good.dump());
  CHECK(message(folder / "a").empty());
  const auto message_with = [&](const std::string& pointer, const Json& value) {
    Json wrong = good;
    wrong[Json::json_pointer(pointer)] = value;
    camloss::io::write_file_atomically(folder / "wrong/metrics.json", wrong.dump());
    return message(folder / "wrong");
  };
  CHECK(contains(message_with("/runs/0/seed", -1),
                 "\"runs[0].seed\" is -1, not a whole number from 0"));
  CHECK(contains(message_with("/runs/0/epochs/2/loss", nullptr),
                 "\"runs[0].epochs[2].loss\" is null, not a number"));
  CHECK(contains(message_with("/runs/0/parts/shift/n", "8"), "\"runs[0].parts.shift.n\" is \"8\""));
  CHECK(contains(message_with("/runs/0/parts/shift/off_centre_mass", "x"),
                 "off_centre_mass\" is \"x\", not a number"));
  CHECK(contains(message_with("/classes", Json::array({"one"})),
                 "\"classes\" is [\"one\"], not two classes"));
  CHECK(message_with("/runs/0/written_later", Json::array({1})).empty());
  Json lacking = good;
  lacking["runs"][0].erase("weights");
  camloss::io::write_file_atomically(folder / "wrong/metrics.json", lacking.dump());
  CHECK(contains(message(folder / "wrong"), "the field \"runs[0].weights\" is missing"));
  fs::remove_all(folder / "wrong");
  // The parent holds this one training, then two of the same recipe and seed, then two of unlike
  // data.
  CHECK(message(folder / "").empty());
  camloss::io::write_file_atomically(folder / "b/metrics.json", good.dump());
  CHECK(contains(message(folder / ""), "trained twice"));
  good["data"] = "others";
  camloss::io::write_file_atomically(folder / "b/metrics.json", good.dump());
  CHECK(contains(message(folder / ""), "other data"));
}

TEST_CASE("a training reads back as it was written, and every figure is a row of one table") {
  PartFigures figures;
  figures.n = 4;
  figures.accuracy = 0.75;
  figures.per_class = {1.0, 0.5};
  figures.confusion = {{{2, 0}, {1, 1}}};
  figures.sureness = Sureness{0.5, 0.25, 0.25};
  figures.sureness_per_class = {Sureness{0.5, 0.5, 0}, std::nullopt};
  figures.map = {0.1, 0.2, std::nullopt, 0.4, 0.5};
  figures.centre_prior = {0.6, 0.7, 0.8, std::nullopt, 0.9};
  figures.residual = 1e-6;
  figures.perturbed = 2;
  TrainingRecord training;
  training.data = "photos";
  training.classes = {"a", "b/c"};
  training.source = {"somewhere", "a,b/c", std::uint64_t{1} << 63U};
  training.shift = {true, 0.25, 3, 7};
  training.marks = {std::nullopt, Mark{0.5, 0.25, 0.125}};
  RunRecord run;
  run.recipe = "camloss";
  run.seed = ~std::uint64_t{0};
  run.weights = "w";
  run.fingerprint = "f";
  run.cut_outs = {CutOutCount{20, 12, 0.625}, CutOutCount{18, 9}};
  run.worst_group_accuracy = 0.5;
  run.parts = {{Part::val, figures}, {Part::background, figures}};
  run.epochs = {EpochRecord{1, 0.5, 0.25, std::nullopt, 0.01, 0.7, 0.8, 0.3, 0.2, 1.5, 10}};
  run.started = 1;
  training.runs = {run, run};
  const Json json = to_json(training);
  CHECK(to_json(training_from_json(metrics_reader(json, "f"))) == json);
  CHECK(json.at("marks") ==
        Json{{"a", nullptr}, {"b/c", {{"x", 0.5}, {"y", 0.25}, {"edges", 0.125}}}});
  CHECK(json.at("runs").at(0).at("cut_outs").at("a").at("centre") == 0.625);
  CHECK_FALSE(json.at("runs").at(0).at("cut_outs").at("b/c").contains("centre"));
  const Json& background = json.at("runs").at(0).at("parts").at("background");
  CHECK(background.at("still_says") == 0.5);
  CHECK(background.at("still_says_per_class") == Json{{"a", 0.5}, {"b/c", nullptr}});
  CHECK(background.at("sure_per_class").at("b/c").is_null());
  CHECK_FALSE(json.at("runs").at(0).at("parts").at("val").contains("still_says"));
  CHECK(json.at("summary")
            .at(0)
            .at("parts")
            .at("val")
            .at("centre_prior")
            .at("insertion")
            .at("seeds") == 2);
  CHECK(json.at("summary")
            .at(0)
            .at("parts")
            .at("val")
            .at("sure_per_class")
            .at("a")
            .at("unsure")
            .at("sd") == 0);
  std::set<std::string_view> keys;
  for (const Figure& figure : kFigures) CHECK(keys.insert(figure.key).second);
}

TEST_CASE("a training leaves a report with pictures that needs nothing else") {
  const Folder folder;
  const std::string out = (folder / "run").string();
  REQUIRE(folder
              .run({"train", "--epochs", "1", "--input-size", "16", "--perturbed", "0", "--threads",
                    "2", "--quiet", "--out", out})
              .code == 0);
  const std::string html = camloss::io::read_text(folder / "run/report.html");
  CHECK(contains(html, "drawn by the program itself"));
  for (const char* part : {"train", "val", "shift"})
    CHECK(contains(html, std::string("<h3>") + part));
  // Each tile: the original and a map of either model.
  const std::size_t tiles = count(html, "<div class=\"tile\">");
  CHECK(tiles >= 12);
  CHECK(count(html, "src=\"data:image/png;base64,") == 3 * tiles);
  CHECK(contains(html, "Content-Security-Policy"));
  CHECK_FALSE(contains(html, "<script"));
  CHECK_FALSE(std::regex_search(html, std::regex("(src|href)=\"(?!data:)")));
  CHECK_FALSE(contains(html, "url("));

  // The same again from the files alone.
  const std::string again = (folder / "again.html").string();
  REQUIRE(folder.run({"report", "--runs", out, "--out", again}).code == 0);
  CHECK(camloss::io::read_text(again) == html);

  // Without the weights it has figures, and says why there are no pictures.
  fs::remove(folder / "run/camloss-s1.safetensors");
  REQUIRE(folder.run({"report", "--runs", out, "--out", again}).code == 0);
  CHECK(contains(camloss::io::read_text(again), "Not shown: "));
  CHECK(folder.run({"report", "--runs", (folder / "nothing").string(), "--out", again}).code == 1);
  CHECK(folder.run({"report", "--runs", out}).code == 2);
}

TEST_CASE("reproduce puts the talk's claims beside what came out") {
  const Folder folder;
  Json runs = Json::array();
  for (const char* recipe : {"talk-baseline", "camloss"})
    runs.push_back(run_json(recipe, 1, 0.625));
  const Json json = metrics_json(runs);
  const std::string table =
      talk_table(training_from_json(metrics_reader(json, "metrics.json")).runs);
  CHECK(contains(table, "0.5938 (19/32)"));
  CHECK(contains(table, "not published"));
  CHECK(contains(table, "0.6250"));
  CHECK(contains(table, "talk-baseline"));
  CHECK_FALSE(contains(table, "energy in mask"));
  CHECK(folder.run({"reproduce", "lunch"}).code == 2);
  CHECK(folder.run({"reproduce"}).code == 2);
}

TEST_CASE("completion knows every command and option and is what bash accepts") {
  const Folder folder;
  camloss::io::write_file_atomically(folder / "completion.sh",
                                     folder.run({"completion", "bash"}).out);
  // Asks bash itself: the words offered after a command line.
  const auto offered = [&](const std::string& words, int last) {
    const std::string command = "bash -c '. " + (folder / "completion.sh").string() +
                                "; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(last) +
                                "; _camloss_trainer; echo \"${COMPREPLY[*]}\"' > " +
                                (folder / "said").string();
    REQUIRE(std::system(command.c_str()) == 0);
    std::string said = camloss::io::read_text(folder / "said");
    said.pop_back();
    return said;
  };
  CHECK(offered("trainer \"\"", 1) ==
        "train evaluate composites explain scenes convert report reproduce completion");
  CHECK(offered("trainer tr", 1) == "train");
  CHECK(offered("trainer train --s", 2) == "--seeds --split --scene-seed");
  CHECK(offered("trainer train --device cu", 3) == "cuda");
  CHECK(offered("trainer train --device \"\"", 3) == "cpu cuda");
  CHECK(offered("trainer train --recipe talk", 3) == "talk-baseline talk talk-code");
  CHECK(offered("trainer evaluate --part s", 3) == "shift swapped");
  CHECK(offered("trainer explain --method grad", 3) == "gradcam gradcam++");
  CHECK(offered("trainer reproduce \"\"", 2) == "talk");
  CHECK(offered("trainer completion \"\"", 2) == "bash");
}
